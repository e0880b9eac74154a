// The CPU executor: tile programs and chunk decoding spread over workers; dead workers are replaced.
import * as Comlink from 'comlink';
import { WorkerError } from '../../core/errors';
import type { TileProgram, TileResult } from '../../core/program';
import type { PlacedArray } from '../../core/region';
import { setChunkDecoder } from '../../io/decode';
import { workerDecoder } from '../../io/workerDecoder';
import type { CpuExecutor, ExecutorStats, ModuleCall, RunOptions, TileOptions } from '../executor';
import type { AnyWorker } from '../settings';
import { RecycledMemory } from '../staging';
import { WorkerHandle } from './handle';
import { runOn, writersOf } from './runOn';
import { buffersOf } from './service';

export interface PoolOptions {
  readonly size: number;
  readonly createWorker: () => AnyWorker;
  readonly shared: boolean;
}

/** What a worker holds at once: a call, or two tiles, the second of which waits there for its turn. */
const CAPACITY = 2;

interface Job {
  /** How much of a worker's capacity it takes. */
  readonly weight: number;
  readonly start: (worker: WorkerHandle) => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class WorkerPool implements CpuExecutor {
  readonly name = 'cpu';
  readonly stats: ExecutorStats = { submits: 0, dispatches: 0, bytesUploaded: 0, bytesRead: 0 };
  readonly staging: RecycledMemory;
  /** The workers that live, and how much each of them has. */
  readonly #workers = new Map<WorkerHandle, number>();
  readonly #queue = new Set<Job>();
  #disposed = false;

  constructor(readonly options: PoolOptions) {
    this.staging = new RecycledMemory(options.shared);
    // Memory that is not shared is cloned on its way to a worker, with all that a buffer has beyond its use.
    const memory = options.shared ? this.staging : undefined;
    setChunkDecoder(workerDecoder(() => [...this.#workers.keys()], memory));
  }

  get description(): string {
    const { size } = this.options;
    return `${size} WASM worker${size > 1 ? 's' : ''}`;
  }

  get concurrency(): number {
    return this.options.size;
  }

  fits(): boolean {
    return true;
  }

  /** Starts all workers; rejects with a WorkerError when they cannot run here. */
  async start(): Promise<void> {
    while (this.#workers.size < this.options.size) this.#spawn();
    const workers = [...this.#workers.keys()];
    // A Node process whose workers are all idle ends, even while somebody waits for them.
    for (const worker of workers) worker.keepAlive(true);
    await Promise.all(workers.map((worker) => worker.ready));
    for (const worker of workers) worker.keepAlive(false);
  }

  async run(
    program: TileProgram,
    inputs: readonly PlacedArray[],
    options: TileOptions = {},
  ): Promise<TileResult> {
    await writersOf(options.targets);
    const request = { program, inputs, targets: options.targets ?? [] };
    // Chunks are decoded by the same workers: where tiles are made of them, decoding must not wait for a second tile.
    const weight = this.staging.isReadInPlace(inputs) ? 1 : CAPACITY;
    return this.#enqueue(weight, (worker) => runOn(worker, this.staging, request, options), options);
  }

  call(call: ModuleCall, options: RunOptions = {}): Promise<unknown> {
    return this.#enqueue(
      CAPACITY,
      (worker) => {
        const sent = Comlink.transfer(call, buffersOf(call.blocks));
        return worker.orLost(worker.remote.callFunction(sent));
      },
      options,
    );
  }

  #enqueue<T>(
    weight: number,
    start: (worker: WorkerHandle) => Promise<T>,
    { signal }: RunOptions,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#disposed) throw new WorkerError('worker: the pool was disposed');
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', abort);
          done(value);
        };
      const job: Job = {
        weight,
        start,
        resolve: settle(resolve as (v: unknown) => void),
        reject: settle(reject),
      };
      const abort = () => {
        // A tile that runs already cannot be interrupted; its result is dropped.
        this.#queue.delete(job);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.add(job);
      this.#next();
    });
  }

  dispose(): void {
    this.#disposed = true;
    setChunkDecoder(undefined);
    for (const job of this.#queue) job.reject(new WorkerError('worker: the pool was disposed'));
    this.#queue.clear();
    for (const worker of this.#workers.keys()) worker.terminate();
    this.#workers.clear();
  }

  #spawn(): WorkerHandle {
    let worker: WorkerHandle;
    try {
      worker = new WorkerHandle(this.options.createWorker);
    } catch (cause) {
      throw new WorkerError(`worker: could not be started: ${(cause as Error).message}`, { cause });
    }
    worker.keepAlive(false);
    this.#workers.set(worker, 0);
    worker.lost.addEventListener('abort', () => this.#workers.delete(worker));
    return worker;
  }

  /** Hands out jobs in their order; what finds no room waits, and with it those behind. */
  #next(): void {
    for (const job of this.#queue) {
      try {
        const worker = this.#workerFor(job);
        if (!worker) return;
        this.#queue.delete(job);
        void this.#execute(worker, job);
      } catch (error) {
        this.#queue.delete(job);
        job.reject(error);
      }
    }
  }

  /** A worker that has nothing to do, or else the one with most room, if it is enough. */
  #workerFor({ weight }: Job): WorkerHandle | undefined {
    const least = Math.min(CAPACITY, ...this.#workers.values());
    if (least > 0 && this.#workers.size < this.options.size) return this.#spawn();
    if (least + weight > CAPACITY) return undefined;
    for (const [worker, load] of this.#workers) if (load === least) return worker;
    return undefined;
  }

  async #execute(worker: WorkerHandle, { weight, start, resolve, reject }: Job): Promise<void> {
    this.#addLoad(worker, weight);
    try {
      resolve(await start(worker));
    } catch (error) {
      reject(error);
    } finally {
      this.#addLoad(worker, -weight);
      this.#next();
    }
  }

  #addLoad(worker: WorkerHandle, weight: number): void {
    const load = this.#workers.get(worker);
    if (load === undefined) return;
    this.#workers.set(worker, load + weight);
    worker.keepAlive(load + weight > 0);
  }
}
