// The page's half of chunk decoding and encoding: spreads chunks over workers, serves them bytes, forwards aborts.
import * as Comlink from 'comlink';
import type { AbsolutePath, RangeQuery } from 'zarrita';
import type { TypedArray } from '../core/dtype';
import { WorkerError } from '../core/errors';
import type { ArrayReference, AttachedArray, ChunkDecoder, ChunkMemory } from './decode';
import type { AttachOptions } from './decodeWorker';
import { untilAborted } from './request';
import type { RangeStore } from './stores';
import type { TiffCoding } from './tiff/layout';

/** The store as a worker sees it: reads carry the id of the request they are for, so that aborts reach the store. */
export interface RemoteStore {
  get(key: AbsolutePath, requestId?: number): Promise<Uint8Array | undefined>;
  getRange(key: AbsolutePath, range: RangeQuery, requestId?: number): Promise<Uint8Array | undefined>;
}

/** The service of {@link DecodeService} as seen through comlink. */
export interface DecodeRemote {
  attachArray(id: string, port: MessagePort, path: string, options: AttachOptions): Promise<void>;
  decodeChunk(id: string, index: readonly number[], requestId: number): Promise<TypedArray>;
  abortDecode(requestId: number): Promise<void>;
  detachArray(id: string): Promise<void>;
  encodeChunk(bytes: Uint8Array): Promise<Uint8Array>;
  decodeTiff(bytes: Uint8Array, coding: TiffCoding): Promise<Uint8Array<ArrayBuffer>>;
}

/** A worker to decode in. */
export interface DecodeWorker {
  readonly remote: DecodeRemote;
  /** Aborted when the worker is gone: its calls, which would never settle, fail and move to another worker. */
  readonly lost?: AbortSignal;
}

let nextArray = 0;
let nextRequest = 0;

/**
 * Decodes, and encodes, in workers. A chunk goes to the worker with the least to do, a sharded one always to its
 * shard's. Give a function where workers come and go; it must return the same objects for the same workers. When the
 * last worker is lost, work rejects with WorkerError (and is done inline by those who asked for it).
 */
export function workerDecoder(
  workers: readonly DecodeWorker[] | (() => readonly DecodeWorker[]),
  staging?: ChunkMemory,
): ChunkDecoder {
  const crew = new Crew(typeof workers === 'function' ? workers : () => workers);
  return {
    attach: (array) => new WorkerArray(array, crew),
    staging,
    // The bytes are shared or cloned: should the worker be lost, another one gets them.
    encode: (bytes, options = {}) => crew.run(({ remote }) => remote.encodeChunk(bytes), options),
    decodeTiff: (bytes, coding, options = {}) =>
      crew.run(({ remote }) => remote.decodeTiff(bytes, coding), options),
  };
}

/** Gives work to workers. */
class Crew {
  readonly #load = new WeakMap<DecodeWorker, number>();

  constructor(readonly workers: () => readonly DecodeWorker[]) {}

  /** Runs work in one worker, and again in another when that one is lost meanwhile. */
  async run<T>(
    work: (worker: DecodeWorker) => Promise<T>,
    { signal, sticky }: { signal?: AbortSignal; sticky?: number },
  ): Promise<T> {
    // An idle worker does not keep Node alive, nor does a promise.
    const awake = setInterval(() => {}, 2 ** 30);
    try {
      while (true) {
        signal?.throwIfAborted();
        const worker = this.#pick(sticky);
        this.#load.set(worker, this.#loadOf(worker) + 1);
        try {
          return await untilAborted(untilAborted(work(worker), signal), worker.lost);
        } catch (error) {
          signal?.throwIfAborted();
          if (!worker.lost?.aborted) throw error;
        } finally {
          this.#load.set(worker, this.#loadOf(worker) - 1);
        }
      }
    } finally {
      clearInterval(awake);
    }
  }

  #loadOf(worker: DecodeWorker): number {
    return this.#load.get(worker) ?? 0;
  }

  #pick(sticky: number | undefined): DecodeWorker {
    const alive = this.workers().filter(({ lost }) => !lost?.aborted);
    if (alive.length === 0) throw new WorkerError('no worker is left for chunks');
    if (sticky !== undefined) return alive[sticky % alive.length];
    return alive.reduce((a, b) => (this.#loadOf(b) < this.#loadOf(a) ? b : a));
  }
}

interface Attachment {
  readonly ready: Promise<void>;
  readonly port: MessagePort;
}

class WorkerArray implements AttachedArray {
  readonly #id = `array-${++nextArray}`;
  readonly #reads: StoreService;
  readonly #attached = new Map<DecodeWorker, Attachment>();

  constructor(
    readonly array: ArrayReference,
    readonly crew: Crew,
  ) {
    this.#reads = new StoreService(array.store);
  }

  decode(index: readonly number[], { signal }: { signal: AbortSignal }): Promise<TypedArray> {
    const sticky = this.#shard(index);
    return this.crew.run((worker) => this.#decodeIn(worker, index, signal), { signal, sticky });
  }

  detach(): void {
    for (const [worker, { port }] of this.#attached) {
      if (!worker.lost?.aborted) worker.remote.detachArray(this.#id).catch(() => {});
      port.close();
    }
    this.#attached.clear();
  }

  async #decodeIn(worker: DecodeWorker, index: readonly number[], signal: AbortSignal): Promise<TypedArray> {
    const requestId = ++nextRequest;
    this.#reads.begin(requestId, signal);
    const abort = () => worker.remote.abortDecode(requestId).catch(() => {});
    signal.addEventListener('abort', abort, { once: true });
    try {
      await this.#attach(worker);
      return await worker.remote.decodeChunk(this.#id, index, requestId);
    } catch (error) {
      // An error of the store went through the worker and lost its class: hand back the original.
      throw this.#reads.failure(requestId, error) ?? error;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#reads.end(requestId);
    }
  }

  #attach(worker: DecodeWorker): Promise<void> {
    const known = this.#attached.get(worker);
    if (known) return known.ready;
    const { port1, port2 } = new MessageChannel();
    Comlink.expose(this.#reads, port1);
    // In Node an open port would keep the process alive.
    (port1 as { unref?: () => void }).unref?.();
    const { path, format, half } = this.array;
    const options = { format, half };
    const ready = worker.remote.attachArray(this.#id, Comlink.transfer(port2, [port2]), path, options);
    this.#attached.set(worker, { ready, port: port1 });
    ready.catch(() => this.#attached.delete(worker));
    return ready;
  }

  #shard(index: readonly number[]): number | undefined {
    const { chunksPerShard } = this.array;
    return chunksPerShard?.reduce((hash, n, axis) => (hash * 31 + Math.floor(index[axis] / n)) >>> 0, 7);
  }
}

/** Serves an array's store to workers. */
class StoreService implements RemoteStore {
  readonly #store: RangeStore;
  readonly #requests = new Map<number, { signal: AbortSignal; failure?: unknown }>();
  #sharedFailure: unknown;

  constructor(store: RangeStore) {
    this.#store = store;
  }

  begin(requestId: number, signal: AbortSignal): void {
    this.#requests.set(requestId, { signal });
  }

  end(requestId: number): void {
    this.#requests.delete(requestId);
  }

  /** What the store threw for a request, or for a shard's index, which belongs to no single request. */
  failure(requestId: number, received: unknown): unknown {
    const shared = this.#sharedFailure;
    const isShared = shared instanceof Error && shared.message === (received as Error | undefined)?.message;
    return this.#requests.get(requestId)?.failure ?? (isShared ? shared : undefined);
  }

  get(key: AbsolutePath, requestId?: number): Promise<Uint8Array | undefined> {
    return this.#read(requestId, (options) => this.#store.get(key, options));
  }

  getRange(key: AbsolutePath, range: RangeQuery, requestId?: number): Promise<Uint8Array | undefined> {
    return this.#read(requestId, (options) => this.#store.getRange(key, range, options));
  }

  async #read(
    requestId: number | undefined,
    read: (options: { signal?: AbortSignal }) => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined> {
    const request = requestId === undefined ? undefined : this.#requests.get(requestId);
    try {
      const bytes = await read({ signal: request?.signal });
      // The store may keep its bytes: the worker gets a copy of its own.
      const copy = bytes && new Uint8Array(bytes);
      return copy && Comlink.transfer(copy, [copy.buffer]);
    } catch (error) {
      if (request) request.failure = error;
      else this.#sharedFailure = error;
      throw error;
    }
  }
}
