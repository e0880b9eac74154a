// Bytes of the application's that are read as truth values.

/** Makes bytes other than 0 be 1, in place: four at a time, and written only where some are neither. */
export function toTruthValues(bytes: Uint8Array): void {
  const start = -bytes.byteOffset & 3;
  if (start >= bytes.length) {
    toOnes(bytes);
    return;
  }
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + start, (bytes.length - start) >> 2);
  for (let i = 0; i < words.length; i++) {
    let word = words[i];
    if ((word & 0xfefefefe) === 0) continue;
    // Each byte's lowest bit becomes whether any of its bits is set.
    word |= (word >>> 4) & 0x0f0f0f0f;
    word |= (word >>> 2) & 0x03030303;
    word |= (word >>> 1) & 0x01010101;
    words[i] = word & 0x01010101;
  }
  toOnes(bytes.subarray(0, start));
  toOnes(bytes.subarray(start + 4 * words.length));
}

function toOnes(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.min(1, bytes[i]);
}
