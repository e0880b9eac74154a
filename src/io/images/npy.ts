// NumPy's .npy files.
import { allocate, type DType, entriesPerElement, itemSize, type TypedArray, view } from '../../core/dtype';
import { elementCount } from '../../core/region';
import { LITTLE_ENDIAN_HOST, swapBytes } from '../byteOrder';
import { widenHalf } from '../float16';
import type { Picture } from './picture';

const DTYPES: Readonly<Record<string, DType>> = {
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
};

/** Half-precision floats are widened. Throws an Error that says what is wrong with the file. */
export function decodeNpy(bytes: Uint8Array): Picture {
  const latin1 = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (latin1(0, 6) !== '\x93NUMPY') throw new Error('not an .npy file');
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6] > 1;
  const start = (wide ? 12 : 10) + (wide ? fields.getUint32(8, true) : fields.getUint16(8, true));
  const header = latin1(wide ? 12 : 10, start);
  const [, order, kind] = /'descr': *'([<>|=])(\w\d+)'/.exec(header) ?? [];
  const half = kind === 'f2';
  const stored = half ? 'uint16' : DTYPES[kind];
  const sizes = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (!stored || sizes === undefined) throw new Error(`its dtype is not supported: ${header.trim()}`);
  const shape = sizes.split(',').flatMap((n) => (n.trim() ? [Number(n)] : []));
  const length = elementCount(shape) * itemSize(stored);
  if (bytes.length < start + length) throw new Error('the file is truncated');
  const data = view(stored, bytes.slice(start, start + length).buffer);
  if (order === (LITTLE_ENDIAN_HOST ? '>' : '<'))
    swapBytes(data, itemSize(stored) / entriesPerElement(stored));
  const columns = /'fortran_order': *True/.test(header) && shape.length > 1;
  const ordered = columns ? fromColumnOrder(data, stored, shape) : data;
  return half
    ? { dtype: 'float32', shape, data: widenHalf(ordered as Uint16Array) }
    : { dtype: stored, shape, data: ordered };
}

/** C order, of data whose first index runs fastest. */
function fromColumnOrder(data: TypedArray, dtype: DType, shape: readonly number[]): TypedArray {
  const out = allocate(dtype, elementCount(shape));
  const entries = entriesPerElement(dtype);
  const index = shape.map(() => 0);
  for (let to = 0; to < out.length; to += entries) {
    const from = index.reduceRight((at, i, axis) => at * shape[axis] + i, 0) * entries;
    for (let e = 0; e < entries; e++) out[to + e] = data[from + e];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}
