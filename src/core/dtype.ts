// Element types, their typed arrays, NumPy's promotion rules and C-style casts.
import { ArgumentError } from './errors';

export const DTYPES = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'complex64',
  'complex128',
] as const;

/**
 * Element type of an array; names are NumPy's. `bool` is stored as one byte, 0 or 1; complex numbers as real and
 * imaginary part next to each other in a Float32Array (`complex64`) or Float64Array (`complex128`), which so has two
 * entries for each element.
 */
export type DType = (typeof DTYPES)[number];

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** A number, or a bigint for the 64-bit integer types. */
export type Scalar = number | bigint;

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

interface DTypeInfo {
  readonly kind: 'b' | 'i' | 'u' | 'f' | 'c';
  readonly bytes: number;
  readonly min: number;
  readonly max: number;
  readonly array: new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => TypedArray;
}

const INFO: Record<DType, DTypeInfo> = {
  bool: { kind: 'b', bytes: 1, min: 0, max: 1, array: Uint8Array },
  int8: { kind: 'i', bytes: 1, min: -128, max: 127, array: Int8Array },
  uint8: { kind: 'u', bytes: 1, min: 0, max: 255, array: Uint8Array },
  int16: { kind: 'i', bytes: 2, min: -32768, max: 32767, array: Int16Array },
  uint16: { kind: 'u', bytes: 2, min: 0, max: 65535, array: Uint16Array },
  int32: { kind: 'i', bytes: 4, min: -2147483648, max: 2147483647, array: Int32Array },
  uint32: { kind: 'u', bytes: 4, min: 0, max: 4294967295, array: Uint32Array },
  int64: { kind: 'i', bytes: 8, min: -(2 ** 63), max: 2 ** 63, array: BigInt64Array },
  uint64: { kind: 'u', bytes: 8, min: 0, max: 2 ** 64, array: BigUint64Array },
  float32: { kind: 'f', bytes: 4, min: -Infinity, max: Infinity, array: Float32Array },
  float64: { kind: 'f', bytes: 8, min: -Infinity, max: Infinity, array: Float64Array },
  complex64: { kind: 'c', bytes: 8, min: -Infinity, max: Infinity, array: Float32Array },
  complex128: { kind: 'c', bytes: 16, min: -Infinity, max: Infinity, array: Float64Array },
};

/** Bytes per element. */
export const itemSize = (dtype: DType): number => INFO[dtype].bytes;

/** Whether the type is an integer type (bool excluded). */
export const isInteger = (dtype: DType): boolean => INFO[dtype].kind === 'i' || INFO[dtype].kind === 'u';

/** Whether the type is a real floating-point type. */
export const isFloat = (dtype: DType): boolean => INFO[dtype].kind === 'f';

export const isComplex = (dtype: DType): boolean => INFO[dtype].kind === 'c';

/** Entries of a typed array for each element. */
export const entriesPerElement = (dtype: DType): number => (isComplex(dtype) ? 2 : 1);

/** The type of a complex type's real and imaginary parts; every other type itself. */
export function partDType(dtype: DType): DType {
  if (dtype === 'complex64') return 'float32';
  return dtype === 'complex128' ? 'float64' : dtype;
}

/** The dtype that {@link dtypeOf} gives the typed arrays in which elements are stored. */
export const storedDType = (dtype: DType): DType => (dtype === 'bool' ? 'uint8' : partDType(dtype));

export const isSigned = (dtype: DType): boolean => INFO[dtype].kind === 'i' || INFO[dtype].kind === 'f';

/** Whether elements are bigint (64-bit integers). */
export const isBigInt = (dtype: DType): boolean => dtype === 'int64' || dtype === 'uint64';

/** Smallest and largest value; for 64-bit integers the nearest float64. */
export const valueRange = (dtype: DType): readonly [number, number] => [INFO[dtype].min, INFO[dtype].max];

/** A zero-filled typed array for `length` elements. */
export function allocate(dtype: DType, length: number): TypedArray {
  return view(dtype, new ArrayBuffer(length * itemSize(dtype)));
}

/** The same in shared memory. */
export function allocateShared(dtype: DType, length: number): TypedArray {
  return view(dtype, new SharedArrayBuffer(length * itemSize(dtype)));
}

/** A typed array for `length` elements over an existing buffer. */
export function view(dtype: DType, buffer: ArrayBufferLike, byteOffset = 0, length?: number): TypedArray {
  const entries = length === undefined ? undefined : length * entriesPerElement(dtype);
  return new INFO[dtype].array(buffer, byteOffset, entries);
}

/** The dtype of a typed array (never `bool`, which shares Uint8Array, nor a complex type). */
export function dtypeOf(data: ArrayBufferView): DType {
  const found = DTYPES.find((d) => d === storedDType(d) && data instanceof INFO[d].array);
  if (found) return found;
  if (data instanceof Uint8ClampedArray) return 'uint8';
  throw new ArgumentError('data', data, 'a typed array of a supported dtype');
}

/** Throws unless `value` names a dtype. */
export function checkDType(value: unknown, argument = 'dtype'): DType {
  if (DTYPES.includes(value as DType)) return value as DType;
  throw new ArgumentError(argument, value, `one of ${DTYPES.join(', ')}`);
}

/** The dtype NumPy gives to an operation on two arrays (`numpy.result_type`). */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  const x = INFO[a];
  const y = INFO[b];
  if (x.kind === 'b') return b;
  if (y.kind === 'b') return a;
  if (x.kind === 'c' || y.kind === 'c')
    return promote(partDType(a), partDType(b)) === 'float32' ? 'complex64' : 'complex128';
  if (x.kind === 'f' && y.kind === 'f') return x.bytes > y.bytes ? a : b;
  if (x.kind === 'f' || y.kind === 'f') {
    const integer = x.kind === 'f' ? y : x;
    const float = x.kind === 'f' ? a : b;
    return integer.bytes >= 4 ? 'float64' : float;
  }
  if (x.kind === y.kind) return x.bytes > y.bytes ? a : b;
  const signed = x.kind === 'i' ? x : y;
  const unsigned = x.kind === 'i' ? y : x;
  if (signed.bytes > unsigned.bytes) return x.kind === 'i' ? a : b;
  return ({ 1: 'int16', 2: 'int32', 4: 'int64', 8: 'float64' } as const)[unsigned.bytes as 1 | 2 | 4 | 8];
}

/**
 * The dtype NumPy 1.24 gives an array of `dtype` combined with a JavaScript scalar (value-based casting). One
 * deliberate difference: float32 keeps float32 with every scalar that float32 can hold, as NumPy 2 does, where
 * NumPy 1 turns to float64 for integers beyond 16 bits.
 */
export function promoteScalar(dtype: DType, value: Scalar | Complex | boolean): DType {
  if (typeof value === 'boolean') return dtype;
  const single = partDType(dtype) === 'float32';
  if (typeof value === 'object')
    return single && fitsSingle(value.re) && fitsSingle(value.im) ? 'complex64' : 'complex128';
  if (single) return fitsSingle(Number(value)) ? dtype : promote(dtype, 'float64');
  if (isComplex(dtype)) return dtype;
  if (typeof value === 'number' && !Number.isInteger(value)) return 'float64';
  if (dtype === 'float64' || (dtype !== 'bool' && fitsInteger(value, dtype))) return dtype;
  // A Python int is an int64 beside booleans, whatever its value.
  if (dtype === 'bool') return WIDE_TYPES.find((d) => fitsInteger(value, d)) ?? 'float64';
  const candidates = INFO[dtype].kind === 'u' && value >= 0 ? UNSIGNED_TYPES : INTEGER_TYPES;
  const small = candidates.find((d) => fitsInteger(value, d));
  return small ? promote(dtype, small) : 'float64';
}

/** Whether float32 holds the number without turning it to infinity. */
const fitsSingle = (value: number): boolean => !Number.isFinite(value) || Number.isFinite(Math.fround(value));

/** The 64-bit maxima in INFO are one too high, since float64 cannot hold them. */
const fitsInteger = (value: Scalar, dtype: DType): boolean =>
  value >= INFO[dtype].min && (isBigInt(dtype) ? value < INFO[dtype].max : value <= INFO[dtype].max);

const WIDE_TYPES: readonly DType[] = ['int64', 'uint64'];
const INTEGER_TYPES: readonly DType[] = DTYPES.filter(isInteger);
const UNSIGNED_TYPES: readonly DType[] = INTEGER_TYPES.filter((d) => INFO[d].kind === 'u');

/** The type NumPy gives to true division and means of `dtype`. */
export function floatFor(dtype: DType): DType {
  if (dtype === 'float32' || isComplex(dtype)) return dtype;
  return 'float64';
}

/** Converts between real types with C semantics: truncation towards zero, then wrapping modulo 2^bits. */
export function castArray(source: TypedArray, from: DType, to: DType): TypedArray {
  if (from === to) return source;
  const out = allocate(to, source.length);
  if (to === 'bool') {
    // NaN is true, as in NumPy.
    for (let i = 0; i < source.length; i++) out[i] = Number(source[i]) !== 0 ? 1 : 0;
  } else if (isBigInt(to)) {
    const target = out as BigInt64Array;
    for (let i = 0; i < source.length; i++) {
      const value = source[i];
      target[i] = typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
    }
  } else {
    for (let i = 0; i < source.length; i++) {
      const value = source[i];
      (out as Float64Array)[i] =
        typeof value === 'bigint' && !isFloat(to) ? Number(BigInt.asIntN(32, value)) : Number(value);
    }
  }
  return out;
}
