// The elements of chosen labels, tile by tile, for functions of the application.
import { itemSize, type TypedArray } from '../../core/dtype';
import type { GraphNode } from '../../core/graph';
import { defineGlobalOp } from '../../core/op';
import { rankIn } from './labelForest';
import { groupLabels } from './labelGroups';
import { type RegionParams, regionNode } from './regionLabels';
import { flatIndices } from './regionRows';

/** What a tile is asked for. */
export type ElementQuery = {
  /** Labels wanted that may be in the tile, ascending. */
  readonly labels: Uint32Array;
  /** Those of them whose elements come with positions. */
  readonly placed: Uint32Array;
};

/** Elements of a tile; those of labels[k] are offsets[k] to offsets[k + 1], in C order of the tile. */
export interface ElementsPartial {
  readonly labels: Uint32Array;
  readonly offsets: Uint32Array;
  readonly values: TypedArray;
  /** Flat indices in the image of the last of them: those of labels that were to come with positions. */
  readonly positions: Float64Array;
}

/** Inputs: labels (uint32) and the image. exec/comprehension.ts gives tiles their queries, and takes what they return. */
export const labelElements = defineGlobalOp<RegionParams & Partial<ElementQuery>, ElementsPartial, null>({
  name: 'labelElements',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region) => [region, region],
  gpuRefuses: () => 'functions are given elements from the CPU',
  cpu(context, { params, inputs: [labels, image], output: { region } }) {
    const { labels: wanted, placed } = params as RegionParams & ElementQuery;
    const isPlaced = (label: number) => placed[rankIn(placed, label)] === label;
    const groups = groupLabels(context, labels!, region, wanted, isPlaced);
    const n = groups.labels.length;
    const total = groups.offsets[n];
    const first = groups.labels.findIndex(isPlaced);
    const start = first < 0 ? total : groups.offsets[first];
    const values = groups.gather(context.input(image!, region), itemSize(image!.dtype));
    const places = start < total ? groups.gather(0, 0) + 4 * start : 0;
    return {
      labels: groups.labels,
      offsets: groups.offsets,
      values: context.view(image!.dtype, values, total).slice() as TypedArray,
      positions: flatIndices(
        context.view('uint32', places, total - start) as Uint32Array,
        region,
        labels!.shape,
      ),
    };
  },
  gpu() {
    throw new Error('refused');
  },
  accumulate: () => ({ add() {}, finish: () => null }),
});

/** The node of a pass over `labels` and `image`, whose tiles are given queries. */
export const labelElementsNode = (labels: GraphNode, image: GraphNode): GraphNode =>
  regionNode(labelElements.name, labels, { image, renumbered: true, anyRank: true });
