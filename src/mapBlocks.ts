// Functions of your own over the blocks of arrays, as dask.array's map_blocks and map_overlap.
import { blockLayout } from './core/blockLayout';
import type { BoundaryMode } from './core/boundary';
import { checkInteger, perAxis } from './core/checks';
import { checkDType, type DType, type TypedArray } from './core/dtype';
import { ArgumentError } from './core/errors';
import {
  type Block,
  type BlockInfo,
  type BlocksFunction,
  blockFunctionSource,
  type Margins,
  type ModuleFunction,
} from './exec/blockFunction';
import { anyArrayNode, fromSource, type LazyArray } from './lazyArray';

export type { Block, BlockInfo, BlocksFunction };

/** A function of one array's blocks. */
export type BlockFunction = (block: Block, info: BlockInfo) => TypedArray | Promise<TypedArray>;

/**
 * A function that a module exports, called in the workers: they import the module, so a page's content security policy
 * has to allow its URL and nothing else.
 */
export interface BlockModule {
  /** Absolute URL, or relative to the page: `new URL('./filters.js', import.meta.url)`. */
  readonly module: string | URL;
  /** The export. Default `default`. */
  readonly name?: string;
}

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
}

/** What a block sees beyond the array's edge; a number is a constant. */
export type OverlapBoundary = 'reflect' | 'nearest' | 'periodic' | 'constant' | 'none' | number;

/** Options of {@link mapOverlap}. */
export interface MapOverlapOptions {
  /** Elements that blocks overlap by: one number, or per axis a number or [before, after]. May exceed the chunks. */
  readonly depth: number | readonly (number | readonly [before: number, after: number])[];
  /**
   * Beyond the array's edge, for all axes or one per axis: `reflect` (d c b a | a b c d), `nearest`, `periodic`,
   * `constant` (zero) or a number; with `none` blocks end at the edge. Default `none`.
   */
  readonly boundary?: OverlapBoundary | readonly OverlapBoundary[];
  /** True: the function returns its block with the margins, which are cut off. False: without. Default true. */
  readonly trim?: boolean;
  /** dtype of what the function returns. Default: the first array's. */
  readonly dtype?: DType;
}

/**
 * Calls a function on each block of an array, or on corresponding blocks of several (which broadcast together); what it
 * returns, a typed array of `dtype`, C order, is that block of the result. Lazy: a block is computed when it is read.
 * The function gets copies it may keep or change, and must give the same result for the same block: results are
 * cached. It runs on the calling thread, or in the workers when a module has it.
 * @throws ArgumentError for shapes that do not broadcast and options that do not fit them. Reads reject with a
 * FunctionError whose `cause` is what the function threw, or when it returns anything but what was declared
 * @see dask.array.map_blocks
 */
export function mapBlocks(
  fn: BlockFunction | BlockModule,
  array: LazyArray,
  options?: MapBlocksOptions,
): LazyArray;
export function mapBlocks(
  fn: BlocksFunction | BlockModule,
  arrays: readonly LazyArray[],
  options?: MapBlocksOptions,
): LazyArray;
export function mapBlocks(
  fn: BlockFunction | BlocksFunction | BlockModule,
  arrays: LazyArray | readonly LazyArray[],
  options: MapBlocksOptions = {},
): LazyArray {
  const nodes = arrayNodes(arrays);
  const layout = blockLayout(nodes, options);
  const axes = layout.frame.shape;
  const margins: Margins = {
    depth: axes.map(() => [0, 0] as const),
    modes: axes.map(() => null),
    cval: 0,
    trim: false,
  };
  const dtype = checkDType(options.dtype ?? nodes[0].dtype);
  const run = runner(fn, !Array.isArray(arrays));
  return fromSource(blockFunctionSource({ label: 'mapBlocks', run, arrays: nodes, layout, dtype, margins }));
}

/**
 * {@link mapBlocks} with blocks that overlap: each reaches `depth` elements into its neighbours, and `boundary` says what
 * lies beyond the array's edges.
 * @throws ArgumentError for depths that are no integers >= 0 and for unknown boundaries; else as {@link mapBlocks}
 * @see dask.array.map_overlap
 */
export function mapOverlap(
  fn: BlockFunction | BlockModule,
  array: LazyArray,
  options: MapOverlapOptions,
): LazyArray;
export function mapOverlap(
  fn: BlocksFunction | BlockModule,
  arrays: readonly LazyArray[],
  options: MapOverlapOptions,
): LazyArray;
export function mapOverlap(
  fn: BlockFunction | BlocksFunction | BlockModule,
  arrays: LazyArray | readonly LazyArray[],
  options: MapOverlapOptions,
): LazyArray {
  const nodes = arrayNodes(arrays);
  const layout = blockLayout(nodes, {});
  const rank = layout.frame.shape.length;
  const boundaries = perAxis('boundary', options.boundary ?? 'none', rank, checkBoundary);
  const constants = boundaries.filter((b) => typeof b === 'number');
  if (new Set(constants).size > 1)
    throw new ArgumentError('boundary', options.boundary, 'one constant for all axes');
  const margins: Margins = {
    depth: perAxis('depth', options.depth, rank, checkDepth),
    modes: boundaries.map((b) => (typeof b === 'number' ? 'constant' : MODES[b])),
    cval: constants[0] ?? 0,
    trim: options.trim ?? true,
  };
  const dtype = checkDType(options.dtype ?? nodes[0].dtype);
  const run = runner(fn, !Array.isArray(arrays));
  return fromSource(blockFunctionSource({ label: 'mapOverlap', run, arrays: nodes, layout, dtype, margins }));
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

function runner(fn: unknown, single: boolean): BlocksFunction | ModuleFunction {
  if (typeof fn === 'function') {
    if (!single) return fn as BlocksFunction;
    return ([block], info) => (fn as BlockFunction)(block, info);
  }
  const { module, name = 'default' } = (fn ?? {}) as Partial<BlockModule>;
  if ((typeof module !== 'string' && !(module instanceof URL)) || typeof name !== 'string')
    throw new ArgumentError('fn', fn, 'a function, or { module: URL, name }');
  return { module: absoluteUrl(module), name, single };
}

function absoluteUrl(module: string | URL): string {
  const page = (globalThis as { document?: { baseURI?: string } }).document?.baseURI;
  try {
    return new URL(module, page ?? globalThis.location?.href).href;
  } catch {
    throw new ArgumentError('fn.module', module, 'an absolute URL, or one relative to the page');
  }
}
