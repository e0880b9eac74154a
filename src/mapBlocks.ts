// Functions of your own over the blocks of arrays, as dask.array's map_blocks and map_overlap.
import { blockLayout, type LayoutOptions } from './core/blockLayout';
import type { BoundaryMode } from './core/boundary';
import { checkInteger, perAxis } from './core/checks';
import { checkDType, type DType, type TypedArray } from './core/dtype';
import { ArgumentError } from './core/errors';
import type { ParamValue } from './core/graph';
import type { Margins } from './exec/blockFunction';
import type { Block, BlockInfo } from './exec/calling';
import { type AnyFunction, functionNode } from './functions';
import { anyArrayNode, LazyArray } from './lazyArray';

export type { Block, BlockInfo };

/** A function of one array's blocks. */
export type BlockFunction = (
  block: Block,
  info: BlockInfo,
  ...extraArguments: never[]
) => TypedArray | Promise<TypedArray>;

/** A function of corresponding blocks of several arrays. */
export type BlocksFunction = (
  blocks: readonly Block[],
  info: BlockInfo,
  ...extraArguments: never[]
) => TypedArray | Promise<TypedArray>;

/** Options of {@link mapBlocks}. */
export interface MapBlocksOptions {
  /** dtype of what the function returns. Default: the first array's. */
  readonly dtype?: DType;
  /** Shape of the chunk that the function makes of a whole chunk. Default: the arrays' chunks, 1 along new axes. */
  readonly chunks?: number | readonly number[];
  /** Shape of the result. Default: every block at the size of `chunks`, the last ones cut in proportion. */
  readonly shape?: readonly number[];
  /** Axes that the function's result lacks; blocks are whole along them. */
  readonly dropAxis?: number | readonly number[];
  /** Axes of the result that the function adds, numbered as in the result. */
  readonly newAxis?: number | readonly number[];
  /** Passed to the function after its other arguments: plain data; numbers, for `argument(i) -> f32` in WGSL. */
  readonly extraArguments?: readonly ParamValue[];
}

/** What a block sees beyond the array's edge; a number is a constant. */
export type OverlapBoundary = 'reflect' | 'nearest' | 'periodic' | 'constant' | 'none' | number;

/** Options of {@link mapOverlap}. Those of {@link mapBlocks} that change shapes go with `trim: false` only. */
export interface MapOverlapOptions extends MapBlocksOptions {
  /** Elements that blocks overlap by: one number, or per axis a number or [before, after]. May exceed the chunks. */
  readonly depth: number | readonly (number | readonly [before: number, after: number])[];
  /**
   * Beyond the array's edge, for all axes or one per axis: `reflect` (d c b a | a b c d), `nearest`, `periodic`,
   * `constant` (zero) or a number; with `none` blocks end at the edge. Default `none`.
   */
  readonly boundary?: OverlapBoundary | readonly OverlapBoundary[];
  /** True: the function returns its block with the margins, which are cut off. False: without. Default true. */
  readonly trim?: boolean;
}

/**
 * Calls a function on each block of an array, or on corresponding blocks of several (which broadcast together); what it
 * returns, a typed array of `dtype`, C order, is that block of the result. Lazy: a block is computed when it is read.
 * The function gets copies it may keep or change, and must give the same result for the same block: results are
 * cached. It runs on the calling thread, or in the workers when a module has it.
 *
 * In WGSL it makes one element: `fn apply(position: vec2i) -> f32` in a float32 image of two axes (`i32`, `vec3i` and
 * `vec4i` for one, three and four axes; `i32`, `u32` and `bool` for integers and bool), where `position` is the element's
 * index in the result, first axis first. `input0(offset)` is the first array's element at an offset, `vec2i(0, 0)` being
 * the element's own, `input1` the second's; `arrayShape()` is the result's shape, `argument(i)` an extra argument. A
 * text without `fn` is the result as an expression.
 * @throws ArgumentError for shapes that do not broadcast and options that do not fit them. Reads reject with a
 * FunctionError whose `cause` is what the function threw, when it returns anything but what was declared, or when its
 * WGSL does not compile
 * @see dask.array.map_blocks
 */
export function mapBlocks(
  fn: AnyFunction<BlockFunction>,
  array: LazyArray,
  options?: MapBlocksOptions,
): LazyArray;
export function mapBlocks(
  fn: AnyFunction<BlocksFunction>,
  arrays: readonly LazyArray[],
  options?: MapBlocksOptions,
): LazyArray;
export function mapBlocks(
  fn: AnyFunction<BlockFunction | BlocksFunction>,
  arrays: LazyArray | readonly LazyArray[],
  options: MapBlocksOptions = {},
): LazyArray {
  const none = (rank: number): Margins => ({
    depth: new Array(rank).fill([0, 0]),
    modes: new Array(rank).fill(null),
    cval: 0,
    trim: false,
  });
  return mapped('mapBlocks', fn, arrays, options, none);
}

/**
 * {@link mapBlocks} with blocks that overlap: each reaches `depth` elements into its neighbours, and `boundary` says what
 * lies beyond the array's edges. Offsets of functions in WGSL reach as far as `depth`, and with `none` as far as the edge:
 * those beyond are cut.
 * @throws ArgumentError for depths that are no integers >= 0, for unknown boundaries, and for shapes that change although
 * margins are trimmed; else as {@link mapBlocks}
 * @see dask.array.map_overlap
 */
export function mapOverlap(
  fn: AnyFunction<BlockFunction>,
  array: LazyArray,
  options: MapOverlapOptions,
): LazyArray;
export function mapOverlap(
  fn: AnyFunction<BlocksFunction>,
  arrays: readonly LazyArray[],
  options: MapOverlapOptions,
): LazyArray;
export function mapOverlap(
  fn: AnyFunction<BlockFunction | BlocksFunction>,
  arrays: LazyArray | readonly LazyArray[],
  options: MapOverlapOptions,
): LazyArray {
  const changed = changedShape(options);
  if (changed && options.trim !== false)
    throw new ArgumentError(
      'trim',
      options.trim ?? true,
      `false, since ${changed} changes the blocks' shape`,
    );
  return mapped('mapOverlap', fn, arrays, options, (rank) => overlapMargins(options, rank));
}

function mapped(
  label: string,
  fn: unknown,
  arrays: LazyArray | readonly LazyArray[],
  options: MapBlocksOptions,
  marginsOf: (rank: number) => Margins,
): LazyArray {
  const nodes = arrayNodes(arrays);
  const layout = blockLayout(nodes, options);
  const changed = changedShape(options);
  const node = functionNode({
    label,
    fn,
    calling: { kind: Array.isArray(arrays) ? 'blocks' : 'block' },
    extraArguments: options.extraArguments,
    arrays: nodes,
    layout,
    dtype: checkDType(options.dtype ?? nodes[0].dtype),
    margins: marginsOf(layout.frame.shape.length),
    wgslRefusal:
      changed && `a function in JavaScript, since WGSL makes one element of each and takes no ${changed}`,
  });
  return new LazyArray(node);
}

const LAYOUT_OPTIONS = ['dropAxis', 'newAxis', 'chunks', 'shape'] as const satisfies (keyof LayoutOptions)[];

/** The first option that makes blocks of another shape. */
const changedShape = (options: LayoutOptions): string | undefined =>
  LAYOUT_OPTIONS.find((name) => options[name] !== undefined);

function overlapMargins(options: MapOverlapOptions, rank: number): Margins {
  const boundaries = perAxis('boundary', options.boundary ?? 'none', rank, checkBoundary);
  const constants = boundaries.filter((b) => typeof b === 'number');
  if (new Set(constants).size > 1)
    throw new ArgumentError('boundary', options.boundary, 'one constant for all axes');
  return {
    depth: perAxis('depth', options.depth, rank, checkDepth),
    modes: boundaries.map((b) => (typeof b === 'number' ? 'constant' : MODES[b])),
    cval: constants[0] ?? 0,
    trim: options.trim ?? true,
  };
}

/** dask's names for the boundary modes. */
const MODES = {
  reflect: 'reflect',
  nearest: 'nearest',
  periodic: 'wrap',
  none: null,
} as const satisfies Record<string, BoundaryMode | null>;

function checkBoundary(argument: string, value: unknown): keyof typeof MODES | number {
  if (typeof value === 'number') return value;
  if (value === 'constant') return 0;
  if (typeof value === 'string' && Object.hasOwn(MODES, value)) return value as keyof typeof MODES;
  throw new ArgumentError(argument, value, `a number or one of ${Object.keys(MODES).join(', ')}, constant`);
}

function checkDepth(argument: string, value: unknown): readonly [number, number] {
  const [before, after] = Array.isArray(value) ? value : [value, value];
  if (Array.isArray(value) && value.length !== 2)
    throw new ArgumentError(argument, value, 'an integer, or [before, after]');
  return [checkInteger(argument, before, 0), checkInteger(argument, after, 0)];
}

function arrayNodes(arrays: LazyArray | readonly LazyArray[]) {
  if (!Array.isArray(arrays)) return [anyArrayNode(arrays, 'arrays')];
  if (arrays.length === 0) throw new ArgumentError('arrays', arrays, 'at least one LazyArray');
  return arrays.map((array, i) => anyArrayNode(array, `arrays[${i}]`));
}
