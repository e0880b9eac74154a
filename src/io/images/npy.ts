// NumPy's .npy files: little-endian, C order.
import { type DType, itemSize, view } from '../../core/dtype';
import { elementCount } from '../../core/region';
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
};

/** Throws an Error that says what is wrong with the file. */
export function decodeNpy(bytes: Uint8Array): Picture {
  const latin1 = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (latin1(0, 6) !== '\x93NUMPY') throw new Error('not an .npy file');
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6] > 1;
  const start = (wide ? 12 : 10) + (wide ? fields.getUint32(8, true) : fields.getUint16(8, true));
  const header = latin1(wide ? 12 : 10, start);
  const [, order, kind] = /'descr': *'([<>|=])(\w\d)'/.exec(header) ?? [];
  const dtype = DTYPES[kind];
  const sizes = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (!dtype || sizes === undefined || (order === '>' && itemSize(dtype) > 1))
    throw new Error(`its dtype is not supported: ${header.trim()}`);
  if (/'fortran_order': *True/.test(header)) throw new Error('Fortran order is not supported');
  const shape = sizes.split(',').flatMap((n) => (n.trim() ? [Number(n)] : []));
  const length = elementCount(shape) * itemSize(dtype);
  if (bytes.length < start + length) throw new Error('the file is truncated');
  return { dtype, shape, data: view(dtype, bytes.slice(start, start + length).buffer) };
}
