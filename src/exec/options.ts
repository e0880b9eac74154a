// What every data-touching call takes.
import type { TypedArray } from '../core/dtype';
import type { DeviceChoice } from './settings';

/** Progress of a call, in tiles. */
export interface Progress {
  /** The pass under way: the operation whose whole-array result is being found, or `compute`. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** Options of every call that touches data. */
export interface ComputeOptions {
  /** Aborts the call: it rejects with the signal's reason, promptly, and cancels nobody else's work. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Executor for this call. Default: that of `configure`, else `auto`. */
  readonly device?: DeviceChoice;
}

/** Options of calls that return the data of a region. */
export interface OutputOptions extends ComputeOptions {
  /**
   * A typed array to fill and return: of the array's type, with an entry for each element (two, if they are complex).
   * One in shared memory is written by the workers themselves, the fastest way to get results. After an abort or a
   * failure its contents are undefined. Default: a new one, which is not shared.
   */
  readonly out?: TypedArray;
}
