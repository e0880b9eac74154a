// Conversions between element types.
import { convert, DType } from './dtype';

function castElements<From, To>(input: usize, output: usize, count: i32): void {
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
