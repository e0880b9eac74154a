// The page's half of chunk decoding: spreads chunks over workers, serves them bytes, forwards aborts.
import * as Comlink from 'comlink';
import type { AbsolutePath, RangeQuery } from 'zarrita';
import type { TypedArray } from '../core/dtype';
import { WorkerError } from '../core/errors';
import type { ArrayReference, AttachedArray, ChunkDecoder } from './decode';
import type { AttachOptions } from './decodeWorker';
import { untilAborted } from './request';
import type { RangeStore } from './stores';

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
 * Decodes in workers. A chunk goes to the worker with the least to do, a sharded one always to its shard's. Give
 * a function where workers come and go. When the last worker is lost, decoding rejects with WorkerError (and the
 * source decodes inline).
 */
export function workerDecoder(
  workers: readonly DecodeWorker[] | (() => readonly DecodeWorker[]),
): ChunkDecoder {
  const load = new WeakMap<DecodeWorker, number>();
  const alive = () => (typeof workers === 'function' ? workers() : workers).filter((w) => !w.lost?.aborted);
  const pick = (sticky: number | undefined): DecodeWorker => {
    const candidates = alive();
    if (candidates.length === 0) throw new WorkerError('no worker is left to decode chunks');
    if (sticky !== undefined) return candidates[sticky % candidates.length];
    return candidates.reduce((a, b) => ((load.get(b) ?? 0) < (load.get(a) ?? 0) ? b : a));
  };
  return {
    attach(array) {
      return new WorkerArray(array, pick, load);
    },
  };
}

interface Attachment {
  readonly ready: Promise<void>;
  readonly port: NodePort;
  /** Decodes under way. */
  running: number;
}

/** In Node an open port keeps the process alive unless told otherwise. */
type NodePort = MessagePort & { ref?(): void; unref?(): void };

class WorkerArray implements AttachedArray {
  readonly #id = `array-${++nextArray}`;
  readonly #reads: StoreService;
  readonly #attached = new Map<DecodeWorker, Attachment>();

  constructor(
    readonly array: ArrayReference,
    readonly pick: (sticky: number | undefined) => DecodeWorker,
    readonly load: WeakMap<DecodeWorker, number>,
  ) {
    this.#reads = new StoreService(array.store);
  }

  async decode(index: readonly number[], { signal }: { signal: AbortSignal }): Promise<TypedArray> {
    while (true) {
      signal.throwIfAborted();
      const worker = this.pick(this.#shard(index));
      try {
        return await this.#decodeIn(worker, index, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (!worker.lost?.aborted) throw error;
      }
    }
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
    this.load.set(worker, (this.load.get(worker) ?? 0) + 1);
    const abort = () => worker.remote.abortDecode(requestId).catch(() => {});
    signal.addEventListener('abort', abort, { once: true });
    const attached = this.#attach(worker);
    if (attached.running++ === 0) attached.port.ref?.();
    try {
      const work = attached.ready.then(() => worker.remote.decodeChunk(this.#id, index, requestId));
      return await untilAborted(untilAborted(work, signal), worker.lost);
    } catch (error) {
      // An error of the store went through the worker and lost its class: hand back the original.
      throw this.#reads.failure(requestId, error) ?? error;
    } finally {
      if (--attached.running === 0) attached.port.unref?.();
      signal.removeEventListener('abort', abort);
      this.load.set(worker, (this.load.get(worker) ?? 1) - 1);
      this.#reads.end(requestId);
    }
  }

  #attach(worker: DecodeWorker): Attachment {
    const known = this.#attached.get(worker);
    if (known) return known;
    const { port1, port2 } = new MessageChannel();
    Comlink.expose(this.#reads, port1);
    (port1 as NodePort).unref?.();
    const { path, format, half } = this.array;
    const ready = worker.remote.attachArray(this.#id, Comlink.transfer(port2, [port2]), path, {
      format,
      half,
    });
    const attached: Attachment = { ready, port: port1, running: 0 };
    this.#attached.set(worker, attached);
    ready.catch(() => this.#attached.delete(worker));
    return attached;
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
