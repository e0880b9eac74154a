// Sources that misbehave, through the public API: typed errors that name the place, nothing hangs, later calls work.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  CodecError,
  clearResults,
  FormatError,
  fromArray,
  gaussianFilter,
  type LazyArray,
  label,
  NetworkError,
  NotFoundError,
  openOmeZarr,
  openZarr,
  regionTable,
  writeOmeZarr,
} from '../src/index';
import { chunkCache } from '../src/io/cache';
import { startServer, type TestServer } from './helpers/server';

const SIZE = 128;
const data = Uint16Array.from({ length: SIZE * SIZE }, (_, i) => ((i >> 4) % 2) * 500 + (i % 13));
const retry = { retries: 1, minDelay: 5, timeout: 1000 };

let server: TestServer;
let image: LazyArray;

beforeAll(async () => {
  const store = new Map<string, Uint8Array>();
  await writeOmeZarr(fromArray(data, { shape: [SIZE, SIZE] }), store as never, {
    chunks: [32, 32],
    levels: 1,
  });
  server = await startServer(store);
});
afterAll(() => server.close());

async function fresh(): Promise<LazyArray> {
  server.reset();
  chunkCache.clear();
  clearResults();
  image = (await openOmeZarr(server.url, { retry })).level(0);
  return image;
}

const objects = (array: LazyArray) => label(gaussianFilter(array, 1).gt(200)).labels;

describe('a chunk that fails', () => {
  test.each([
    ['500', { kind: 'status', status: 500 } as const, NetworkError],
    ['403', { kind: 'status', status: 403 } as const, NetworkError],
    ['truncated', { kind: 'truncate', bytes: 9 } as const, CodecError],
    ['reset mid-body', { kind: 'reset', bytes: 9 } as const, NetworkError],
    ['hanging', { kind: 'hang' } as const, NetworkError],
    ['not a chunk', { kind: 'replace', body: new Uint8Array(200).fill(7) } as const, CodecError],
  ])('%s', async (_name, fault, kind) => {
    const array = await fresh();
    server.fault(/c\/2\/1$/, fault);
    const failure = objects(array)
      .compute()
      .then(
        () => undefined,
        (error: Error) => error,
      );
    const error = await failure;
    expect(error).toBeInstanceOf(kind);
    expect(error?.message).toMatch(/0\/c\/2\/1/);
    server.fault(/c\/2\/1$/, undefined);
    const healed = await objects(array).compute();
    expect(healed.shape).toEqual([SIZE, SIZE]);
  });

  test('once only: nobody notices', async () => {
    const array = await fresh();
    server.fault(/c\/1\/1$/, { kind: 'status', status: 503, times: 1 });
    expect((await array.compute()).data).toEqual(data);
  });

  test('missing: the fill value', async () => {
    const array = await fresh();
    server.fault(/c\/0\/0$/, { kind: 'status', status: 404 });
    expect(
      (
        await array.read([
          [0, 2],
          [0, 2],
        ])
      ).data,
    ).toEqual(new Uint16Array(4));
  });

  test('slow: waits, and an abort does not wait', async () => {
    const array = await fresh();
    server.fault(/c\//, { kind: 'slow', ms: 150 });
    const controller = new AbortController();
    const started = performance.now();
    const result = objects(array).compute({ signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 30);
    await expect(result).rejects.toThrow('enough');
    expect(performance.now() - started).toBeLessThan(140);
    server.fault(/c\//, undefined);
    expect((await objects(array).compute()).shape).toEqual([SIZE, SIZE]);
  });
});

describe('requests', () => {
  test('only the chunks under a region and its halo, each once', async () => {
    const array = await fresh();
    const before = server.requests.length;
    await gaussianFilter(array, 1).read({ y: [40, 60], x: [40, 60] });
    // Radius 4: rows and columns 36 to 64, which the chunk [1, 1] holds whole.
    expect(server.requests.slice(before).filter((r) => r.includes('/c/'))).toEqual(['/0/c/1/1']);
  });

  test('a whole pipeline fetches every chunk once', async () => {
    const array = await fresh();
    const table = await regionTable(array, { labelImage: objects(array) });
    expect(table.length).toBeGreaterThan(0);
    const chunks = server.requests.filter((r) => r.includes('/c/'));
    expect(chunks.length).toBe(16);
    expect(new Set(chunks).size).toBe(16);
  });

  test('two callers share a fetch; one leaving does not disturb the other', async () => {
    const array = await fresh();
    server.fault(/c\//, { kind: 'slow', ms: 60 });
    const controller = new AbortController();
    const first = array.read(
      [
        [0, 8],
        [0, 8],
      ],
      { signal: controller.signal },
    );
    const second = array.read([
      [8, 16],
      [8, 16],
    ]);
    const rejected = expect(first).rejects.toThrow('gone');
    setTimeout(() => controller.abort(new Error('gone')), 20);
    await rejected;
    expect((await second).data.length).toBe(64);
    expect(server.count('/0/c/0/0')).toBe(1);
  });
});

describe('locations', () => {
  test.each([
    ['an empty URL', () => openOmeZarr(''), ArgumentError, /location/],
    ['nothing at the URL', () => openOmeZarr(`${server.url}/nowhere`, { retry }), NotFoundError, /nowhere/],
    ['no array at the path', () => openZarr(server.url, { path: '/7', retry }), NotFoundError, /7/],
    ['a group instead of an array', () => openZarr(server.url, { retry }), FormatError, /array/],
    ['no server', () => openOmeZarr('http://127.0.0.1:1/image', { retry }), NetworkError, /127\.0\.0\.1:1/],
  ])('%s', async (_name, open, kind, message) => {
    server.reset();
    const error = await open().then(
      () => undefined,
      (e: Error) => e,
    );
    expect(error).toBeInstanceOf(kind);
    expect(error?.message).toMatch(message);
  });
});
