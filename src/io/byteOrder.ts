// Bytes of other machines.
import type { TypedArray } from '../core/dtype';

/** Whether this machine stores the lowest byte first. */
export const LITTLE_ENDIAN_HOST = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Reverses each `size` bytes, in place. */
export function swapBytes(data: TypedArray, size: number): void {
  if (size < 2) return;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
