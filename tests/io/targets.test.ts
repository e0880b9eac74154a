// Where arrays are written: a zip stream, a server that takes PUT, a directory of the File System Access API.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZipFileStore } from '@zarrita/storage';
import { afterEach, describe, expect, it } from 'vitest';
import {
  directoryStore,
  fromArray,
  mapBlocks,
  openOmeZarr,
  openZarr,
  uploadStore,
  type WritableDirectoryHandle,
  WriteError,
  writeOmeZarr,
  writeZarr,
  zipStore,
} from '../../src/index';

const image = fromArray(
  Uint16Array.from({ length: 300 * 700 }, (_, i) => (i * 7919) % 65536),
  { shape: [300, 700], chunks: [128, 128], dimensionNames: ['y', 'x'] },
);

/** Collects what is written. */
function collector(): { stream: WritableStream<Uint8Array>; bytes: () => Promise<Uint8Array> } {
  const parts: Uint8Array[] = [];
  const stream = new WritableStream<Uint8Array>({ write: (part) => void parts.push(part.slice()) });
  return { stream, bytes: async () => new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()) };
}

describe('zipStore', () => {
  it('writes a pyramid that zarrita and Python open, metadata first', async () => {
    const { stream, bytes } = collector();
    const store = zipStore(stream);
    await writeOmeZarr(image, store, { levels: 2 });
    await store.close();
    const file = await bytes();
    const opened = await openOmeZarr(ZipFileStore.fromBlob(new Blob([file as BlobPart])));
    expect(opened.levelCount).toBe(2);
    expect((await opened.level(0).compute()).data).toEqual((await image.compute()).data);

    const folder = mkdtempSync(join(tmpdir(), 'tilewise-zip-'));
    try {
      const path = join(folder, 'image.ozx');
      writeFileSync(path, file);
      const script =
        'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None;' +
        'print(z.infolist()[0].filename, {i.compress_type for i in z.infolist()}, len(z.infolist()))';
      const report = execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }).trim();
      expect(report).toBe(`zarr.json {0} ${3 + 3 * 6 + 2 * 3}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a target that fails fails the write, and the close', async () => {
    const full = new WritableStream<Uint8Array>({
      write: () => Promise.reject(new Error('disk full')),
    });
    const store = zipStore(full);
    await expect(writeZarr(image, store)).rejects.toThrow(WriteError);
    await expect(store.set('/late', new Uint8Array(1))).rejects.toThrow('disk full');
    await expect(store.close()).rejects.toThrow('disk full');
  });

  it('refuses a key that is there, and what comes after the end', async () => {
    const { stream } = collector();
    const store = zipStore(stream);
    await store.set('/a', new Uint8Array(3));
    await expect(store.set('/a', new Uint8Array(3))).rejects.toThrow('already');
    await store.close();
    await expect(store.set('/b', new Uint8Array(3))).rejects.toThrow('closed');
  });

  it('holds writers back when the target is slow', async () => {
    let released = () => {};
    const gate = new Promise<void>((resolve) => {
      released = resolve;
    });
    const slow = new WritableStream<Uint8Array>({ write: () => gate }, { highWaterMark: 1 });
    const store = zipStore(slow);
    let taken = 0;
    const writes = Array.from({ length: 20 }, (_, i) =>
      store.set(`/${i}`, new Uint8Array(1000)).then(() => taken++),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(taken).toBeLessThan(5);
    released();
    await Promise.all(writes);
    await store.close();
    expect(taken).toBe(20);
  });
});

describe('uploadStore', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** A server that keeps what is put; `fault` may answer a request first, with a status. */
  async function listen(
    fault: (request: IncomingMessage, n: number) => number | undefined = () => undefined,
  ) {
    const values = new Map<string, Buffer>();
    const requests: IncomingMessage[] = [];
    const open = createServer(async (request, response) => {
      requests.push(request);
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const status = fault(request, requests.length);
      if (status === 0) return void request.socket.destroy();
      const key = request.url!.split('?')[0];
      if (status) response.writeHead(status).end();
      else if (request.method === 'PUT') {
        values.set(key, Buffer.concat(parts));
        response.writeHead(201).end();
      } else {
        const value = values.get(key);
        response.writeHead(value ? 200 : 404, { 'content-length': value?.length ?? 0 });
        response.end(request.method === 'HEAD' ? undefined : value);
      }
    });
    server = open;
    await new Promise<void>((resolve) => open.listen(0, resolve));
    return { url: `http://127.0.0.1:${(open.address() as AddressInfo).port}/bucket`, values, requests };
  }

  it('puts every value, with its checksum, a bounded number at a time', async () => {
    const { url, values, requests } = await listen();
    await writeZarr(image, uploadStore(url, { concurrency: 2 }));
    const opened = await openZarr(url);
    expect((await opened.compute()).data).toEqual((await image.compute()).data);
    for (const request of requests.filter(({ method }) => method === 'PUT')) {
      const digest = createHash('sha256').update(values.get(request.url!)!).digest('base64');
      expect(request.headers['content-digest']).toBe(`sha-256=:${digest}:`);
    }
  });

  it('signs each attempt anew, and retries what may pass', async () => {
    const faults = [503, 0, 429];
    const { url, values, requests } = await listen(() => faults.shift());
    let signatures = 0;
    const store = uploadStore(url, {
      minDelay: 1,
      sign: (key, method) => ({
        url: `${url}${key}?signature=${++signatures}`,
        headers: { 'x-method': method },
      }),
    });
    await store.set('/a/b', Uint8Array.of(1, 2, 3));
    expect([...values.get('/bucket/a/b')!]).toEqual([1, 2, 3]);
    expect(requests.map((request) => request.url)).toEqual(
      [1, 2, 3, 4].map((n) => `/bucket/a/b?signature=${n}`),
    );
    expect(requests.every((request) => request.headers['x-method'] === 'PUT')).toBe(true);
  });

  it('tells what is there', async () => {
    const { url } = await listen();
    const store = uploadStore(url);
    await store.set('/a', Uint8Array.of(1, 2, 3));
    expect([await store.has('/a'), await store.has('/b')]).toEqual([true, false]);
    expect(await store.get('/b')).toBeUndefined();
    expect(await store.getRange('/a', { suffixLength: 2 })).toEqual(Uint8Array.of(2, 3));
  });

  it('names the key that could not be written', async () => {
    const { url } = await listen(() => 403);
    const error = await uploadStore(url)
      .set('/0/c/1/2', new Uint8Array(4))
      .catch((error) => error);
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toContain('/0/c/1/2');
    expect(error.message).toContain('403');
  });
});

/** A directory in memory, with the semantics of the File System Access API that matter here. */
class MemoryDirectory implements WritableDirectoryHandle {
  readonly directories = new Map<string, MemoryDirectory>();
  readonly files = new Map<string, Blob>();

  constructor(readonly write: () => void = () => {}) {}

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<MemoryDirectory> {
    if (create && !this.directories.has(name)) this.directories.set(name, new MemoryDirectory(this.write));
    const found = this.directories.get(name);
    if (!found) throw new DOMException(name, 'NotFoundError');
    return found;
  }

  async getFileHandle(name: string, { create = false } = {}) {
    const { files, write } = this;
    if (create && !files.has(name)) files.set(name, new Blob([]));
    if (!files.has(name)) throw new DOMException(name, 'NotFoundError');
    let pending: Uint8Array = new Uint8Array(0);
    return {
      getFile: async () => files.get(name)!,
      createWritable: async () => ({
        async write(data: Uint8Array) {
          write();
          pending = data;
        },
        close: async () => void files.set(name, new Blob([pending as BlobPart])),
        abort: async () => {},
      }),
    };
  }
}

describe('directoryStore', () => {
  it('what is written is read back', async () => {
    const root = new MemoryDirectory();
    await writeZarr(image, directoryStore(root), { path: 'a/b' });
    const again = await openZarr(directoryStore(root), { path: 'a/b' });
    expect((await again.compute()).data).toEqual((await image.compute()).data);
  });

  it.each([
    ['QuotaExceededError', 'storage for this site is full'],
    ['NotAllowedError', 'permission'],
  ])('%s is told in words, with the key', async (name, words) => {
    let left = 3;
    const root = new MemoryDirectory(() => {
      if (left-- <= 0) throw new DOMException('the browser says no', name);
    });
    const error = await writeZarr(image, directoryStore(root)).catch((error) => error);
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toContain(words);
    expect(error.message).toMatch(/\/c\/\d\/\d/);
  });
});

describe('a write that was cut off', () => {
  const bytesOf = (store: Map<string, Uint8Array>) =>
    [...store].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, [...value]]);

  /** A store that fails after so many values, and counts what it is given. */
  class FailingStore extends Map<`/${string}`, Uint8Array> {
    chunks = 0;
    constructor(public left: number) {
      super();
    }
    override set(key: `/${string}`, value: Uint8Array): this {
      if (this.left-- <= 0) throw new Error('connection lost');
      if (key.includes('/c/')) this.chunks++;
      return super.set(key, value);
    }
  }

  it.each([4, 6, 9, 14, 20, 26])('goes on after %d values, and ends as if it had not been', async (left) => {
    const whole = new Map();
    await writeOmeZarr(image, whole, { levels: 3, chunks: [64, 64] });
    const store = new FailingStore(left);
    const options = { levels: 3, chunks: [64, 64] };
    await expect(writeOmeZarr(image, store, options)).rejects.toThrow('connection lost');
    const before = store.chunks;
    store.left = Infinity;
    await writeOmeZarr(image, store, { ...options, resume: true });
    expect(bytesOf(store)).toEqual(bytesOf(whole));
    const all = [...whole.keys()].filter((key) => key.includes('/c/')).length;
    expect(store.chunks).toBe(all);
    expect(before).toBeGreaterThanOrEqual(Math.min(1, left - 4));
  });

  it('what is finished is not computed again', async () => {
    const store = new Map();
    await writeZarr(image, store, { chunks: [64, 64] });
    const keys = [...store.keys()].filter((key) => key.includes('/c/'));
    store.delete(keys[3]);
    const read: string[] = [];
    const computed = mapBlocks((block, { region }) => {
      read.push(region.join());
      return block.data;
    }, image);
    await writeZarr(computed, store, { chunks: [64, 64], resume: true });
    expect(read).toHaveLength(1);
    expect((await (await openZarr(store)).compute()).data).toEqual((await image.compute()).data);
  });

  it('refuses an array that is another one', async () => {
    const store = new Map();
    await writeZarr(image, store);
    await expect(writeZarr(image.astype('uint8'), store, { resume: true })).rejects.toThrow(WriteError);
  });
});
