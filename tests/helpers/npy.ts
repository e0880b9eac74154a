// NumPy's .npy files (format 1.0 and later; C order, little-endian): arrays to and from Python.
import { type DType, itemSize, type TypedArray, view } from '../../src/core/dtype';

export interface NdArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

const DESCRIPTORS: Record<DType, string> = {
  bool: '|b1',
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  uint16: '<u2',
  int32: '<i4',
  uint32: '<u4',
  int64: '<i8',
  uint64: '<u8',
  float32: '<f4',
  float64: '<f8',
  complex64: '<c8',
  complex128: '<c16',
};

const MAGIC = '\x93NUMPY';

export function encodeNpy({ dtype, shape, data }: NdArray): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const fields = `{'descr': '${DESCRIPTORS[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The data starts at a multiple of 64, the newline included.
  const header = `${fields.padEnd(Math.ceil((fields.length + 11) / 64) * 64 - 11)}\n`;
  const prefix = Buffer.from(`${MAGIC}\x01\x00..`, 'latin1');
  prefix.writeUInt16LE(header.length, 8);
  return Buffer.concat([
    prefix,
    Buffer.from(header, 'latin1'),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

export function decodeNpy(bytes: Uint8Array): NdArray {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, 6) !== MAGIC) throw new Error('not an .npy file');
  const wide = buffer[6] > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? buffer.readUInt32LE(8) : buffer.readUInt16LE(8));
  const header = buffer.toString('latin1', start, end);
  const descriptor = /'descr': '([^']+)'/.exec(header)?.[1];
  const dtype = (Object.keys(DESCRIPTORS) as DType[]).find((d) => DESCRIPTORS[d] === descriptor);
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (!dtype || shape === undefined || /'fortran_order': True/.test(header))
    throw new Error(`unsupported .npy header ${header.trim()}`);
  const sizes = shape.split(',').flatMap((n) => (n.trim() ? [Number(n)] : []));
  const length = sizes.reduce((a, b) => a * b, 1) * itemSize(dtype);
  const copy = new Uint8Array(length);
  copy.set(buffer.subarray(end, end + length));
  return { dtype, shape: sizes, data: view(dtype, copy.buffer) };
}
