// From the bytes of a decoded block to its samples.
import { allocate, type DType, entriesPerElement, itemSize, type TypedArray, view } from '../../core/dtype';
import { LITTLE_ENDIAN_HOST, swapBytes } from '../byteOrder';
import { widenHalf } from '../float16';
import type { TiffLayout } from './layout';

/** Samples of a block, row by row as stored. `perPixel` of them lie side by side. Throws an Error when some are missing. */
export function blockSamples(
  bytes: Uint8Array<ArrayBuffer>,
  layout: TiffLayout,
  rows: number,
  perPixel: number,
): TypedArray {
  const { bits, dtype, blockWidth, coding } = layout;
  const length = rows * blockWidth * perPixel;
  const rowBytes = Math.ceil((blockWidth * perPixel * bits) / 8);
  if (bytes.byteLength < rows * rowBytes)
    throw new Error(`a block holds ${bytes.byteLength} bytes instead of ${rows * rowBytes}`);
  if (bits % 8 !== 0 || bits === 24) return unpackBits(bytes, dtype, { rows, rowBytes, bits, length });
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const stored: DType = bits === 16 && dtype === 'float32' ? 'uint16' : dtype;
  const samples = view(stored, aligned.buffer, aligned.byteOffset, length);
  // The decoder of differences of floats gives little-endian samples, whatever the file's order.
  const littleEndian = layout.tiff.littleEndian || coding.parameters.predictor === 3;
  if (littleEndian !== LITTLE_ENDIAN_HOST) swapBytes(samples, itemSize(stored) / entriesPerElement(stored));
  if (layout.differences) sumRows(samples, blockWidth * perPixel, perPixel);
  if (layout.ycbcr && perPixel === 3) toRgb(samples as Uint8Array);
  return stored === dtype ? samples : widenHalf(samples as Uint16Array);
}

/** Unsigned samples that are no whole bytes; each row begins at a byte, the highest bit comes first. */
function unpackBits(
  bytes: Uint8Array,
  dtype: DType,
  { rows, rowBytes, bits, length }: { rows: number; rowBytes: number; bits: number; length: number },
): TypedArray {
  const out = allocate(dtype, length) as Uint32Array;
  const perRow = length / rows;
  for (let row = 0, to = 0; row < rows; row++) {
    let at = row * rowBytes;
    let held = 0;
    let value = 0;
    for (let i = 0; i < perRow; i++) {
      while (held < bits) {
        value = value * 256 + bytes[at++];
        held += 8;
      }
      held -= bits;
      const rest = 2 ** held;
      out[to++] = Math.floor(value / rest);
      value %= rest;
    }
  }
  return out;
}

/** Each sample of a row is stored as the difference to the one before it. */
function sumRows(samples: TypedArray, perRow: number, step: number): void {
  if (samples instanceof BigInt64Array || samples instanceof BigUint64Array) {
    for (let row = 0; row < samples.length; row += perRow)
      for (let i = row + step; i < row + perRow; i++) samples[i] += samples[i - step];
    return;
  }
  for (let row = 0; row < samples.length; row += perRow)
    for (let i = row + step; i < row + perRow; i++) samples[i] += samples[i - step];
}

/** JFIF's colours. */
function toRgb(samples: Uint8Array): void {
  const clamped = new Uint8ClampedArray(samples.buffer, samples.byteOffset, samples.length);
  for (let i = 0; i < samples.length; i += 3) {
    const y = samples[i];
    const blue = samples[i + 1] - 128;
    const red = samples[i + 2] - 128;
    clamped[i] = y + 1.402 * red;
    clamped[i + 1] = y - 0.344136 * blue - 0.714136 * red;
    clamped[i + 2] = y + 1.772 * blue;
  }
}
