// Zarr as found in the wild: v2 of every dtype and codec, v3, shards, odd metadata.
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import * as zarr from 'zarrita';
import { isTilewiseError } from '../../src/core/errors';
import { chunkCache } from '../../src/io/cache';
import { halfToNumber, numberToHalf } from '../../src/io/float16';
import { openZarrSource } from '../../src/io/openZarr';
import { rangeStore, storeFromDirectoryHandle, storeFromFiles } from '../../src/io/stores';
import { createZarrSource } from '../../src/io/zarrSource';
import { startServer } from '../helpers/server';
import { encode, metadataV3, readAll, shardedFixture, zarrV2Fixture } from './helpers';

const v2 = zarrV2Fixture();
const ramp = Array.from({ length: 70 }, (_, i) => i);
beforeEach(() => chunkCache.clear());

describe('Zarr v2', () => {
  it.each([
    ['blosc', 'uint16', ramp.map((v) => v * 700)],
    ['zlib', 'int32', ramp.map((v) => v - 30)],
    ['gzip', 'uint8', ramp],
    ['zstd', 'float64', ramp.map((v) => v / 3)],
    ['lz4', 'float32', ramp.map((v) => Math.fround(v / 3))],
    ['raw', 'int8', ramp],
    ['big', 'uint16', ramp.map((v) => v * 700)],
    ['fortran', 'uint16', ramp.map((v) => v * 700)],
    ['bool', 'bool', ramp.map((v) => (v % 3 === 0 ? 1 : 0))],
    ['int64', 'int64', ramp.map((v) => BigInt(v) * 10n ** 15n)],
    ['uint64', 'uint64', ramp.map(BigInt)],
    ['half', 'float32', ramp.map((v) => v / 8 - 2)],
    ['delta', 'int32', ramp],
  ] as const)('%s', async (path, dtype, expected) => {
    const source = await openZarrSource(v2, { path });
    expect([source.dtype, source.shape, source.chunks]).toEqual([dtype, [7, 10], [4, 4]]);
    expect((await source.readChunk([1, 2])).length).toBe(6);
    expect([...(await readAll(source))]).toEqual(expected);
  });

  it('fills missing chunks and takes dimension names from _ARRAY_DIMENSIONS', async () => {
    const source = await openZarrSource(v2, { path: 'sparse' });
    expect(source.dimensionNames).toEqual(['lat', 'lon']);
    expect(await source.readChunk([1, 2])).toEqual(new Uint16Array(6).fill(5));
    expect(await source.readChunk([0, 0])).toEqual(new Uint16Array(16).fill(9));
  });

  it.each(['text', 'complex'])('refuses dtype %s', async (path) => {
    const error = await openZarrSource(v2, { path }).catch((e) => e);
    expect(isTilewiseError(error, 'FormatError')).toBe(true);
    expect(error.message).toMatch(/memory#\d+\/.*data type/);
  });

  it('notices a truncated blosc chunk', async () => {
    const store = new Map(v2);
    const chunk = store.get('/blosc/0.0') as Uint8Array;
    store.set('/blosc/0.0', chunk.slice(0, chunk.length - 3));
    const source = await openZarrSource(store, { path: 'blosc' });
    const error = await source.readChunk([0, 0]).catch((e) => e);
    expect(isTilewiseError(error, 'CodecError')).toBe(true);
    expect(error.message).toMatch(/\/blosc\/0\.0: .*truncated/);
  });

  it('opens a group as a FormatError and a wrong path as a NotFoundError', async () => {
    expect(isTilewiseError(await openZarrSource(v2).catch((e) => e), 'FormatError')).toBe(true);
    const error = await openZarrSource(v2, { path: 'no/such' }).catch((e) => e);
    expect(isTilewiseError(error, 'NotFoundError')).toBe(true);
    expect(error.message).toMatch(/memory#\d+\/no\/such: nothing here/);
  });
});

describe('Zarr v3', () => {
  const open = (changes: Record<string, unknown>, chunks: Record<string, Uint8Array> = {}) =>
    openZarrSource(new Map([['/zarr.json', metadataV3(changes)], ...Object.entries(chunks)]));

  it.each([
    [{ data_type: 'complex64' }, 'FormatError', 'data type "complex64"'],
    [{ shape: [0] }, 'FormatError', 'shape: expected integers >= 1'],
    [{ shape: [8, 8] }, 'FormatError', 'expected 2 axes'],
    [{ chunk_grid: { name: 'rectangular' } }, 'FormatError', 'regular chunk grid'],
    [{ chunk_key_encoding: { name: 'odd' } }, 'FormatError', 'chunk_key_encoding'],
    [
      { codecs: [{ name: 'bytes' }, { name: 'jpeg2000' }] },
      'CodecError',
      'codec "jpeg2000" is not supported',
    ],
    [{ codecs: 3 }, 'FormatError', 'codecs'],
    [
      {
        codecs: [
          { name: 'sharding_indexed', configuration: { chunk_shape: [3], codecs: [], index_codecs: [] } },
        ],
      },
      'FormatError',
      'not a multiple',
    ],
    [
      {
        codecs: [
          {
            name: 'sharding_indexed',
            configuration: { chunk_shape: [2], codecs: [], index_codecs: [], index_location: 'start' },
          },
        ],
      },
      'CodecError',
      'index_location "start"',
    ],
  ] as const)('refuses %j', async (changes, name, message) => {
    const error = await open(changes).catch((e) => e);
    expect(error.message).toContain(message);
    expect(isTilewiseError(error, name)).toBe(true);
  });

  it.each([
    ['float32', '0x7fc00000', Number.NaN],
    ['float64', '0x3ff8000000000000', 1.5],
    ['float32', '-Infinity', Number.NEGATIVE_INFINITY],
    ['float16', '0x3e00', 1.5],
    ['float16', 'NaN', Number.NaN],
    ['int64', 12, 12n],
    ['bool', true, 1],
  ])('reads a fill value of %s %s', async (data_type, fill_value, expected) => {
    const source = await open({ data_type, fill_value });
    expect((await source.readChunk([0]))[2]).toEqual(expected);
  });

  it('reads transposed chunks in C order, cut at the edge', async () => {
    const store = new Map([
      [
        '/zarr.json',
        metadataV3({
          shape: [2, 3],
          data_type: 'uint8',
          chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, 4] } },
          codecs: [{ name: 'transpose', configuration: { order: [1, 0] } }, { name: 'bytes' }],
        }),
      ],
      ['/c/0/0', Uint8Array.of(0, 10, 1, 11, 2, 12, 3, 13)],
    ]);
    const source = await openZarrSource(store);
    expect(await source.readChunk([0, 0])).toEqual(Uint8Array.of(0, 1, 2, 10, 11, 12));
  });

  it('reads a 0-d array', async () => {
    const changes = { shape: [], chunk_grid: { name: 'regular', configuration: { chunk_shape: [] } } };
    const source = await open(changes, { '/c': Uint8Array.of(7, 0) });
    expect(await source.readChunk([])).toEqual(Uint16Array.of(7));
  });

  it('finds a short uncompressed chunk and a bad checksum', async () => {
    const short = await open({}, { '/c/0': new Uint8Array(6) });
    const error = await short.readChunk([0]).catch((e) => e);
    expect(isTilewiseError(error, 'CodecError')).toBe(true);
    expect(error.message).toMatch(/c\/0: .*3 elements instead of 4/);
    const codecs = [{ name: 'bytes', configuration: { endian: 'little' } }, { name: 'crc32c' }];
    const corrupt = await open({ codecs }, { '/c/0': new Uint8Array(12).fill(1) });
    expect(isTilewiseError(await corrupt.readChunk([0]).catch((e) => e), 'CodecError')).toBe(true);
  });

  it('wraps an array that the caller opened', async () => {
    const store = new Map([
      ['/zarr.json', metadataV3({})],
      ['/c/1', new Uint8Array(8).fill(1)],
    ]);
    const array = await zarr.open.v3(store, { kind: 'array' });
    const source = createZarrSource(array, { key: 'mine' });
    expect(await source.readChunk([1])).toEqual(new Uint16Array(4).fill(257));
    expect(source.key).toBe('mine');
  });
});

describe('shards', () => {
  const expected = Array.from({ length: 48 }, (_, i) => {
    const [y, x] = [Math.floor(i / 6), i % 6];
    const missing = (y >= 4 && x >= 4) || (y < 2 && x >= 2 && x < 4);
    return missing ? 7 : 10 * y + x;
  });

  it('are read by inner chunks from a store without ranges', async () => {
    const source = await openZarrSource(shardedFixture());
    expect([source.chunks, source.dimensionNames]).toEqual([
      [2, 2],
      ['y', null],
    ]);
    expect([...(await readAll(source))]).toEqual(expected);
  });

  it('take one request for the index and one a chunk', async () => {
    const server = await startServer(shardedFixture());
    onTestFinished(() => server.close());
    const source = await openZarrSource(server.url);
    await Promise.all([source.readChunk([0, 0]), source.readChunk([1, 1]), source.readChunk([0, 1])]);
    expect(server.requests).toEqual(['/zarr.json', 'HEAD /c/0/0', '/c/0/0', '/c/0/0', '/c/0/0']);
    chunkCache.clear();
    server.fault('c/1/0', { kind: 'ignoreRange' });
    expect(await source.readChunk([2, 0])).toEqual(Uint8Array.of(40, 41, 50, 51));
    server.fault('c/0/1', { kind: 'truncate', bytes: 10 });
    const error = await source.readChunk([0, 2]).catch((e) => e);
    expect(isTilewiseError(error, 'CodecError')).toBe(true);
    expect(error.message).toMatch(/\/c\/0\/1.*truncated/);
    server.fault('c/0/1', undefined);
    expect([...(await readAll(source))]).toEqual(expected);
  });

  it('leave a neighbour alone when the first reader of a shard aborts', async () => {
    const server = await startServer(shardedFixture());
    onTestFinished(() => server.close());
    const source = await openZarrSource(server.url);
    server.fault('c/0/0', { kind: 'slow', ms: 60, times: 1 });
    const controller = new AbortController();
    const first = source.readChunk([0, 0], { signal: controller.signal });
    const second = source.readChunk([1, 1]);
    setTimeout(() => controller.abort('gone'), 20);
    await expect(first).rejects.toBe('gone');
    expect(await second).toEqual(Uint8Array.of(22, 23, 32, 33));
  });
});

describe('stores', () => {
  it('reads dropped files, with or without the folder name', async () => {
    for (const prefix of ['', 'my image.zarr/', '/deep/er/']) {
      const files = [...shardedFixture()].map(([key, bytes]) => ({
        path: prefix + key.slice(1),
        file: new Blob([new Uint8Array(bytes)]),
      }));
      files.push({ path: `${prefix}sub/zarr.json`, file: new Blob(['{}']) });
      const source = await openZarrSource(storeFromFiles(files));
      expect(await source.readChunk([1, 1])).toEqual(Uint8Array.of(22, 23, 32, 33));
    }
    expect(() => storeFromFiles([{ path: 'a.png', file: new Blob([]) }])).toThrow('files: expected');
  });

  it('reads a directory handle', async () => {
    const missing = () => Object.assign(new Error('gone'), { name: 'NotFoundError' });
    const store = shardedFixture();
    const handle = (path: string): Parameters<typeof storeFromDirectoryHandle>[0] => ({
      async getDirectoryHandle(name) {
        const inside = `${path}/${name}`;
        if (![...store.keys()].some((key) => key.startsWith(`${inside}/`))) throw missing();
        return handle(inside);
      },
      async getFileHandle(name) {
        const bytes = store.get(`${path}/${name}`);
        if (!bytes) throw missing();
        return { getFile: async () => new Blob([new Uint8Array(bytes)]) };
      },
    });
    const source = await openZarrSource(storeFromDirectoryHandle(handle('')));
    expect(await source.readChunk([2, 0])).toEqual(Uint8Array.of(40, 41, 50, 51));
    expect(await source.readChunk([3, 2])).toEqual(new Uint8Array(4).fill(7));
    expect(await storeFromDirectoryHandle(handle('')).get('/no/such')).toBeUndefined();
  });

  it('reads ranges of any store', async () => {
    const store = rangeStore(new Map([['/a', Uint8Array.of(0, 1, 2, 3)]]));
    expect(await store.getRange('/a', { offset: 1, length: 9 })).toEqual(Uint8Array.of(1, 2, 3));
    expect(await store.getRange('/a', { suffixLength: 2 })).toEqual(Uint8Array.of(2, 3));
    expect(await store.getRange('/b', { suffixLength: 2 })).toBeUndefined();
    expect(encode(1)).toEqual(Uint8Array.of(49));
  });
});

describe('float16', () => {
  it('goes both ways for every finite value', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfToNumber(bits);
      if (!Number.isNaN(value)) expect(numberToHalf(value)).toBe(bits);
    }
    expect([numberToHalf(65519), numberToHalf(65520), numberToHalf(Number.NaN)]).toEqual([
      0x7bff, 0x7c00, 0x7e00,
    ]);
  });
});
