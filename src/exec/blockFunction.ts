// Runs a function of the application over the blocks of arrays: here, or in the workers when a module has it.
import type { BlockLayout } from '../core/blockLayout';
import type { BoundaryMode } from '../core/boundary';
import { type DType, dtypeOf, entriesPerElement, storedDType, type TypedArray, view } from '../core/dtype';
import { FunctionError, WorkerError } from '../core/errors';
import {
  type ArrayMeta,
  createNode,
  type GraphNode,
  type Params,
  type ParamValue,
  sourceNode,
} from '../core/graph';
import { padBlock, padSource } from '../core/pad';
import {
  chunkRegion,
  cropBlock,
  gridShape,
  intersect,
  type Region,
  regionShape,
  wholeRegion,
} from '../core/region';

import type { ReadOptions } from '../core/source';
import { type Block, type BlockInfo, type Calling, callFunction } from './calling';
import { computeRegion } from './compute';
import { ComputedSource } from './computedSource';
import { cpuExecutor } from './devices';
import { emitExecutorEvent } from './events';
import { readBlock } from './readBlock';

/** A function to be imported by the workers. */
export interface ModuleFunction {
  readonly module: string;
  readonly name: string;
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

/** A function of the application on this thread; what it takes is the caller's to know. */
export type LocalFunction = (...args: never[]) => unknown;

export interface BlockFunctionSpec {
  /** Names the call in errors and keys. */
  readonly label: string;
  readonly run: LocalFunction | ModuleFunction;
  readonly calling: Calling;
  /** Passed to the function after its other arguments. */
  readonly extraArguments: readonly ParamValue[];
  readonly arrays: readonly GraphNode[];
  readonly layout: BlockLayout;
  readonly dtype: DType;
  readonly margins: Margins;
}

/** Runs of a block whose worker died. */
const ATTEMPTS = 3;

let created = 0;

/** Name in the graph of a module's function over the node's inputs: all but the function's code is data. */
export const MODULE_FUNCTION = 'moduleFunction';

/** The array whose chunks are the function's results. */
export function blockFunctionNode(spec: BlockFunctionSpec): GraphNode {
  const { arrays, run, ...params } = spec;
  if (typeof run !== 'function')
    return moduleFunctionNode({ ...params, ...run } as unknown as Params, arrays);
  return sourceNode(computedBy(spec, `${spec.label}-${++created}`, outputMeta(spec)));
}

/** The node of a module's function, from its parameters. */
export function moduleFunctionNode(params: Params, arrays: readonly GraphNode[]): GraphNode {
  const { module, name, ...rest } = params as unknown as ModuleFunction &
    Omit<BlockFunctionSpec, 'run' | 'arrays'>;
  const spec = { ...rest, run: { module, name }, arrays };
  const node = createNode(MODULE_FUNCTION, outputMeta(spec), params, arrays);
  return { ...node, source: computedBy(spec, `${spec.label}:${module}#${name}:${node.key}`, node) };
}

export const outputMeta = ({ layout, dtype }: Pick<BlockFunctionSpec, 'layout' | 'dtype'>): ArrayMeta => ({
  ...layout.output,
  dtype,
});

const computedBy = (spec: BlockFunctionSpec, key: string, meta: ArrayMeta): ComputedSource =>
  new ComputedSource(key, meta, (index, options) => computeBlock(spec, index, options));

async function computeBlock(
  spec: BlockFunctionSpec,
  index: readonly number[],
  options: ReadOptions,
): Promise<TypedArray> {
  const { layout, dtype, margins } = spec;
  const { shape, chunks } = layout.frame;
  const at = shape.map((_, axis) => index[layout.axes.indexOf(axis)] ?? 0);
  const frame = chunkRegion(at, shape, chunks);
  const { output } = layout;
  const region = chunkRegion(index, output.shape, output.chunks);
  const returned = margins.trim ? withMargins(frame, shape, margins) : region;
  const info: BlockInfo = {
    index,
    region,
    shape: regionShape(returned),
    dtype,
    arrayShape: output.shape,
    gridShape: gridShape(output.shape, output.chunks),
  };
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
      const { run: fn, calling, extraArguments } = spec;
      if (typeof fn === 'function')
        return await callFunction(
          fn as (...args: unknown[]) => unknown,
          calling,
          blocks,
          info,
          extraArguments,
        );
      const call = { ...fn, calling, blocks, info, extraArguments };
      return await (await cpuExecutor()).call(call, options);
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
  return { data: padded, shape: regionShape(region), dtype, region, arrayShape: shape };
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
