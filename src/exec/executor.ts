// The seam between plans and devices: an executor runs one tile program at a time per call.
import { DeviceError, WorkerError } from '../core/errors';
import type { ParamValue } from '../core/graph';
import type { ExecutorName } from '../core/op';
import type { TileProgram, TileResult } from '../core/program';
import type { PlacedArray } from '../core/region';
import type { Block, BlockInfo, Calling } from './calling';
import type { Staging } from './staging';

export interface RunOptions {
  readonly signal?: AbortSignal;
}

export interface TileOptions extends RunOptions {
  /**
   * Where the program's outputs belong. An executor may write the program's tile there itself, and then returns no
   * outputs.
   */
  readonly targets?: readonly PlacedArray[];
  /** Takes the outputs on a GPU. An executor on that device then reads nothing back and returns no outputs. */
  readonly deviceTarget?: DeviceTarget;
}

/** Where outputs go without leaving a GPU. */
export interface DeviceTarget {
  readonly device: GPUDevice;
  /** Encodes what becomes of the program's outputs, which are packed in these buffers until the encoder is submitted. */
  take(encoder: GPUCommandEncoder, outputs: readonly GPUBuffer[], program: TileProgram): void;
}

/** Counters since the executor was made; for explain(), benchmarks and tests. */
export interface ExecutorStats {
  readonly submits: number;
  readonly dispatches: number;
  readonly bytesUploaded: number;
  readonly bytesRead: number;
}

export interface Executor {
  readonly name: ExecutorName;
  /** What it is, in words for users: the adapter, or the number of workers. */
  readonly description: string;
  /** Tiles worth having in flight at once. */
  readonly concurrency: number;
  readonly stats: ExecutorStats;
  /** Where the inputs of tiles are put for it. */
  readonly staging: Staging;
  /**
   * Runs the steps of `program` over `inputs` (arrays that hold the regions of `program.reads`, in order; memory of
   * `staging` passes to the executor). Resolves with what the program returns, or rejects: with the signal's reason on
   * abort, promptly.
   */
  run(program: TileProgram, inputs: readonly PlacedArray[], options?: TileOptions): Promise<TileResult>;
  /** Whether the program respects the device's limits. */
  fits(program: TileProgram): boolean;
  dispose(): void;
}

/** A function of a module, by the module's URL: how code gets to another thread. Arguments are plain data. */
export interface ModuleCall {
  readonly module: string;
  readonly name: string;
  readonly calling: Calling;
  readonly blocks: readonly Block[];
  readonly info: BlockInfo;
  readonly extraArguments: readonly ParamValue[];
}

/** The executor that runs JavaScript, too. */
export interface CpuExecutor extends Executor {
  /** Calls the function where tiles are computed; the buffers of its blocks and result change hands. */
  call(call: ModuleCall, options?: RunOptions): Promise<unknown>;
}

/** Whether another run of the tile may succeed: the device or worker failed, not the program. */
export const isRetryable = (error: unknown): error is DeviceError | WorkerError =>
  error instanceof DeviceError || error instanceof WorkerError;
