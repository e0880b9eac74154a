// Sharded arrays as zarrita reads them, and what becomes of shards that were cut off.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { fromArray, openOmeZarr, openZarr, writeOmeZarr, writeZarr } from '../../src/index';
import { crc32c } from '../../src/io/integrity';

const SHAPE = [3, 70, 90];
const data = Int32Array.from({ length: 3 * 70 * 90 }, (_, i) => (i * 7919) % 65536);
const image = fromArray(data, { shape: SHAPE, chunks: [1, 16, 16], dimensionNames: ['z', 'y', 'x'] });
const options = { shards: [2, 32, 48], chunks: [1, 16, 16] };

type Store = Map<`/${string}`, Uint8Array>;
/** Keys with digests of their values: quick to compare. */
const contents = (store: Store) =>
  [...store].map(([key, bytes]) => `${key} ${createHash('sha1').update(bytes).digest('hex')}`).sort();
const chunkKeys = (store: Store) => [...store.keys()].filter((key) => key.includes('/c/'));

/** Offsets and lengths of the chunks of a shard, by the specification. */
function indexOf(shard: Uint8Array, chunks: number): [offset: bigint, length: bigint][] {
  const bytes = shard.slice(-(16 * chunks + 4));
  const view = new DataView(bytes.buffer);
  expect(view.getUint32(16 * chunks, true)).toBe(crc32c(bytes.subarray(0, -4)));
  return Array.from({ length: chunks }, (_, i) => [
    view.getBigUint64(16 * i, true),
    view.getBigUint64(16 * i + 8, true),
  ]);
}

describe('sharded arrays', () => {
  it('zarrita reads them; chunks beyond the edge are absent', async () => {
    const store: Store = new Map();
    await writeZarr(image, store, options);
    expect(chunkKeys(store)).toHaveLength(2 * 3 * 2);
    const ranges: zarr.AsyncReadable = {
      get: async (key) => store.get(key),
      getRange: async (key, range) =>
        'suffixLength' in range
          ? store.get(key)?.slice(-range.suffixLength)
          : store.get(key)?.slice(range.offset, range.offset + range.length),
    };
    const array = await zarr.open.v3(ranges, { kind: 'array' });
    expect(array.chunks).toEqual([1, 16, 16]);
    expect((await zarr.get(array)).data).toEqual(data);
    // The checksum that the index relies on (RFC 3720, B.4).
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    const absent = 2n ** 64n - 1n;
    const last = indexOf(store.get('/c/1/2/1')!, 12);
    // One plane, one row of chunks (64 to 70), three columns (48 to 90).
    expect(last.map(([offset]) => offset !== absent)).toEqual([
      ...[true, true, true, false, false, false],
      ...[false, false, false, false, false, false],
    ]);
    const lengths = last.filter(([offset]) => offset !== absent).map(([, length]) => Number(length));
    expect(lengths.reduce((a, b) => a + b) + 12 * 16 + 4).toBe(store.get('/c/1/2/1')!.length);
  });

  it('pyramids are sharded at every level', async () => {
    const store: Store = new Map();
    await writeOmeZarr(image, store, { ...options, levels: 3 });
    const plain = new Map();
    await writeOmeZarr(image, plain, { chunks: options.chunks, levels: 3 });
    const [sharded, unsharded] = [await openOmeZarr(store), await openOmeZarr(plain)];
    for (const level of [0, 1, 2])
      expect((await sharded.level(level).compute()).data).toEqual(
        (await unsharded.level(level).compute()).data,
      );
    expect(chunkKeys(store).filter((key) => key.startsWith('/2/'))).toHaveLength(2);
  });

  it.each([7, 9, 12, 15, 18])('a write cut off after %d values goes on', async (left) => {
    const whole: Store = new Map();
    await writeOmeZarr(image, whole, { ...options, levels: 3 });
    class Failing extends Map<`/${string}`, Uint8Array> {
      left = left;
      override set(key: `/${string}`, value: Uint8Array): this {
        if (this.left-- <= 0) throw new Error('connection lost');
        return super.set(key, value);
      }
    }
    const store = new Failing();
    await expect(writeOmeZarr(image, store, { ...options, levels: 3 })).rejects.toThrow('connection lost');
    store.left = Infinity;
    await writeOmeZarr(image, store, { ...options, levels: 3, resume: true });
    expect(contents(store)).toEqual(contents(whole));
  });

  it('a shard that lacks chunks, or whose index is damaged, is made anew', async () => {
    const store: Store = new Map();
    await writeZarr(image, store, options);
    const whole = new Map(store);
    const shard = store.get('/c/0/0/0')!.slice();
    shard[shard.length - 30] ^= 1;
    store.set('/c/0/0/0', shard);
    const partial = store.get('/c/0/1/0')!.slice();
    const index = partial.length - (12 * 16 + 4);
    partial.fill(255, index, index + 16);
    new DataView(partial.buffer).setUint32(partial.length - 4, crc32c(partial.subarray(index, -4)), true);
    store.set('/c/0/1/0', partial);
    await writeZarr(image, store, { ...options, resume: true });
    expect(contents(store)).toEqual(contents(whole));
    expect((await (await openZarr(store)).compute()).data).toEqual(data);
  });

  it.each([
    [{ ...options, shards: [2, 32, 40] }, 'shards: expected multiples of the chunk shape [1,16,16]'],
    [{ ...options, shards: [32, 48] }, 'shards: expected multiples'],
    [{ ...options, version: '0.4' as const }, 'shards: expected none'],
  ])('refuses what cannot be (%#)', async (wrong, message) => {
    await expect(writeOmeZarr(image, new Map(), wrong)).rejects.toThrow(message);
  });
});
