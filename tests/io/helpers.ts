// Reads whole sources, and assembles the shards zarrita cannot write.
import { readFileSync } from 'node:fs';
import { allocate, type TypedArray } from '../../src/core/dtype';
import { chunkRegion, chunksIn, copyRegion, elementCount, wholeRegion } from '../../src/core/region';
import type { Source } from '../../src/core/source';
import { crc32c } from '../../src/io/integrity';

/** The whole array, chunk by chunk. */
export async function readAll(source: Source): Promise<TypedArray> {
  const { shape, chunks, dtype } = source;
  const whole = wholeRegion(shape);
  const out = allocate(dtype, elementCount(shape));
  for (const index of chunksIn(whole, chunks)) {
    const chunk = await source.readChunk(index);
    copyRegion(chunk as Uint8Array, chunkRegion(index, shape, chunks), out as Uint8Array, whole);
  }
  return out;
}

/** Arrays made by zarr-python 2 (see fixtures/make.py), one folder each. */
export function zarrV2Fixture(): Map<string, Uint8Array> {
  const path = new URL('./fixtures/zarr-v2.json', import.meta.url);
  const values: Record<string, string> = JSON.parse(readFileSync(path, 'utf8'));
  return new Map(
    Object.entries(values).map(([key, value]) => [key, Uint8Array.from(Buffer.from(value, 'base64'))]),
  );
}

/** A shard of uncompressed inner chunks; undefined ones are missing. */
export function assembleShard(chunks: readonly (Uint8Array | undefined)[]): Uint8Array {
  const index = new DataView(new ArrayBuffer(16 * chunks.length));
  let at = 0;
  chunks.forEach((chunk, i) => {
    index.setBigUint64(16 * i, chunk ? BigInt(at) : 2n ** 64n - 1n, true);
    index.setBigUint64(16 * i + 8, chunk ? BigInt(chunk.length) : 2n ** 64n - 1n, true);
    at += chunk?.length ?? 0;
  });
  const checksum = new DataView(new ArrayBuffer(4));
  checksum.setUint32(0, crc32c(new Uint8Array(index.buffer)), true);
  const parts = [
    ...chunks.filter((c) => c !== undefined),
    new Uint8Array(index.buffer),
    new Uint8Array(checksum.buffer),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Metadata of a v3 array, with changes. */
export function metadataV3(changes: Record<string, unknown>): Uint8Array {
  return encode({
    zarr_format: 3,
    node_type: 'array',
    shape: [8],
    data_type: 'uint16',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [4] } },
    chunk_key_encoding: { name: 'default' },
    codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
    fill_value: 0,
    attributes: {},
    ...changes,
  });
}

export const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/**
 * A sharded uint8 array of shape (8, 6), shards (4, 4), inner chunks (2, 2); the value at (y, x) is 10 y + x. The
 * shard at (1, 1) and the inner chunk at (0, 1) are missing: 7.
 */
export function shardedFixture(): Map<string, Uint8Array> {
  const store = new Map<string, Uint8Array>();
  const configuration = {
    chunk_shape: [2, 2],
    codecs: [{ name: 'bytes' }, { name: 'crc32c' }],
    index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, { name: 'crc32c' }],
  };
  store.set(
    '/zarr.json',
    metadataV3({
      shape: [8, 6],
      data_type: 'uint8',
      chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 4] } },
      codecs: [{ name: 'sharding_indexed', configuration }],
      fill_value: 7,
      dimension_names: ['y', null],
    }),
  );
  for (const [sy, sx] of [
    [0, 0],
    [0, 1],
    [1, 0],
  ]) {
    const inner = [0, 1, 2, 3].map((i) => {
      const [y, x] = [sy * 4 + (i >> 1) * 2, sx * 4 + (i & 1) * 2];
      if (y === 0 && x === 2) return undefined;
      const data = Uint8Array.of(10 * y + x, 10 * y + x + 1, 10 * y + 10 + x, 10 * y + 11 + x);
      const checked = new Uint8Array(8);
      checked.set(data);
      new DataView(checked.buffer).setUint32(4, crc32c(data), true);
      return checked;
    });
    store.set(`/c/${sy}/${sx}`, assembleShard(inner));
  }
  return store;
}
