// Decisions about whole labels: which exist, how large they are, which touch the border, and what becomes of each.
// Each ends in a LabelMerge, the same block labels under other names: pixels are renamed when they are read.
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params } from '../../core/graph';
import { type Accumulator, defineGlobalOp, type Operand } from '../../core/op';
import {
  intersect,
  isEmptyRegion,
  type Region,
  regionSize,
  type Shape,
  wholeRegion,
} from '../../core/region';
import { labelWordsGpu } from '../gpu/labelWords';
import { SCALAR } from './label';
import { refusesRank } from './labelBlocks';
import { rankIn } from './labelForest';
import { BlockOffsets, LabelMerge } from './labelMerge';
import { firstPixels, labelSizes } from './labelRuns';
import { checkLabels } from './labelValues';

type BlockParams = Params & { readonly block: Shape };

/** Rarely are there more labels than a pixel in 16. */
const capacityOf = (pixels: number): number => Math.max(1024, pixels >> 4);

/** What all of these share: one tile is one block of the first input's grid. */
const perBlock = {
  blockShape: (params: BlockParams) => params.block,
  domain: (_params: BlockParams, [labels]: readonly { shape: Shape }[]) => labels.shape,
  demand: (region: Region, _params: BlockParams, inputs: readonly unknown[]) => inputs.map(() => region),
  gpuRefuses: (_params: BlockParams, [{ shape }]: readonly { shape: Shape }[]) => refusesRank(shape),
};

/** Gathers a number for each block label, in blocks of any order; `finish` gets them as the finals of a merge. */
class BlockValues implements Accumulator<Uint32Array, LabelMerge> {
  readonly #blocks: BlockOffsets;
  #values = new Uint32Array(1024);
  #length = 0;

  constructor(
    shape: Shape,
    block: Shape,
    readonly conclude: (values: LabelMerge, globals: readonly unknown[]) => LabelMerge,
  ) {
    this.#blocks = new BlockOffsets(shape, block);
  }

  add(values: Uint32Array, region: Region): void {
    const start = this.#length;
    const stop = start + values.length;
    if (stop > this.#values.length) {
      const grown = new Uint32Array(Math.max(stop, 2 * this.#values.length));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values.set(values, start);
    this.#blocks.set(region, start, stop);
    this.#length = stop;
  }

  finish(globals: readonly unknown[]): LabelMerge {
    const { grid, offsets } = this.#blocks;
    return this.conclude(new LabelMerge(grid, offsets, this.#values.slice(0, this.#length)), globals);
  }
}

/** Adds up what the blocks' labels have, by final label: one sum for each of `distinct`. */
function sumByLabel(merge: LabelMerge, values: LabelMerge, distinct: Uint32Array): Float64Array {
  const sums = new Float64Array(distinct.length);
  merge.forEachBlock((index) => {
    const [finals, parts] = [merge.table(index), values.table(index)];
    parts.forEach((part, i) => {
      if (finals[i] !== 0) sums[rankIn(distinct, finals[i])] += part;
    });
  });
  return sums;
}

/** Keeps the labels for which `isKept` holds, by their place in `distinct`. */
function keep(merge: LabelMerge, distinct: Uint32Array, isKept: (place: number) => boolean): LabelMerge {
  return merge.map((label) => (label !== 0 && isKept(rankIn(distinct, label)) ? label : 0));
}

type IdParams = BlockParams & { readonly largest: number };

/** Which labels of an image the block labels are. Inputs: block labels, and the image's own (uint32). */
export const labelIds = defineGlobalOp<IdParams, Uint32Array, LabelMerge>({
  ...perBlock,
  name: 'labelIds',
  cpu(context, { inputs: [local, original], output: { region } }) {
    const count = regionSize(region);
    const first = firstPixels(context, local!, region);
    const labels = context.view('uint32', context.input(original!, region), count) as Uint32Array;
    return first.map((at) => labels[at]);
  },
  gpu(context, { inputs: [local, original], output: { region } }) {
    const pixels = regionSize(region);
    const part = { labels: context.input(local!, region), values: context.input(original!, region), pixels };
    return labelWordsGpu(context, { contribution: 'value', parts: [part], capacity: capacityOf(pixels) });
  },
  accumulate: ({ block, largest }, [{ shape }]) =>
    new BlockValues(shape, block, (ids) => {
      checkLabels(ids.labels().slice(-1), largest);
      return ids;
    }),
});

/** `largest`: the largest uint32 that stands for a label; more stand for negative and for larger ones. */
export const labelIdsNode = (local: GraphNode, original: GraphNode, largest: number): GraphNode =>
  createNode(labelIds.name, SCALAR, { block: local.chunks, largest }, [local, original]);

type SizeParams = BlockParams & { readonly minSize: number };

/** The labels of at least `minSize` elements. */
export const largeLabels = defineGlobalOp<SizeParams, Uint32Array, LabelMerge>({
  ...perBlock,
  name: 'largeLabels',
  cpu: (context, { inputs: [local], output: { region } }) => labelSizes(context, local!, region),
  gpu(context, { inputs: [local], output: { region } }) {
    const pixels = regionSize(region);
    const parts = [{ labels: context.input(local!, region), pixels }];
    return labelWordsGpu(context, { contribution: 'count', parts, capacity: capacityOf(pixels) });
  },
  accumulate: ({ block, minSize }, [{ shape }]) =>
    new BlockValues(shape, block, (values, [merge]) => {
      const labels = merge as LabelMerge;
      const distinct = labels.labels();
      const sizes = sumByLabel(labels, values, distinct);
      return keep(labels, distinct, (place) => sizes[place] >= minSize);
    }),
});

/** `merge`: the global node that names the labels of `local`, here and below. */
export const largeLabelsNode = (local: GraphNode, merge: GraphNode, minSize: number): GraphNode =>
  createNode(largeLabels.name, SCALAR, { block: local.chunks, minSize }, [local], [merge]);

type BorderParams = BlockParams & { readonly width: number };

/** The parts of a region that lie within `width` elements of the array's border. */
const borderParts = ({ region, shape }: Operand, width: number): Region[] =>
  shape
    .flatMap((n, axis) =>
      [[0, width] as const, [n - width, n] as const].map((interval) =>
        wholeRegion(shape).map((whole, i) => (i === axis ? interval : whole)),
      ),
    )
    .map((strip) => intersect(region, strip))
    .filter((part) => !isEmptyRegion(part));

/** The labels that have no element within `width` of the array's border. */
export const innerLabels = defineGlobalOp<BorderParams, Uint32Array, LabelMerge>({
  ...perBlock,
  name: 'innerLabels',
  cpu(context, { params, inputs: [local] }) {
    let marks = new Uint32Array(1024);
    let largest = 0;
    for (const part of borderParts(local!, params.width)) {
      const pointer = context.input(local!, part);
      const labels = context.view('uint32', pointer, regionSize(part)) as Uint32Array;
      for (const label of labels) {
        if (label === 0) continue;
        if (label > marks.length) {
          const grown = new Uint32Array(2 * label);
          grown.set(marks);
          marks = grown;
        }
        marks[label - 1] = 1;
        if (label > largest) largest = label;
      }
    }
    return marks.slice(0, largest);
  },
  gpu(context, { params, inputs: [local] }) {
    const parts = borderParts(local!, params.width).map((part) => ({
      labels: context.input(local!, part),
      pixels: regionSize(part),
    }));
    const capacity = capacityOf(regionSize(local!.region));
    return labelWordsGpu(context, { contribution: 'mark', parts, capacity });
  },
  accumulate: ({ block }, [{ shape }]) =>
    new BlockValues(shape, block, (values, [merge]) => {
      const labels = merge as LabelMerge;
      const distinct = labels.labels();
      const marks = sumByLabel(labels, values, distinct);
      return keep(labels, distinct, (place) => marks[place] === 0);
    }),
});

export const innerLabelsNode = (local: GraphNode, merge: GraphNode, width: number): GraphNode =>
  createNode(innerLabels.name, SCALAR, { block: local.chunks, width }, [local], [merge]);

/** What becomes of labels: sequential numbers from `offset`; or, for each of `from` (ascending), that of `to`. */
export type Renaming =
  | { readonly offset: number }
  | { readonly from: Uint32Array; readonly to: Uint32Array; readonly others: 'keep' | 'remove' };

/** Labels under other names: found on the host, from no pixels. */
export const renamedLabels = defineGlobalOp<Params & Renaming, null, LabelMerge>({
  name: 'renamedLabels',
  blockShape: () => [],
  domain: () => [],
  demand: () => [],
  cpu: () => null,
  gpu: () => ({ buffers: [], decode: () => null }),
  accumulate: (params) => ({
    add() {},
    finish: ([merge]) => rename(merge as LabelMerge, params),
  }),
});

function rename(merge: LabelMerge, renaming: Renaming): LabelMerge {
  if ('offset' in renaming) {
    const distinct = merge.labels();
    const { offset } = renaming;
    if (offset + distinct.length - 1 > MOST)
      throw new ArgumentError('offset', offset, `a number that ${distinct.length} labels leave below 2^32`);
    return merge.map((label) => (label === 0 ? 0 : rankIn(distinct, label) + offset));
  }
  const { from, to, others } = renaming;
  return merge.map((label) => {
    const place = rankIn(from, label);
    if (place < from.length && from[place] === label) return to[place];
    return others === 'keep' ? label : 0;
  });
}

const MOST = 2 ** 32 - 1;

export const renamedLabelsNode = (merge: GraphNode, renaming: Renaming): GraphNode =>
  createNode(renamedLabels.name, SCALAR, renaming, [], [merge]);
