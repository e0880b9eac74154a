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

/** Four values as i32, rounded half away from zero and saturated. */
// @ts-ignore: decorator
@inline
function roundedFour(source: usize): v128 {
  const a = v128.load(source);
  const b = v128.load(source, 16);
  const sign = f64x2.splat(-0.0);
  const half = f64x2.splat(0.5);
  const low = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(a, v128.or(half, v128.and(a, sign))));
  const high = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(b, v128.or(half, v128.and(b, sign))));
  return v128.shuffle<i64>(low, high, 0, 2);
}

/** Eight values at a time, of types for which vectors can narrow; returns how many were stored. */
function storeEights<T>(source: usize, target: usize, count: i32): i32 {
  let i = 0;
  for (; i <= count - 8; i += 8) {
    if (isFloat<T>()) {
      for (let j: usize = 0; j < 2; j++) {
        const low = f32x4.demote_f64x2_zero(v128.load(source + (j << 5)));
        const high = f32x4.demote_f64x2_zero(v128.load(source + (j << 5), 16));
        v128.store(target + (j << 4), v128.shuffle<i64>(low, high, 0, 2));
      }
    } else {
      const a = roundedFour(source);
      const b = roundedFour(source + 32);
      if (sizeof<T>() == 2) {
        v128.store(target, isSigned<T>() ? i16x8.narrow_i32x4_s(a, b) : i16x8.narrow_i32x4_u(a, b));
      } else {
        const words = i16x8.narrow_i32x4_s(a, b);
        const bytes = isSigned<T>() ? i8x16.narrow_i16x8_s(words, words) : i8x16.narrow_i16x8_u(words, words);
        v128.store64_lane(target, bytes, 0);
      }
    }
    source += 64;
    target += 8 * sizeof<T>();
  }
  return i;
}

function storeAll<T>(source: usize, target: usize, count: i32): usize {
  let i = 0;
  if (!isBoolean<T>() && (isFloat<T>() ? sizeof<T>() == 4 : sizeof<T>() <= 2)) {
    i = storeEights<T>(source, target, count);
    source += <usize>i << 3;
    target += <usize>i * sizeof<T>();
  }
  for (; i < count; i++) {
    store<T>(target, rounded<T>(load<f64>(source)));
    source += 8;
    target += sizeof<T>();
  }
  return target;
}

/** Bytes of an element of a type that storeRounded stores. */
export function sizeOf(dtype: i32): usize {
  if (dtype <= DType.UINT8) return 1;
  if (dtype <= DType.UINT16) return 2;
  return dtype == DType.INT64 || dtype == DType.UINT64 || dtype == DType.FLOAT64 ? 8 : 4;
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
