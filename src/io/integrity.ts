// Checks that a chunk's bytes are whole, where its codec says how and zarrita's decoder does not look.
import { CodecError } from '../core/errors';

/** Throws CodecError when the bytes are not what `codec` (the outermost one) wrote. */
export function checkIntegrity(bytes: Uint8Array, codec: string | undefined, key: string): void {
  if (codec === 'blosc') checkBlosc(bytes, key);
  if (codec === 'crc32c') checkCrc32c(bytes, key);
}

/** A blosc frame holds its own length; numcodecs decodes a shorter one to garbage without an error. */
function checkBlosc(bytes: Uint8Array, key: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 16 ? 16 : view.getUint32(12, true);
  if (bytes.length < length)
    throw new CodecError(key, `is truncated: ${bytes.length} of ${length} bytes of a blosc frame`);
}

/** zarrita drops the checksum unread. */
function checkCrc32c(bytes: Uint8Array, key: string): void {
  const end = bytes.length - 4;
  if (end < 0) throw new CodecError(key, `is truncated: ${bytes.length} bytes hold no crc32c checksum`);
  const expected = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0, true);
  const received = crc32c(bytes.subarray(0, end));
  if (received !== expected) throw new CodecError(key, 'is corrupt: its crc32c checksum does not match');
}

let table: Uint32Array | undefined;

/** The CRC-32C (Castagnoli) checksum. */
export function crc32c(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    return crc;
  });
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}
