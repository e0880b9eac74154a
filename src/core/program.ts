// A tile program: everything an executor needs to compute one tile, as plain data.
import type { TypedArray } from './dtype';
import type { Operand, Step } from './op';
import type { Region } from './region';
import type { SharedBlock } from './source';

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
  readonly outputs: readonly ProgramOutput[];
}

/** The data of a read: its own, or shared memory that holds it. */
export type BlockData = TypedArray | SharedBlock;

export interface ProgramOutput extends Operand {
  /** Where the CPU writes the block instead of returning it; what it returns is empty then. */
  readonly into?: SharedBlock;
}

/** A step with the slots nobody reads after it. */
export interface ProgramStep extends Step {
  /** A global op: its result is one of the tile's `partials`. */
  readonly partial: boolean;
  readonly free: readonly number[];
}

export interface TileResult {
  /** Data of `outputs`, in order. */
  readonly outputs: readonly TypedArray[];
  /** Partial results of the global ops, in the order they were asked for (which is that of the steps). Plain data. */
  readonly partials: readonly unknown[];
}
