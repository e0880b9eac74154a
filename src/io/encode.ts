// How the chunks we write are encoded: little-endian bytes, zstd.
import { registry } from 'zarrita';

const LEVEL = 3;

/** Plain little-endian elements, as Zarr v3 metadata. */
export const BYTES_CODEC = { name: 'bytes', configuration: { endian: 'little' } };

/** The codecs of arrays written, as Zarr v3 metadata. No checksum: zarrita could not read it. */
export const WRITTEN_CODECS = [
  BYTES_CODEC,
  { name: 'zstd', configuration: { level: LEVEL, checksum: false } },
];

/** The same compression as Zarr v2 metadata. */
export const WRITTEN_COMPRESSOR = { id: 'zstd', level: LEVEL };

interface BytesCodec {
  encode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Compresses a chunk's bytes, here. */
export async function encodeChunk(bytes: Uint8Array): Promise<Uint8Array> {
  const Zstd = (await registry.get('zstd')?.()) as unknown as {
    fromConfig(configuration: { level: number }): BytesCodec;
  };
  return Zstd.fromConfig({ level: LEVEL }).encode(bytes);
}
