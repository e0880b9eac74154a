// Stores float64 values as another type, rounded and saturated as SciPy's interpolation does.
import { DType, fromDouble } from './dtype';

/** Rounds half away from zero and saturates; booleans are truncated, floats only narrowed. */
// @ts-ignore: decorator
@inline
function rounded<T>(value: f64): T {
  if (isFloat<T>()) return <T>value;
  if (isBoolean<T>()) return fromDouble<T>(value);
  if (isSigned<T>()) {
    const t = value > 0 ? value + 0.5 : value - 0.5;
    if (sizeof<T>() == 8) return <T>(<i64>t);
    const limit = <f64>(<u64>1 << (8 * sizeof<T>() - 1));
    return <T>(<i32>max(-limit, min(limit - 1, t)));
  }
  const t = value > 0 ? value + 0.5 : 0;
  if (sizeof<T>() == 8) return <T>(<u64>t);
  return <T>(<u32>min(<f64>((<u64>1 << (8 * sizeof<T>())) - 1), t));
}

function storeAll<T>(source: usize, target: usize, count: i32): usize {
  for (let i = 0; i < count; i++) {
    store<T>(target, rounded<T>(load<f64>(source)));
    source += 8;
    target += sizeof<T>();
  }
  return target;
}

/** Stores `count` values; returns where the next go. */
export function storeRounded(source: usize, target: usize, dtype: i32, count: i32): usize {
  switch (dtype) {
    case DType.BOOL:
      return storeAll<bool>(source, target, count);
    case DType.INT8:
      return storeAll<i8>(source, target, count);
    case DType.UINT8:
      return storeAll<u8>(source, target, count);
    case DType.INT16:
      return storeAll<i16>(source, target, count);
    case DType.UINT16:
      return storeAll<u16>(source, target, count);
    case DType.INT32:
      return storeAll<i32>(source, target, count);
    case DType.UINT32:
      return storeAll<u32>(source, target, count);
    case DType.INT64:
      return storeAll<i64>(source, target, count);
    case DType.UINT64:
      return storeAll<u64>(source, target, count);
    case DType.FLOAT32:
      return storeAll<f32>(source, target, count);
    default:
      return storeAll<f64>(source, target, count);
  }
}
