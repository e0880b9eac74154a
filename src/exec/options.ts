// What every data-touching call takes.
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
