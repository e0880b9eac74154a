// What a write survives: sources, servers and disks that fail, aborts, other writers, the end of the process.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  configure,
  fromArray,
  gaussianFilter,
  IncompleteError,
  LockedError,
  mapBlocks,
  openOmeZarr,
  openZarr,
  uploadStore,
  WriteError,
  writeOmeZarr,
  writeZarr,
} from '../src/index';
import { chunkCache } from '../src/io/cache';
import { NodeStore } from '../src/node';
import { startServer, type TestServer } from './helpers/server';
import { startUploadServer, type UploadServer } from './helpers/uploadServer';

vi.mock('node:fs/promises', { spy: true });

const SHAPE = [256, 320];
const image = fromArray(
  Uint16Array.from({ length: 256 * 320 }, (_, i) => (i * 7919) % 65536),
  { shape: SHAPE, chunks: [64, 64], dimensionNames: ['y', 'x'] },
);
const options = { chunks: [64, 64], levels: 3 };
const pixels = (await image.compute()).data;

type Store = Map<`/${string}`, Uint8Array>;
const digest = (bytes: Uint8Array | undefined) => bytes && createHash('sha1').update(bytes).digest('hex');
/** Keys with digests of their values: quick to compare. */
const contents = (store: Store) => [...store].map(([key, bytes]) => `${key} ${digest(bytes)}`).sort();
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('should have failed'),
    (error) => error,
  );

let whole: Store;
let folder: string;
beforeAll(async () => {
  configure({ workers: 0 });
  whole = new Map();
  await writeOmeZarr(image, whole, options);
});
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'tilewise-faults-'));
});
afterEach(async () => {
  vi.mocked(fs.writeFile).mockReset();
  await fs.rm(folder, { recursive: true, force: true });
});

/** What a folder holds, as a store in memory holds it. */
async function filesIn(directory: string): Promise<Store> {
  const files: Store = new Map();
  for (const entry of await fs.readdir(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      files.set(`/${path.slice(directory.length + 1)}`, new Uint8Array(await fs.readFile(path)));
    }
  return files;
}

describe('a source that fails', () => {
  let server: TestServer;
  const LINES = 300;
  const lines: Store = new Map();
  beforeAll(async () => {
    const store: Store = new Map();
    await writeZarr(image, store);
    server = await startServer(store);
    const array = fromArray(new Uint8Array(LINES * 8), { shape: [LINES, 8], chunks: [1, 8] });
    await writeZarr(array, lines, { chunks: [1, 8] });
  });
  afterAll(() => server.close());
  afterEach(() => {
    server.reset();
    chunkCache.clear();
  });

  it('all but the chunks that need it are written, and the error names it; resume does the rest', async () => {
    server.fault('/c/1/1', { kind: 'status', status: 500 });
    const source = await openZarr(server.url, { retry: { retries: 0 } });
    const store: Store = new Map();
    const error: IncompleteError = await failureOf(writeOmeZarr(source, store, options));
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error.message).toContain('1 chunk could not be computed, all others are written');
    expect(error.message).toContain('/c/1/1');
    expect(error.failures.map(({ region }) => region)).toEqual([
      [
        [64, 128],
        [64, 128],
      ],
    ]);
    expect([...whole.keys()].filter((key) => !store.has(key))).toEqual(['/0/c/1/1']);
    // Overviews have what there is.
    const partial = (await (await openOmeZarr(store)).level(1).compute()).data as Uint16Array;
    const full = (await (await openOmeZarr(whole)).level(1).compute()).data as Uint16Array;
    const inHole = (i: number) => [Math.floor(i / 160), i % 160].every((at) => at >= 32 && at < 64);
    expect(partial).toEqual(full.map((value, i) => (inHole(i) ? 0 : value)));

    server.reset();
    await writeOmeZarr(source, store, { ...options, resume: true });
    expect(contents(store)).toEqual(contents(whole));
  });

  it('filters lose the neighbours that the chunk reaches into, and no more', async () => {
    server.fault('/c/2/4', { kind: 'status', status: 500 });
    const source = gaussianFilter(await openZarr(`${server.url}/`, { retry: { retries: 0 } }), 1);
    const error: IncompleteError = await failureOf(writeZarr(source, new Map(), { chunks: [64, 64] }));
    const starts = error.failures.map(({ region }) => region.map(([start]) => start / 64).join());
    expect(starts.sort()).toEqual(['1,3', '1,4', '2,3', '2,4', '3,3', '3,4']);
  });

  it('one that is gone is given up', async () => {
    const many = await startServer(lines);
    many.fault(/\/c\//, { kind: 'status', status: 500 });
    const source = await openZarr(many.url, { retry: { retries: 0 } });
    const error = await failureOf(writeZarr(source, new Map(), { chunks: [1, 8] }));
    expect(error.name).toBe('NetworkError');
    // A tile asks for all chunks that it needs; of those that are then tried one by one, a few.
    expect(many.requests.length).toBeGreaterThan(LINES);
    expect(many.requests.length).toBeLessThan(LINES + 60);
    await many.close();
  });
});

describe('a server that takes PUT', () => {
  let server: UploadServer;
  const retry = { minDelay: 1, retries: 3, timeout: 2000 };
  const inBucket = () =>
    new Map([...server.values].map(([key, value]) => [key.replace('/bucket', ''), new Uint8Array(value)]));
  beforeEach(async () => {
    server = await startUploadServer();
  });
  afterEach(() => server.close());

  it('that fails now and then, asks for patience, is slow or hangs up: all arrives', async () => {
    const seen = new Map<string, number>();
    const kinds = [
      { kind: 'status', status: 500 },
      { kind: 'status', status: 429, headers: { 'retry-after': '0.05' } },
      { kind: 'reset' },
      { kind: 'slow', ms: 100 },
      { kind: 'status', status: 503 },
    ] as const;
    server.fault = (method, path) => {
      const times = (seen.get(path) ?? 0) + 1;
      seen.set(path, times);
      return method === 'PUT' && times === 1 ? kinds[seen.size % kinds.length] : undefined;
    };
    await writeOmeZarr(image, uploadStore(server.url, { ...retry, concurrency: 3 }), options);
    expect(contents(inBucket() as Store)).toEqual(contents(whole));
    expect(server.busiest).toBeLessThanOrEqual(3);
  });

  it('that fails for good: the error names the value; a resume sends only what is missing', async () => {
    server.fault = (_method, path) =>
      path.endsWith('/0/c/2/3') ? { kind: 'status', status: 500 } : undefined;
    const store = uploadStore(server.url, retry);
    const error = await failureOf(writeOmeZarr(image, store, options));
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toContain('/0/c/2/3');
    expect(error.message).toContain('500');
    const before = new Set(server.values.keys());
    server.fault = () => undefined;
    server.requests.length = 0;
    await writeOmeZarr(image, store, { ...options, resume: true });
    expect(contents(inBucket() as Store)).toEqual(contents(whole));
    const sent = server.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/c/'));
    expect(sent.map(({ path }) => path).filter((path) => before.has(path))).toEqual([]);
    expect(server.requests.some(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('that never answers: an abort ends the request, and the call at once', async () => {
    const controller = new AbortController();
    server.fault = (_method, path) => {
      if (!path.includes('/c/')) return undefined;
      setTimeout(() => controller.abort(new Error('enough')), 50);
      return { kind: 'hang' };
    };
    const store = uploadStore(server.url, { ...retry, timeout: 60_000 });
    const start = performance.now();
    const error = await failureOf(writeOmeZarr(image, store, { ...options, signal: controller.signal }));
    expect(error.message).toBe('enough');
    expect(performance.now() - start).toBeLessThan(20_000);
    await vi.waitFor(() => expect(server.aborted.some((path) => path.includes('/c/'))).toBe(true));
  });
});

describe('a disk', () => {
  it('that is full: the error says so, nothing half written stays, and a resume goes on', async () => {
    const actual = await vi.importActual<typeof fs>('node:fs/promises');
    let left = 12;
    vi.mocked(fs.writeFile).mockImplementation(async (file, data, ...rest) => {
      if (left-- > 0 || !String(file).endsWith('.tmp')) return actual.writeFile(file, data, ...rest);
      await actual.writeFile(file, (data as Uint8Array).subarray(0, 10));
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    const error = await failureOf(writeOmeZarr(image, new NodeStore(folder), options));
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toMatch(/ENOSPC: no space left on device/);
    expect(error.message).toContain(folder);
    const files = await filesIn(folder);
    expect(contents(whole)).toEqual(expect.arrayContaining(contents(files)));
    expect(files.size).toBeLessThan(whole.size);
    vi.mocked(fs.writeFile).mockReset();
    await writeOmeZarr(image, new NodeStore(folder), { ...options, resume: true });
    expect(contents(await filesIn(folder))).toEqual(contents(whole));
  });

  it('that may not be written', async () => {
    await fs.writeFile(join(folder, 'file'), '');
    const error = await failureOf(writeZarr(image, new NodeStore(join(folder, 'file', 'x.zarr'))));
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toContain('ENOTDIR');
  });
});

describe('an abort', () => {
  it.each([0, 5, 19])('after %d chunks: what is there is whole, and a resume ends it', async (count) => {
    const controller = new AbortController();
    class Counting extends Map<`/${string}`, Uint8Array> {
      left = count;
      override set(key: `/${string}`, value: Uint8Array): this {
        if (key.includes('/c/') && this.left-- <= 0) controller.abort(new Error('enough'));
        return super.set(key, value);
      }
    }
    const store = new Counting();
    const { signal } = controller;
    expect((await failureOf(writeOmeZarr(image, store, { ...options, signal }))).message).toBe('enough');
    expect(contents(whole)).toEqual(expect.arrayContaining(contents(store)));
    await writeOmeZarr(image, store, { ...options, resume: true });
    expect(contents(store)).toEqual(contents(whole));
  });
});

describe('two writers', () => {
  /** The image, and a way to let it be computed. */
  function held() {
    let release = () => {};
    let started = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const begun = new Promise<void>((resolve) => {
      started = resolve;
    });
    const array = mapBlocks(async ({ data }) => {
      started();
      await gate;
      return data;
    }, image);
    return { array, begun, release };
  }

  it.each(['a map', 'a directory'])(
    'of %s: the second is refused, until the first has ended',
    async (kind) => {
      const memory: Store = new Map();
      const store = () => (kind === 'a map' ? memory : new NodeStore(folder));
      const { array, begun, release } = held();
      const first = writeOmeZarr(array, store(), options);
      await begun;
      const error = await failureOf(writeOmeZarr(image, store(), options));
      expect(error).toBeInstanceOf(LockedError);
      expect(error.message).toContain('being written by another call');
      // Beside it, there is room.
      await writeZarr(image, store(), { path: 'other' });
      release();
      await first;
      await writeOmeZarr(image, store(), options);
      const files = kind === 'a map' ? memory : await filesIn(folder);
      expect(contents(files)).toEqual(expect.arrayContaining(contents(whole)));
      expect([...files.keys()].filter((key) => key.includes('lock'))).toEqual([]);
    },
  );

  it('a lock is let go of when the write fails or is aborted', async () => {
    const { array, begun, release } = held();
    const controller = new AbortController();
    const first = failureOf(writeZarr(array, new NodeStore(folder), { signal: controller.signal }));
    await begun;
    controller.abort(new Error('enough'));
    expect((await first).message).toBe('enough');
    await writeZarr(image, new NodeStore(folder));
    release();
  });

  it.each([
    ['of a process that is gone', { host: hostname(), process: 2 ** 22 + 1, started: 0 }, undefined],
    [
      'of an earlier process of this number',
      { host: hostname(), process: process.pid, started: 5 },
      undefined,
    ],
    [
      'of a process that runs',
      { host: hostname(), process: process.ppid, started: 0 },
      `process ${process.ppid} on`,
    ],
    ['of another machine', { host: 'elsewhere', process: 7, started: 0 }, 'process 7 on elsewhere'],
    ['that is no lock', undefined, 'another process'],
  ])('a lock %s', async (_name, owner, refusal) => {
    const file = join(folder, '.tilewise.lock');
    await fs.writeFile(file, owner ? JSON.stringify(owner) : '');
    const write = writeZarr(image, new NodeStore(folder));
    if (!refusal) return void (await write);
    const error = await failureOf(write);
    expect(error).toBeInstanceOf(LockedError);
    expect(error.message).toContain(refusal);
    expect(error.message).toContain(file);
  });
});

describe('a process that is killed', () => {
  /** Writes the image slowly. */
  const script = (directory: string) => `
    import { configure, fromArray, mapBlocks, writeOmeZarr } from ${JSON.stringify(dist('index.js'))};
    import { NodeStore } from ${JSON.stringify(dist('node.js'))};
    configure({ workers: 0 });
    const image = fromArray(Uint16Array.from({ length: 256 * 320 }, (_, i) => (i * 7919) % 65536),
      { shape: [256, 320], chunks: [64, 64], dimensionNames: ['y', 'x'] });
    const store = new NodeStore(${JSON.stringify(directory)});
    const slow = { set: async (key, value) => { await store.set(key, value); if (key.includes('/c/')) await new Promise((r) => setTimeout(r, 150)); },
      get: (key) => store.get(key), lock: (path) => store.lock(path) };
    await writeOmeZarr(image, slow, { chunks: [64, 64], levels: 3 });`;
  const dist = (file: string) => new URL(`../dist/${file}`, import.meta.url).href;
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('leaves a Zarr that opens, locked while it runs, and a resume completes it', async () => {
    const target = join(folder, 'image.zarr');
    child = spawn(process.execPath, ['--input-type=module', '-e', script(target)], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: 'inherit',
    });
    const exit = new Promise((resolve) => child!.once('exit', resolve));
    const row = join(target, '0', 'c', '0');
    await vi.waitFor(() => expect(existsSync(row) && readdirSync(row).length).toBeGreaterThan(2), {
      timeout: 60_000,
      interval: 20,
    });
    const refused = await failureOf(writeOmeZarr(image, new NodeStore(target), { ...options, resume: true }));
    expect(refused).toBeInstanceOf(LockedError);
    expect(refused.message).toContain(`process ${child.pid} on`);
    child.kill('SIGKILL');
    await exit;
    const left = await filesIn(target);
    for (const [key, bytes] of left) if (whole.has(key)) expect(digest(bytes)).toBe(digest(whole.get(key)));
    expect((await openOmeZarr(new NodeStore(target))).levelCount).toBe(3);
    await writeOmeZarr(image, new NodeStore(target), { ...options, resume: true });
    const files = await filesIn(target);
    expect(contents(files)).toEqual(expect.arrayContaining(contents(whole)));
    const opened = await openOmeZarr(new NodeStore(target));
    expect((await opened.level(0).compute()).data).toEqual(pixels);
  });
});
