// How functions of the application are called, on whichever thread they run.
import type { DType, TypedArray } from '../core/dtype';
import type { ParamValue } from '../core/graph';
import type { Region } from '../core/region';
import { filterWindows } from '../ops/ndfilters/windowFunction';

/** A block of an array, as the function gets it: its own copy, C order. */
export interface Block {
  readonly data: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Where the block is in its array; margins may lie beyond the array's edges. */
  readonly region: Region;
  /** Shape of the whole array. */
  readonly arrayShape: readonly number[];
}

/** What the function has to make. */
export interface BlockInfo {
  /** The block's position in the grid of the output's chunks. */
  readonly index: readonly number[];
  /** What the block covers of the output. */
  readonly region: Region;
  /** Shape of the data to return. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Shape of the whole output, and of its grid of chunks. */
  readonly arrayShape: readonly number[];
  readonly gridShape: readonly number[];
}

export type BlocksFunction = (blocks: readonly Block[], info: BlockInfo) => TypedArray | Promise<TypedArray>;

/**
 * Once a block: with one block or a list of them; or once for each window of a block, given by the coordinates of its
 * elements.
 */
export type Calling =
  | { readonly kind: 'block' }
  | { readonly kind: 'blocks' }
  | { readonly kind: 'window'; readonly window: Int32Array };

type AnyFunction = (...args: unknown[]) => unknown;

/** Calls `fn` for a block. */
export function callFunction(
  fn: AnyFunction,
  calling: Calling,
  blocks: readonly Block[],
  info: BlockInfo,
  extraArguments: readonly ParamValue[],
): unknown {
  switch (calling.kind) {
    case 'block':
      return fn(blocks[0], info, ...extraArguments);
    case 'blocks':
      return fn(blocks, info, ...extraArguments);
    case 'window':
      return filterWindows((values) => fn(values, ...extraArguments), blocks[0], calling.window, info);
  }
}
