// Where Tilewise's results go, in Node and in pages.
import { TYPES } from './types.mjs';

/** The results of a row are written to the same shared memory, as OpenCV's are to its heap: `(array) => typed array`. */
export function resultMemory() {
  let result;
  return ({ dtype, shape, size }) => {
    const key = `${dtype} ${shape}`;
    if (result?.key !== key) {
      // Before more is taken: volumes of complex numbers have a GiB.
      result = undefined;
      result = { key, data: sharedArray(dtype, size) };
    }
    return result.data;
  };
}

function sharedArray(dtype, length) {
  const complex = dtype.startsWith('complex');
  const Type = TYPES[complex ? `float${Number(dtype.slice(7)) / 2}` : dtype];
  return new Type(new SharedArrayBuffer(length * (complex ? 2 : 1) * Type.BYTES_PER_ELEMENT));
}
