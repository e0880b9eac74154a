// How the chunks we write are encoded: little-endian bytes, zstd.
import { encodeZstd } from './zstd';

/** Half the time of zstd's own default, 3, for some 5 to 10% more bytes of images, and fewer of labels. */
const LEVEL = 1;

/** Plain little-endian elements, as Zarr v3 metadata. */
export const BYTES_CODEC = { name: 'bytes', configuration: { endian: 'little' } };

/** The codecs of arrays written, as Zarr v3 metadata. No checksum: zarrita could not read it. */
export const WRITTEN_CODECS = [
  BYTES_CODEC,
  { name: 'zstd', configuration: { level: LEVEL, checksum: false } },
];

/** The same compression as Zarr v2 metadata. */
export const WRITTEN_COMPRESSOR = { id: 'zstd', level: LEVEL };

/** Compresses a chunk's bytes, here. */
export const encodeChunk = (bytes: Uint8Array): Promise<Uint8Array> => encodeZstd(bytes, LEVEL);
