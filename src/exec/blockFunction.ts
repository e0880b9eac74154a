// Runs a function of the application over the blocks of arrays: here, or in the workers when a module has it.
import type { BlockLayout } from '../core/blockLayout';
import type { BoundaryMode } from '../core/boundary';
import { type DType, dtypeOf, entriesPerElement, storedDType, type TypedArray, view } from '../core/dtype';
import { FunctionError, WorkerError } from '../core/errors';
import type { GraphNode } from '../core/graph';
import { padBlock, padSource } from '../core/pad';
import { chunkRegion, cropBlock, intersect, type Region, regionShape, wholeRegion } from '../core/region';
import type { ReadOptions } from '../core/source';
import { computeRegion } from './compute';
import { ComputedSource } from './computedSource';
import { cpuExecutor } from './devices';
import { emitExecutorEvent } from './events';
import { readBlock } from './readBlock';

/** A block of an array, as the function gets it: its own copy, C order. */
export interface Block {
  readonly data: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Where the block is in its array; margins may lie beyond the array's edges. */
  readonly region: Region;
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
}

export type BlocksFunction = (blocks: readonly Block[], info: BlockInfo) => TypedArray | Promise<TypedArray>;

/** A function to be imported by the workers. */
export interface ModuleFunction {
  readonly module: string;
  readonly name: string;
  /** Whether the function takes one block rather than a list. */
  readonly single: boolean;
}

/** Margins around blocks. */
export interface Margins {
  /** Elements before and after, per axis. */
  readonly depth: readonly (readonly [before: number, after: number])[];
  /** What lies beyond the edges; null where blocks end there. */
  readonly modes: readonly (BoundaryMode | null)[];
  readonly cval: number;
  /** Whether the function returns its block with the margins, to be cut off. */
  readonly trim: boolean;
}

export interface BlockFunctionSpec {
  /** Names the call in errors and keys. */
  readonly label: string;
  readonly run: BlocksFunction | ModuleFunction;
  readonly arrays: readonly GraphNode[];
  readonly layout: BlockLayout;
  readonly dtype: DType;
  readonly margins: Margins;
}

/** Runs of a block whose worker died. */
const ATTEMPTS = 3;

let created = 0;

/** The array that the function makes, as a source: its chunks are the function's results. */
export function blockFunctionSource(spec: BlockFunctionSpec): ComputedSource {
  const meta = { ...spec.layout.output, dtype: spec.dtype };
  return new ComputedSource(`${spec.label}-${++created}`, meta, (index, options) =>
    computeBlock(spec, index, options),
  );
}

async function computeBlock(
  spec: BlockFunctionSpec,
  index: readonly number[],
  options: ReadOptions,
): Promise<TypedArray> {
  const { layout, dtype, margins } = spec;
  const { shape, chunks } = layout.frame;
  const at = shape.map((_, axis) => index[layout.axes.indexOf(axis)] ?? 0);
  const frame = chunkRegion(at, shape, chunks);
  const region = chunkRegion(index, layout.output.shape, layout.output.chunks);
  const returned = margins.trim ? withMargins(frame, shape, margins) : region;
  const info: BlockInfo = { index, region, shape: regionShape(returned), dtype };
  const result = checked(await run(spec, frame, info, options), spec, info);
  return cropBlock(result, returned, region);
}

async function run(
  spec: BlockFunctionSpec,
  frame: Region,
  info: BlockInfo,
  options: ReadOptions,
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const blocks = await Promise.all(spec.arrays.map((array) => readArray(array, spec, frame, options)));
    options.signal?.throwIfAborted();
    try {
      if (typeof spec.run === 'function') return await spec.run(blocks, info);
      const { module, name, single } = spec.run;
      const args = [single ? blocks[0] : blocks, info];
      return await (await cpuExecutor()).call({ module, name, args }, options);
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason;
      if (!(cause instanceof WorkerError) || attempt === ATTEMPTS) throw failure(spec, info, cause);
      emitExecutorEvent({ kind: 'retry', message: cause.message, cause });
    }
  }
}

function failure({ label }: BlockFunctionSpec, { index }: BlockInfo, cause: unknown): Error {
  if (cause instanceof WorkerError) return cause;
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new FunctionError(`${label}: the function failed on block [${index}]: ${message}`, { cause });
}

/** The part of one array that belongs to a block of the frame, margins included. */
async function readArray(
  array: GraphNode,
  { layout, margins }: BlockFunctionSpec,
  frame: Region,
  options: ReadOptions,
): Promise<Block> {
  const lead = frame.length - array.shape.length;
  const { shape, dtype } = array;
  // An axis that is broadcast has no margins.
  const broadcast = shape.map((n, axis) => n === 1 && layout.frame.shape[lead + axis] !== 1);
  const own = frame.slice(lead);
  const margin = { ...margins, depth: margins.depth.slice(lead), modes: margins.modes.slice(lead) };
  const region = withMargins(own, shape, margin).map((interval, axis) =>
    broadcast[axis] ? ([0, 1] as const) : interval,
  );
  const modes = margin.modes.map((mode) => mode ?? 'constant');
  const source = padSource(region, shape, modes);
  const data = array.source
    ? await readBlock(array.source, source, options)
    : await computeRegion(array, source, options);
  const padded = padBlock(data, source, region, { shape, modes, fill: margins.cval, dtype });
  return { data: padded, shape: regionShape(region), dtype, region };
}

/** A region with its margins; cut at the edges that have nothing beyond. */
function withMargins(
  region: Region,
  shape: readonly number[],
  { depth, modes }: Pick<Margins, 'depth' | 'modes'>,
): Region {
  const grown = region.map(([start, stop], axis) => [start - depth[axis][0], stop + depth[axis][1]] as const);
  const cut = intersect(grown, wholeRegion(shape));
  return grown.map((interval, axis) => (modes[axis] === null ? cut[axis] : interval));
}

/** The function's result, if it is what it must be. */
function checked(result: unknown, { label, dtype }: BlockFunctionSpec, info: BlockInfo): TypedArray {
  const length = info.shape.reduce((a, b) => a * b, entriesPerElement(dtype));
  const typed = ArrayBuffer.isView(result) && !(result instanceof DataView);
  const own = typed ? dtypeOf(result) : undefined;
  const values = result as TypedArray;
  if (own !== storedDType(dtype) || values.length !== length) {
    const received = typed ? `${result.constructor.name} of ${values.length} elements` : typeof result;
    throw new FunctionError(
      `${label}: the function returned ${received} for block [${info.index}], expected a ${dtype} array of ` +
        `${length} elements (shape [${info.shape}])`,
    );
  }
  if (dtype === 'bool') return Uint8Array.from(values as Uint8Array, (v) => (v ? 1 : 0));
  return view(own, values.buffer, values.byteOffset, values.length);
}
