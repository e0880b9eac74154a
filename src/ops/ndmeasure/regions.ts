// Per-label measurements: one streaming pass, folded on the host.

import { checkFourAxes } from '../../core/checks';
import { DTYPES, isBigInt } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params } from '../../core/graph';
import { type Accumulator, type CpuContext, defineGlobalOp } from '../../core/op';
import { type Region, regionShape, regionSize, type Shape } from '../../core/region';
import { REGION_ROW } from '../../core/regionRow';
import { padTo4 } from '../../core/structure';
import { growChunks } from '../../core/tiling';
import { castNode } from '../elementwise';
import { regionReduceGpu } from '../gpu/regionReduce';
import { blockLabelsOf } from './label';
import type { LabelMerge } from './labelMerge';
import { RegionRows } from './regionRows';

/** Rows of one block: label k's row is the k-th; `ids` names the labels when they are not 1..n. */
export interface RegionPartial {
  readonly rows: Float64Array;
  readonly ids: Uint32Array | null;
}

type RegionParams = Params & {
  readonly block: Shape;
  /** Labels are a block's own 1..n, to be renamed by the merge. */
  readonly local: boolean;
};

/** Measures every label of a label image: count, intensity sums and extrema, extents and coordinate sums. */
export const regions = defineGlobalOp<RegionParams, RegionPartial, RegionRows>({
  name: 'regions',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region, _params, inputs) => inputs.map(() => region),
  gpuRefuses({ local }, [, image]) {
    if (!local) return 'labels that do not come from label() are measured on the CPU';
    if (image && (image.dtype === 'float64' || isBigInt(image.dtype)))
      return `${image.dtype} needs 64-bit arithmetic`;
    return undefined;
  },
  cpu(context, { params, inputs: [labels, image], output }) {
    const count = regionSize(output.region);
    let pointer = context.input(labels!, output.region);
    const values = image ? context.input(image, output.region) : 0;
    const highest = maximumLabel(context, pointer, count);
    let ids: Uint32Array | null = null;
    if (!params.local) {
      ids = new Uint32Array(0);
      if (highest > 0) [pointer, ids] = compress(context, pointer, count, highest);
    }
    const n = ids ? ids.length : highest;
    const table = context.scratch(8 * REGION_ROW * Math.max(1, n));
    context.kernels.regionReduce(
      pointer,
      values,
      image ? DTYPES.indexOf(image.dtype) : 0,
      context.constant(padTo4(regionShape(output.region), 1)),
      n,
      table,
    );
    return { rows: (context.view('float64', table, n * REGION_ROW) as Float64Array).slice(), ids };
  },
  gpu(context, { inputs: [labels, image], output }) {
    const count = regionSize(output.region);
    const partial = regionReduceGpu(context, {
      labels: context.input(labels!, output.region),
      values: image ? context.input(image, output.region) : undefined,
      dtype: image?.dtype ?? 'uint8',
      shape: padTo4(regionShape(output.region), 1),
      capacity: Math.max(1024, count >> 6),
    });
    return { buffers: partial.buffers, decode: (data) => ({ rows: partial.decode(data), ids: null }) };
  },
  accumulate: (params, [labels, image]) => new RegionAccumulator(labels.shape, params, image !== undefined),
});

function maximumLabel(context: CpuContext, pointer: number, count: number): number {
  const out = context.scratch(32);
  context.kernels.reduceBlock(pointer, DTYPES.indexOf('uint32'), count, 0, out);
  return (context.view('float64', out, 4) as Float64Array)[2];
}

/** Above this the remapping table of the kernel would not fit a worker's heap. */
const LARGEST_TABLE = 1 << 26;

function compress(
  context: CpuContext,
  pointer: number,
  count: number,
  highest: number,
): [number, Uint32Array] {
  const target = context.scratch(4 * count);
  if (highest >= LARGEST_TABLE) {
    const source = context.view('uint32', pointer, count) as Uint32Array;
    const out = context.view('uint32', target, count) as Uint32Array;
    const known = new Map<number, number>();
    source.forEach((label, i) => {
      if (label !== 0 && !known.has(label)) known.set(label, known.size + 1);
      out[i] = label === 0 ? 0 : known.get(label)!;
    });
    return [target, Uint32Array.from(known.keys())];
  }
  const remap = context.scratch(4 * (highest + 1));
  (context.view('uint32', remap, highest + 1) as Uint32Array).fill(0);
  const idsPointer = context.scratch(4 * Math.min(count, highest));
  const n = context.kernels.compressLabels(pointer, target, count, remap, idsPointer);
  return [target, (context.view('uint32', idsPointer, n) as Uint32Array).slice()];
}

class RegionAccumulator implements Accumulator<RegionPartial, RegionRows> {
  readonly #blocks: { index: number[]; rows: RegionRows }[] = [];
  readonly #merged: RegionRows;

  constructor(
    shape: Shape,
    readonly params: RegionParams,
    hasImage: boolean,
  ) {
    this.#merged = new RegionRows(shape, hasImage);
  }

  add({ rows, ids }: RegionPartial, region: Region): void {
    if (!this.params.local) {
      this.#merged.add(rows, region, (k) => ids![k]);
      return;
    }
    const block = new RegionRows(this.#merged.shape, this.#merged.hasImage);
    block.reserve(rows.length / REGION_ROW);
    block.add(rows, region, (k) => k + 1);
    const index = region.map(([start], axis) => Math.floor(start / this.params.block[axis]));
    this.#blocks.push({ index, rows: block });
  }

  finish([merge]: readonly unknown[]): RegionRows {
    if (this.params.local) this.#merged.reserve((merge as LabelMerge).count);
    // In raster order, whatever the order of arrival: float sums then have the same last bits in every run.
    this.#blocks.sort((a, b) => compareIndices(a.index, b.index));
    // Blocks go as they are absorbed.
    for (let block = this.#blocks.shift(); block; block = this.#blocks.shift()) {
      const table = (merge as LabelMerge).table(block.index);
      this.#merged.absorb(block.rows, (label) => table[label - 1]);
    }
    return this.#merged;
  }
}

function compareIndices(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((i, k) => i !== b[k]);
  return axis < 0 ? 0 : a[axis] - b[axis];
}

/** A global node whose result is the {@link RegionRows} of `labels`, with intensities of `image` when given. */
export function regionsNode(labels: GraphNode, image?: GraphNode): GraphNode {
  if (image && image.shape.join() !== labels.shape.join())
    throw new ArgumentError('labelImage', labels.shape, `an array of the image's shape [${image.shape}]`);
  checkFourAxes('labelImage', labels.shape);
  if (labels.dtype.startsWith('float'))
    throw new ArgumentError('labelImage', labels.dtype, 'an array of an integer dtype');
  const known = blockLabelsOf(labels);
  const block = known?.block ?? growChunks(labels.chunks, labels.shape);
  const params: RegionParams = { block, local: known !== undefined };
  const input = known?.local ?? castNode(labels, 'uint32');
  return createNode(
    regions.name,
    { shape: [], dtype: 'float64', chunks: [], dimensionNames: [] },
    params,
    image ? [input, image] : [input],
    known ? [known.scan] : [],
  );
}
