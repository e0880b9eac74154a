// What all measurements by label share: their inputs, tile grid, and labels renumbered 1..n within a tile.
import { checkFourAxes } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params } from '../../core/graph';
import type { CpuContext, Operand } from '../../core/op';
import { type Region, regionSize, type Shape } from '../../core/region';
import { blockLabelsOf, labelBlockShape } from './label';
import { rowLength, runsOf } from './labelRuns';
import { asUint32, checkLabelDType, INVALID } from './labelValues';

export type RegionParams = Params & {
  readonly block: Shape;
  /** Labels are a block's own 1..n, to be renamed by the merge of labelScan, the node's one global. */
  readonly local: boolean;
  /** Larger labels are none: negative ones, as uint32. */
  readonly largest: number;
  /** An object that is in several tiles reaches the faces between them in each. */
  readonly connected: boolean;
};

/**
 * A global node of op `name` over a label image, and an image of its shape when given. Labels that label() found are
 * measured in the pass that finds them, as each tile's own; with `renumbered`, as they are in the end.
 */
export function regionNode(
  name: string,
  labels: GraphNode,
  { image, params = {}, renumbered = false, anyRank = false }: RegionNodeOptions = {},
): GraphNode {
  if (image && image.shape.join() !== labels.shape.join())
    throw new ArgumentError('labelImage', labels.shape, `an array of the image's shape [${image.shape}]`);
  if (!anyRank) checkFourAxes('labelImage', labels.shape);
  checkLabelDType(labels.dtype, true);
  const known = blockLabelsOf(labels);
  const block = known?.block ?? labelBlockShape(labels);
  const own = renumbered ? undefined : known;
  const { original, largest } = own ? { original: own.local, largest: INVALID } : asUint32(labels);
  const all: RegionParams = {
    ...params,
    block,
    largest,
    local: own !== undefined,
    connected: own?.traits.connected ?? false,
  };
  return createNode(
    name,
    { shape: [], dtype: 'float64', chunks: [], dimensionNames: [] },
    all,
    image ? [original, image] : [original],
    own ? [own.scan] : [],
  );
}

interface RegionNodeOptions {
  readonly image?: GraphNode;
  readonly params?: Params;
  readonly renumbered?: boolean;
  /** Arrays may have more than four axes: blocks have length 1 along the others. */
  readonly anyRank?: boolean;
}

/**
 * Labels of a tile as 1..n, as an image or as runs at `pointer`; `ids` has the label of each, unless they are the label
 * op's own numbers.
 */
export interface TileLabels {
  readonly pointer: number;
  readonly n: number;
  readonly ids: Uint32Array | null;
}

/** The tile's labels, dense and numbered from 1. */
export function tileLabels(
  context: CpuContext,
  labels: Operand,
  region: Region,
  { local }: RegionParams,
): TileLabels {
  const bounded = boundedLabels(context, labels, region);
  const { pointer, n, ids } = bounded;
  if (local || ids) return bounded;
  if (n === 0) return { pointer, n, ids: new Uint32Array(0) };
  return compress(context, pointer, regionSize(region), n);
}

/** The tile's labels as runs (kernels/labelRuns.ts), numbered from 1. */
export function tileRuns(
  context: CpuContext,
  labels: Operand,
  region: Region,
  { local }: RegionParams,
): TileLabels {
  const known = runsOf(context, labels, region);
  if (known) return { pointer: known.pointer, n: known.count, ids: null };
  const { kernels } = context;
  const { pointer: image, n: largest, ids } = boundedLabels(context, labels, region);
  const width = rowLength(region);
  const rows = regionSize(region) / width;
  const pointer = context.scratch(kernels.labelRunsBytes(rows, width, 0));
  const numbered = local || ids !== null;
  const remap = numbered ? 0 : zeroTable(context, largest);
  const found = numbered ? 0 : context.scratch(4 * Math.min(regionSize(region), largest));
  const n = kernels.runsOfLabels(image, rows, width, remap, found, pointer);
  if (numbered) return { pointer, n: largest, ids };
  return { pointer, n, ids: (context.view('uint32', found, n) as Uint32Array).slice() };
}

/** Above this the remapping table of the kernel would not fit a worker's heap. */
const LARGEST_TABLE = 1 << 26;

/**
 * The tile's labels, dense and at most `n`; numbered from 1 only where a table of them would not fit a worker's heap, and
 * `ids` then has the label of each.
 */
export function boundedLabels(context: CpuContext, labels: Operand, region: Region): TileLabels {
  const count = regionSize(region);
  const pointer = context.input(labels, region);
  const n = context.kernels.largestLabel(pointer, count) >>> 0;
  return n < LARGEST_TABLE ? { pointer, n, ids: null } : compressLarge(context, pointer, count);
}

function compressLarge(context: CpuContext, pointer: number, count: number): TileLabels {
  const target = context.scratch(4 * count);
  const source = context.view('uint32', pointer, count) as Uint32Array;
  const out = context.view('uint32', target, count) as Uint32Array;
  const known = new Map<number, number>();
  source.forEach((label, i) => {
    if (label !== 0 && !known.has(label)) known.set(label, known.size + 1);
    out[i] = label === 0 ? 0 : known.get(label)!;
  });
  return { pointer: target, n: known.size, ids: Uint32Array.from(known.keys()) };
}

/** A table for labels up to `n`, of zeros. */
export function zeroTable(context: CpuContext, n: number): number {
  const pointer = context.scratch(4 * (n + 1));
  (context.view('uint32', pointer, n + 1) as Uint32Array).fill(0);
  return pointer;
}

function compress(context: CpuContext, pointer: number, count: number, highest: number): TileLabels {
  const target = context.scratch(4 * count);
  const remap = zeroTable(context, highest);
  const idsPointer = context.scratch(4 * Math.min(count, highest));
  const n = context.kernels.compressLabels(pointer, target, count, remap, idsPointer);
  return { pointer: target, n, ids: (context.view('uint32', idsPointer, n) as Uint32Array).slice() };
}
