// A tile program: everything an executor needs to compute one tile, as plain data.
import type { TypedArray } from './dtype';
import type { Operand, Step } from './op';
import type { Region } from './region';

/** A block to be read from a source before the steps run. */
export interface Read extends Operand {
  /** Key of the source node. */
  readonly key: string;
}

export interface TileProgram {
  /** The region of the target this tile computes, for messages and progress. */
  readonly tile: Region;
  readonly slots: number;
  readonly reads: readonly Read[];
  readonly steps: readonly ProgramStep[];
  /** Operands returned as typed arrays. */
  readonly outputs: readonly Operand[];
}

/** A step with the slots nobody reads after it. */
export interface ProgramStep extends Step {
  /** A global op: its result is one of the tile's `partials`. */
  readonly partial: boolean;
  readonly free: readonly number[];
}

export interface TileResult {
  /** Data of `outputs`, in order; none when it was written to targets. */
  readonly outputs: readonly TypedArray[];
  /** Partial results of the global ops, in the order they were asked for (which is that of the steps). Plain data. */
  readonly partials: readonly unknown[];
}
