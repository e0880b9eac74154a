// The seam between plans and devices: an executor runs one tile program at a time per call.
import type { TypedArray } from '../core/dtype';
import type { TileProgram, TileResult } from '../core/program';

export interface RunOptions {
  readonly signal?: AbortSignal;
}

/** Counters since the executor was made; for explain(), benchmarks and tests. */
export interface ExecutorStats {
  readonly tiles: number;
  readonly submits: number;
  readonly dispatches: number;
  readonly bytesUploaded: number;
  readonly bytesRead: number;
}

export interface Executor {
  readonly name: 'cpu' | 'gpu';
  /** Why this executor, in words a user understands. */
  readonly reason: string;
  /** Tiles worth having in flight at once. */
  readonly concurrency: number;
  readonly stats: ExecutorStats;
  /**
   * Runs the steps of `program` over `inputs` (the data of `program.reads`, in order; ownership passes to the
   * executor). Resolves with what the program returns, or rejects: with the signal's reason on abort, promptly.
   */
  run(program: TileProgram, inputs: TypedArray[], options?: RunOptions): Promise<TileResult>;
  dispose(): void;
}
