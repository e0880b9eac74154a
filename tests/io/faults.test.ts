// What a bad server does to a source: typed errors, bounded time, and no harm to later calls.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TypedArray } from '../../src/core/dtype';
import { isTilewiseError } from '../../src/core/errors';
import { chunkCache } from '../../src/io/cache';
import { openZarrSource } from '../../src/io/openZarr';
import { createZarrWriter } from '../../src/io/writeZarr';
import { startServer, type TestServer } from '../helpers/server';

const RETRY = { retries: 2, minDelay: 5, timeout: 150 };

let server: TestServer;
const chunkOf = (value: number) => new Uint16Array(16).fill(value);

beforeAll(async () => {
  const store = new Map<string, Uint8Array>();
  const writer = await createZarrWriter(store, { path: 'a', shape: [8, 8], chunks: [4, 4], dtype: 'uint16' });
  for (const [i, index] of [
    [0, 0],
    [0, 1],
    [1, 0],
  ].entries())
    await writer.writeChunk(index, chunkOf(i + 1));
  store.set('/html/zarr.json', new TextEncoder().encode('<!DOCTYPE html><p>hi'));
  store.set('/json/zarr.json', new TextEncoder().encode('{"name":"a package"}'));
  server = await startServer(store);
});
afterAll(() => server.close());
beforeEach(() => {
  server.reset();
  chunkCache.clear();
});

const open = (path = 'a', retry: object = RETRY) => openZarrSource(`${server.url}/${path}`, { retry });

describe('opening', () => {
  it('reads metadata only', async () => {
    const source = await open();
    expect(server.requests).toEqual(['/a/zarr.json']);
    expect([source.shape, source.chunks, source.dtype, source.key]).toEqual([
      [8, 8],
      [4, 4],
      'uint16',
      `${server.url}/a`,
    ]);
  });

  it.each([
    ['nothing', 'NotFoundError', '/nothing: nothing here'],
    [
      'html',
      'FormatError',
      'html/zarr.json: expected Zarr metadata in JSON, received text starting with "<!DOCTYPE',
    ],
    ['json', 'FormatError', 'expected zarr_format 3'],
  ] as const)('of %s is a %s', async (path, name, message) => {
    const error = await open(path).catch((e) => e);
    expect(isTilewiseError(error, name)).toBe(true);
    expect(error.message).toContain(message);
  });

  it('of a server that cannot be reached is a NetworkError that mentions CORS', async () => {
    const error = await openZarrSource('http://127.0.0.1:9/a.zarr', { retry: RETRY }).catch((e) => e);
    expect(isTilewiseError(error, 'NetworkError')).toBe(true);
    expect(error.message).toMatch(/http:\/\/127\.0\.0\.1:9\/a\.zarr.*unreachable.*cross-origin/);
  });

  it.each(['', '   ', 'not a url', 'ftp://example.org/a', null, undefined, 3, {}])(
    'of %j is an ArgumentError',
    async (location) => {
      const error = await openZarrSource(location as string).catch((e) => e);
      expect(isTilewiseError(error, 'ArgumentError')).toBe(true);
      expect(error.message).toContain('location');
    },
  );

  it('rejects with the reason when aborted, before and while waiting', async () => {
    await expect(openZarrSource(server.url, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    server.fault('zarr.json', { kind: 'hang' });
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 30);
    const started = Date.now();
    await expect(openZarrSource(`${server.url}/a`, { signal: controller.signal })).rejects.toBe('enough');
    expect(Date.now() - started).toBeLessThan(1000);
  });
});

/** Collects garbage, as vitest's workers are started without --expose-gc. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

describe('reading', () => {
  it('fetches a chunk once for concurrent and later readers', async () => {
    const source = await open();
    const [a, b] = await Promise.all([source.readChunk([0, 1]), source.readChunk([0, 1])]);
    expect(a).toEqual(chunkOf(2));
    expect(b).toBe(a);
    expect(await source.readChunk([0, 1])).toBe(a);
    expect(await (await open()).readChunk([0, 1])).toBe(a);
    expect(server.count('c/0/1')).toBe(1);
  });

  it('gives the fill value for a missing chunk, without retries', async () => {
    const source = await open();
    expect(await source.readChunk([1, 1])).toEqual(chunkOf(0));
    expect(server.count('c/1/1')).toBe(1);
  });

  it.each([
    ['500', { kind: 'status', status: 500, times: 2 }],
    ['503 with Retry-After', { kind: 'status', status: 503, headers: { 'retry-after': '0.05' }, times: 1 }],
    ['429', { kind: 'status', status: 429, times: 1 }],
    ['a reset', { kind: 'reset', bytes: 5, times: 2 }],
    ['a hang', { kind: 'hang', times: 1 }],
    ['a hang within the body', { kind: 'hang', afterBytes: 5, times: 1 }],
    ['a truncated chunk', { kind: 'truncate', bytes: 9, times: 1 }],
  ] as const)('survives %s', async (_, fault) => {
    const source = await open();
    server.fault('c/0/0', fault);
    expect(await source.readChunk([0, 0])).toEqual(chunkOf(1));
  });

  it('is patient with a slow server', async () => {
    const source = await open();
    server.fault('c/0/0', { kind: 'slow', ms: 80 });
    expect(await source.readChunk([0, 0])).toEqual(chunkOf(1));
    expect(server.count('c/0/0')).toBe(1);
  });

  it.each([
    ['500', { kind: 'status', status: 500 }, 'NetworkError', 'answered 500', 3],
    ['403', { kind: 'status', status: 403 }, 'NetworkError', 'answered 403', 1],
    ['a reset', { kind: 'reset', bytes: 5 }, 'NetworkError', 'closed the connection', 3],
    ['a hang', { kind: 'hang' }, 'NetworkError', 'no data from the server for 150 ms', 3],
    ['truncated chunk', { kind: 'truncate', bytes: 9 }, 'CodecError', 'zstd', 2],
    ['empty chunk', { kind: 'truncate', bytes: 0 }, 'CodecError', 'zstd', 2],
    ['a corrupt chunk', { kind: 'replace', body: new Uint8Array(50).fill(9) }, 'CodecError', 'zstd', 2],
  ] as const)(
    'fails on lasting %s, naming the chunk, and works again later',
    async (_, fault, name, message, requests) => {
      const source = await open();
      server.fault('c/0/0', fault);
      const error = await source.readChunk([0, 0]).catch((e) => e);
      expect(isTilewiseError(error, name)).toBe(true);
      expect(error.message).toContain(`${server.url}/a/c/0/0: `);
      expect(error.message).toContain(message);
      expect(server.count('c/0/0')).toBe(requests);
      server.fault('c/0/0', undefined);
      expect(await source.readChunk([0, 0])).toEqual(chunkOf(1));
    },
  );

  it('waits as long as Retry-After says', async () => {
    const source = await open();
    server.fault('c/0/0', { kind: 'status', status: 429, headers: { 'retry-after': '0.2' }, times: 1 });
    const started = Date.now();
    await source.readChunk([0, 0]);
    expect(Date.now() - started).toBeGreaterThanOrEqual(200);
  });

  it('aborts one reader without the other, and the request when both have left', async () => {
    const source = await open('a', { ...RETRY, timeout: 5000 });
    server.fault('c/0/0', { kind: 'slow', ms: 100, times: 1 });
    const leaving = new AbortController();
    const first = source.readChunk([0, 0], { signal: leaving.signal });
    const second = source.readChunk([0, 0], { signal: new AbortController().signal });
    leaving.abort('gone');
    await expect(first).rejects.toBe('gone');
    expect(await second).toEqual(chunkOf(1));
    expect(server.count('c/0/0')).toBe(1);

    server.fault('c/0/1', { kind: 'hang' });
    const controller = new AbortController();
    const third = source.readChunk([0, 1], { signal: controller.signal });
    await expect.poll(() => server.count('c/0/1')).toBe(1);
    controller.abort('closed');
    await expect(third).rejects.toBe('closed');
    await expect.poll(() => server.aborted).toContain('/a/c/0/1');
    server.fault('c/0/1', undefined);
    expect(await source.readChunk([0, 1])).toEqual(chunkOf(2));
  });

  it('cancels the request although its objects may have been collected', async () => {
    const source = await open('a', { ...RETRY, timeout: 5000 });
    for (const fault of [{ kind: 'hang' }, { kind: 'hang', afterBytes: 3 }] as const) {
      server.fault('c/0/0', { ...fault, times: 1 });
      const controller = new AbortController();
      const read = source.readChunk([0, 0], { signal: controller.signal });
      await expect.poll(() => server.count('c/0/0')).toBeGreaterThan(0);
      for (let i = 0; i < 3; i++) {
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      controller.abort('gone');
      await expect(read).rejects.toBe('gone');
      await expect.poll(() => server.aborted).toEqual(['/a/c/0/0']);
      server.reset();
    }
  });

  it('aborts at once while waiting to retry', async () => {
    const source = await open('a', { retries: 5, minDelay: 10_000 });
    server.fault('c/0/0', { kind: 'status', status: 500 });
    const controller = new AbortController();
    const read = source.readChunk([0, 0], { signal: controller.signal });
    await expect.poll(() => server.count('c/0/0')).toBe(1);
    controller.abort('bored');
    await expect(read).rejects.toBe('bored');
  });

  it('refuses chunk indices off the grid', async () => {
    const source = await open();
    for (const index of [[0], [0, 2], [-1, 0], [0.5, 0], [0, 0, 0]]) {
      const error = await source.readChunk(index).catch((e) => e);
      expect(isTilewiseError(error, 'RegionError')).toBe(true);
    }
  });

  it('frees the place of an aborted read in a store that never answers', async () => {
    let answer = false;
    const metadata = new Map<string, Uint8Array>();
    await createZarrWriter(metadata, { shape: [20], chunks: [1], dtype: 'uint8' });
    const source = await openZarrSource({
      get: async (key) => metadata.get(key) ?? (answer ? undefined : new Promise<undefined>(() => {})),
    });
    const controller = new AbortController();
    const hung = Array.from({ length: 10 }, (_, i) => source.readChunk([i], { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort('stop');
    for (const read of hung) await expect(read).rejects.toBe('stop');
    answer = true;
    expect(await source.readChunk([3])).toEqual(Uint8Array.of(0));
  });

  it('bounds how many chunks it reads at a time', async () => {
    const store = new Map<string, Uint8Array>();
    const writer = await createZarrWriter(store, { shape: [40], chunks: [1], dtype: 'uint8' });
    await writer.writeChunk([0], new Uint8Array([1]));
    let running = 0;
    let most = 0;
    const slow = {
      get: async (key: string) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return store.get(key);
      },
    };
    const source = await openZarrSource(slow);
    const all: Promise<TypedArray>[] = [];
    for (let i = 0; i < 40; i++) all.push(source.readChunk([i]));
    await Promise.all(all);
    expect(most).toBe(8);
  });
});
