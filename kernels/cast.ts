// Conversions between element types.
import { CHUNK, chunk } from './chunk';
import { convert, DType } from './dtype';
import { magnitude, storeBlock, widen } from './lanes';

/** Whether every value of From, and of To when it is a float, is exact in float64, so that vectors may pass by it. */
// @ts-ignore: decorator
@inline
function passesByDouble<From, To>(): bool {
  const wide = (!isFloat<From>() && sizeof<From>() == 8) || (!isFloat<To>() && sizeof<To>() == 8);
  return !wide && !isBoolean<To>();
}

/** Largest magnitude among `count` (a multiple of 2) float64 values, NaN aside. */
function largestMagnitude(values: usize, count: i32): f64 {
  let largest = f64x2.splat(0);
  for (let i = 0; i < count; i += 2) {
    largest = f64x2.pmax(largest, f64x2.abs(v128.load(values)));
    values += 16;
  }
  return max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
}

function castElements<From, To>(input: usize, output: usize, count: i32): void {
  if (passesByDouble<From, To>()) {
    while (count >= 8) {
      const size = min(count & ~7, CHUNK);
      widen<From, f64>(input, chunk, size);
      const largest = isFloat<From>() && !isFloat<To>() ? largestMagnitude(chunk, size) : magnitude<From>();
      const small = largest < 2147483648.0;
      for (let i = 0; i < size; i += 8) {
        const values = chunk + (<usize>i << 3);
        const target = output + <usize>i * sizeof<To>();
        const a = v128.load(values);
        const b = v128.load(values, 16);
        const c = v128.load(values, 32);
        const d = v128.load(values, 48);
        storeBlock<To, f64>(target, a, b, c, d, small);
      }
      input += <usize>size * sizeof<From>();
      output += <usize>size * sizeof<To>();
      count -= size;
    }
  }
  for (let i = 0; i < count; i++) {
    store<To>(output, convert<From, To>(load<From>(input)));
    input += sizeof<From>();
    output += sizeof<To>();
  }
}

function castTo<To>(input: usize, from: i32, output: usize, count: i32): void {
  switch (from) {
    case DType.BOOL:
    case DType.UINT8:
      return castElements<u8, To>(input, output, count);
    case DType.INT8:
      return castElements<i8, To>(input, output, count);
    case DType.INT16:
      return castElements<i16, To>(input, output, count);
    case DType.UINT16:
      return castElements<u16, To>(input, output, count);
    case DType.INT32:
      return castElements<i32, To>(input, output, count);
    case DType.UINT32:
      return castElements<u32, To>(input, output, count);
    case DType.INT64:
      return castElements<i64, To>(input, output, count);
    case DType.UINT64:
      return castElements<u64, To>(input, output, count);
    case DType.FLOAT32:
      return castElements<f32, To>(input, output, count);
    case DType.FLOAT64:
      return castElements<f64, To>(input, output, count);
    default:
      unreachable();
  }
}

export function cast(input: usize, from: i32, output: usize, to: i32, count: i32): void {
  switch (to) {
    case DType.BOOL:
      return castTo<bool>(input, from, output, count);
    case DType.INT8:
      return castTo<i8>(input, from, output, count);
    case DType.UINT8:
      return castTo<u8>(input, from, output, count);
    case DType.INT16:
      return castTo<i16>(input, from, output, count);
    case DType.UINT16:
      return castTo<u16>(input, from, output, count);
    case DType.INT32:
      return castTo<i32>(input, from, output, count);
    case DType.UINT32:
      return castTo<u32>(input, from, output, count);
    case DType.INT64:
      return castTo<i64>(input, from, output, count);
    case DType.UINT64:
      return castTo<u64>(input, from, output, count);
    case DType.FLOAT32:
      return castTo<f32>(input, from, output, count);
    case DType.FLOAT64:
      return castTo<f64>(input, from, output, count);
    default:
      unreachable();
  }
}
