// Dtype codes (indices into DTYPES of src/core/dtype.ts) and C-style conversion of single values.

export namespace DType {
  export const BOOL = 0;
  export const INT8 = 1;
  export const UINT8 = 2;
  export const INT16 = 3;
  export const UINT16 = 4;
  export const INT32 = 5;
  export const UINT32 = 6;
  export const INT64 = 7;
  export const UINT64 = 8;
  export const FLOAT32 = 9;
  export const FLOAT64 = 10;
}

const INT64_LIMIT: f64 = 9223372036854775808.0;

/** Truncates towards zero, then wraps modulo 2^bits. NaN becomes 0, as does what int64 cannot hold. */
// @ts-ignore: decorator
@inline
export function fromDouble<T>(value: f64): T {
  if (isFloat<T>()) return <T>value;
  if (isBoolean<T>()) return <T>(<i64>value != 0);
  if (sizeof<T>() == 8) {
    if (isSigned<T>()) return <T>(<i64>value);
    return value < 0 ? <T>(<u64>(<i64>value)) : <T>(<u64>value);
  }
  return abs(value) < INT64_LIMIT ? <T>(<i64>value) : <T>0;
}

/** C conversion between any two element types. To bool: non-zero. */
// @ts-ignore: decorator
@inline
export function convert<From, To>(value: From): To {
  if (isBoolean<To>()) return <To>(value != <From>0);
  if (isFloat<From>() && !isFloat<To>()) return fromDouble<To>(<f64>value);
  return <To>value;
}
