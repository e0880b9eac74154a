// Decoding in workers: over message channels in this thread, and in a real worker thread.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as Comlink from 'comlink';
import { type RolldownPlugin, rolldown } from 'rolldown';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { zstd } from '../../scripts/zstdPlugin';
import { view } from '../../src/core/dtype';
import { isTilewiseError } from '../../src/core/errors';
import { chunkCache } from '../../src/io/cache';
import { type ChunkDecoder, type ChunkMemory, setChunkDecoder } from '../../src/io/decode';
import { createDecodeService, type DecodeService } from '../../src/io/decodeWorker';
import { openZarrSource } from '../../src/io/openZarr';
import { type DecodeRemote, workerDecoder } from '../../src/io/workerDecoder';
import { createZarrWriter } from '../../src/io/writeZarr';
import { startServer } from '../helpers/server';
import { readAll, shardedFixture, zarrV2Fixture } from './helpers';

/** A worker's service behind a message channel, counting what it decodes. */
function fakeWorker() {
  const { port1, port2 } = new MessageChannel();
  const service = createDecodeService();
  const decoded: string[] = [];
  const aborts: number[] = [];
  let encoded = 0;
  const exposed: DecodeService = {
    ...service,
    decodeChunk: (id, index, request) => {
      decoded.push(index.join());
      return service.decodeChunk(id, index, request);
    },
    encodeChunk: (bytes) => {
      encoded++;
      return service.encodeChunk(bytes);
    },
    abortDecode: (request) => {
      aborts.push(request);
      service.abortDecode(request);
    },
  };
  Comlink.expose(exposed, port1);
  onTestFinished(() => {
    port1.close();
    port2.close();
  });
  const lost = new AbortController();
  const remote: DecodeRemote = Comlink.wrap<DecodeService>(port2);
  return {
    remote,
    lost: lost.signal,
    kill: () => lost.abort(new Error('killed')),
    decoded,
    aborts,
    encoded: () => encoded,
  };
}

beforeEach(() => chunkCache.clear());
afterEach(() => setChunkDecoder(undefined));

async function sample(): Promise<Map<string, Uint8Array>> {
  const store = new Map<string, Uint8Array>();
  const writer = await createZarrWriter(store, { shape: [6, 6], chunks: [4, 4], dtype: 'uint16' });
  for (const [y, x, n] of [
    [0, 0, 16],
    [0, 1, 8],
    [1, 0, 8],
    [1, 1, 4],
  ])
    await writer.writeChunk([y, x], new Uint16Array(n).fill(10 * y + x + 1));
  return store;
}

describe('workerDecoder', () => {
  it('gives what inline decoding gives, spread over workers', async () => {
    const store = await sample();
    const inline = await readAll(await openZarrSource(store));
    const workers = [fakeWorker(), fakeWorker()];
    setChunkDecoder(workerDecoder(workers));
    const source = await openZarrSource(store);
    const chunks = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    await Promise.all(chunks.map((index) => source.readChunk(index)));
    expect(await readAll(source)).toEqual(inline);
    expect(workers.map(({ decoded }) => decoded.length)).toEqual([2, 2]);
  });

  it.each(['half', 'fortran', 'bool', 'blosc', 'int64'])('decodes %s', async (path) => {
    const fixture = zarrV2Fixture();
    const inline = await readAll(await openZarrSource(fixture, { path }));
    const worker = fakeWorker();
    setChunkDecoder(workerDecoder([worker]));
    expect(await readAll(await openZarrSource(fixture, { path }))).toEqual(inline);
    // Uncompressed bools are but a view over their bytes.
    expect(worker.decoded.length).toBe(path === 'bool' ? 0 : 6);
  });

  it('keeps a shard in one worker, which reads its index once', async () => {
    const server = await startServer(shardedFixture());
    onTestFinished(() => server.close());
    const workers = [fakeWorker(), fakeWorker()];
    setChunkDecoder(workerDecoder(workers));
    const source = await openZarrSource(server.url);
    const inner = [
      [0, 0],
      [1, 0],
      [1, 1],
    ];
    await Promise.all(inner.map((index) => source.readChunk(index)));
    expect(workers.map(({ decoded }) => decoded.length).sort()).toEqual([0, 3]);
    expect(server.requests.filter((path) => path.startsWith('HEAD'))).toEqual(['HEAD /c/0/0']);
    expect(await source.readChunk([0, 1])).toEqual(new Uint8Array(4).fill(7));
  });

  it('hands back typed errors of the store and of the codec', async () => {
    const server = await startServer(await sample());
    onTestFinished(() => server.close());
    setChunkDecoder(workerDecoder([fakeWorker()]));
    const source = await openZarrSource(server.url, { retry: { retries: 0 } });
    server.fault('c/0/0', { kind: 'status', status: 500 });
    const network = await source.readChunk([0, 0]).catch((e) => e);
    expect(isTilewiseError(network, 'NetworkError')).toBe(true);
    expect(network.message).toContain('/c/0/0: the server answered 500');
    server.fault('c/0/0', { kind: 'truncate', bytes: 10 });
    const codec = await source.readChunk([0, 0]).catch((e) => e);
    expect(isTilewiseError(codec, 'CodecError')).toBe(true);
    expect(codec.message).toMatch(/\/c\/0\/0: chunk could not be decoded: .*zstd/);
    server.fault('c/0/0', undefined);
    expect(await source.readChunk([0, 0])).toEqual(new Uint16Array(16).fill(1));
  });

  it('forwards an abort to the worker and to the request', async () => {
    const server = await startServer(await sample());
    onTestFinished(() => server.close());
    const worker = fakeWorker();
    setChunkDecoder(workerDecoder([worker]));
    const source = await openZarrSource(server.url);
    server.fault('c/0/0', { kind: 'hang', times: 1 });
    const controller = new AbortController();
    const read = source.readChunk([0, 0], { signal: controller.signal });
    await expect.poll(() => server.count('c/0/0')).toBe(1);
    controller.abort('closed');
    await expect(read).rejects.toBe('closed');
    await expect.poll(() => server.aborted).toEqual(['/c/0/0']);
    await expect.poll(() => worker.aborts.length).toBe(1);
    expect(await source.readChunk([0, 0])).toEqual(new Uint16Array(16).fill(1));
  });

  it('moves to another worker, then inline, when workers are lost', async () => {
    const store = await sample();
    const hanging = {
      ...fakeWorker(),
      remote: { ...silent(), decodeChunk: () => new Promise<never>(() => {}) },
    };
    const lost = new AbortController();
    const other = fakeWorker();
    setChunkDecoder(workerDecoder([{ remote: hanging.remote, lost: lost.signal }, other]));
    const source = await openZarrSource(store);
    const read = source.readChunk([0, 0]);
    setTimeout(() => lost.abort(new Error('crashed')), 20);
    expect(await read).toEqual(new Uint16Array(16).fill(1));
    expect(other.decoded).toEqual(['0,0']);
    other.kill();
    expect(await source.readChunk([1, 1])).toEqual(new Uint16Array(4).fill(12));
    expect(other.decoded).toEqual(['0,0']);
  });

  it('encodes what is written, and inline when the workers are lost', async () => {
    const inline = await sample();
    const worker = fakeWorker();
    setChunkDecoder(workerDecoder([worker]));
    expect(await sample()).toEqual(inline);
    expect(worker.encoded()).toBe(4);
    const lost = new AbortController();
    setChunkDecoder(workerDecoder([{ remote: silent(), lost: lost.signal }]));
    const writing = sample();
    setTimeout(() => lost.abort(new Error('crashed')), 20);
    expect(await writing).toEqual(inline);
  });

  it('takes memory for what is encoded, and gives back what no worker may still read', async () => {
    const inline = await sample();
    let out = 0;
    const unused: ArrayBufferLike[] = [];
    const memory: ChunkMemory = {
      take(dtype, length) {
        out++;
        return view(dtype, unused.pop() ?? new SharedArrayBuffer(8 * length), 0, length);
      },
      give(buffers) {
        for (const buffer of buffers) {
          out--;
          // What was left in it must not show.
          new Uint8Array(buffer).fill(255);
          unused.push(buffer);
        }
      },
    };
    setChunkDecoder(workerDecoder([fakeWorker()], memory));
    expect(await sample()).toEqual(inline);
    expect([out, unused.length]).toEqual([0, 1]);
    setChunkDecoder(workerDecoder([{ remote: silent() }], memory));
    const writer = await createZarrWriter(new Map(), { shape: [4], chunks: [4], dtype: 'uint8' });
    const leaving = new AbortController();
    const write = writer.writeChunk([0], new Uint8Array(4), { signal: leaving.signal });
    leaving.abort('left');
    await expect(write).rejects.toBe('left');
    expect(out).toBe(1);
  });

  it('uses a decoder of its own, or none, when told', async () => {
    const store = await sample();
    const refusing: ChunkDecoder = {
      attach: () => ({ decode: () => Promise.reject(new Error('used')), detach() {} }),
    };
    setChunkDecoder(refusing);
    await expect((await openZarrSource(store)).readChunk([0, 0])).rejects.toThrow('used');
  });

  it('runs in a worker thread', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tilewise-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const entry = join(folder, 'entry.ts');
    const source = resolve(import.meta.dirname, '../../src/io/decodeWorker.ts');
    const modules = resolve(import.meta.dirname, '../../node_modules');
    await writeFile(
      entry,
      `import { parentPort } from 'node:worker_threads';
       import nodeEndpoint from '${modules}/comlink/dist/esm/node-adapter.mjs';
       import * as Comlink from '${modules}/comlink/dist/esm/comlink.mjs';
       import { createDecodeService } from '${source}';
       Comlink.expose(createDecodeService(), nodeEndpoint(parentPort));`,
    );
    const plugins = [zstd() as RolldownPlugin];
    const bundle = await rolldown({ input: entry, platform: 'node', logLevel: 'silent', plugins });
    await bundle.write({ dir: folder, entryFileNames: 'worker.mjs' });
    const thread = new Worker(join(folder, 'worker.mjs'));
    onTestFinished(() => void thread.terminate());
    const lost = new AbortController();
    thread.on('exit', () => lost.abort(new Error('exit')));
    const { default: nodeEndpoint } = await import('comlink/dist/esm/node-adapter.mjs');
    const remote = Comlink.wrap<DecodeService>(nodeEndpoint(thread as never));
    setChunkDecoder(workerDecoder([{ remote, lost: lost.signal }]));
    const server = await startServer(await sample());
    onTestFinished(() => server.close());
    const array = await openZarrSource(server.url);
    expect(await array.readChunk([0, 0])).toEqual(new Uint16Array(16).fill(1));
    server.fault('c/0/1', { kind: 'hang', times: 1 });
    const read = array.readChunk([0, 1]);
    await expect.poll(() => server.count('c/0/1')).toBe(1);
    await thread.terminate();
    expect(await read).toEqual(new Uint16Array(8).fill(2));
  });
});

/** A worker that attaches and then does nothing. */
function silent(): DecodeRemote {
  return {
    attachArray: async () => {},
    decodeChunk: () => new Promise<never>(() => {}),
    abortDecode: async () => {},
    detachArray: async () => {},
    encodeChunk: () => new Promise<never>(() => {}),
    decodeTiff: () => new Promise<never>(() => {}),
  };
}
