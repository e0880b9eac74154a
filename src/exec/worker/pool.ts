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

interface Job {
  readonly start: (worker: WorkerHandle) => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class WorkerPool implements CpuExecutor {
  readonly name = 'cpu';
  readonly stats: ExecutorStats = { submits: 0, dispatches: 0, bytesUploaded: 0, bytesRead: 0 };
  readonly staging: RecycledMemory;
  readonly #idle: WorkerHandle[] = [];
  readonly #workers = new Set<WorkerHandle>();
  readonly #queue = new Set<Job>();
  #busy = 0;
  #disposed = false;

  constructor(readonly options: PoolOptions) {
    this.staging = new RecycledMemory(options.shared);
    setChunkDecoder(workerDecoder(() => [...this.#workers], this.staging));
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
    const workers = [...this.#workers];
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
    return this.#enqueue((worker) => runOn(worker, this.staging, request, options), options);
  }

  call(call: ModuleCall, options: RunOptions = {}): Promise<unknown> {
    return this.#enqueue((worker) => {
      const sent = Comlink.transfer(call, buffersOf(call.blocks));
      return worker.orLost(worker.remote.callFunction(sent));
    }, options);
  }

  #enqueue<T>(start: (worker: WorkerHandle) => Promise<T>, { signal }: RunOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#disposed) throw new WorkerError('worker: the pool was disposed');
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', abort);
          done(value);
        };
      const job: Job = { start, resolve: settle(resolve as (v: unknown) => void), reject: settle(reject) };
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
    for (const worker of this.#workers) worker.terminate();
    this.#workers.clear();
    this.#idle.length = 0;
  }

  #spawn(): WorkerHandle {
    let worker: WorkerHandle;
    try {
      worker = new WorkerHandle(this.options.createWorker);
    } catch (cause) {
      throw new WorkerError(`worker: could not be started: ${(cause as Error).message}`, { cause });
    }
    worker.keepAlive(false);
    this.#workers.add(worker);
    this.#idle.push(worker);
    worker.lost.addEventListener('abort', () => {
      this.#workers.delete(worker);
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return worker;
  }

  #next(): void {
    for (const job of this.#queue) {
      if (this.#busy >= this.options.size) return;
      try {
        if (this.#idle.length === 0) this.#spawn();
      } catch (error) {
        this.#queue.delete(job);
        job.reject(error);
        continue;
      }
      this.#queue.delete(job);
      void this.#execute(this.#idle.pop()!, job);
    }
  }

  async #execute(worker: WorkerHandle, { start, resolve, reject }: Job): Promise<void> {
    this.#busy++;
    worker.keepAlive(true);
    try {
      resolve(await start(worker));
    } catch (error) {
      reject(error);
    } finally {
      this.#busy--;
      worker.keepAlive(false);
      if (!worker.lost.aborted) this.#idle.push(worker);
      this.#next();
    }
  }
}
