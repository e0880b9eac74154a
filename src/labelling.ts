// Labels of connected pixels, and label images made of label images: scipy.ndimage's and scikit-image's functions.
import { checkAxis, checkFinite, checkInteger } from './core/checks';
import { isFloat } from './core/dtype';
import { ArgumentError } from './core/errors';
import { generateBinaryStructure, type StructureLike } from './core/structure';
import { computeGlobal } from './exec/compute';
import type { ComputeOptions } from './exec/options';
import { arrayNode, LazyArray } from './lazyArray';
import { equalRegionNodes, type LabelNodes, labelNodes } from './ops/ndmeasure/label';
import {
  clearBorderNode,
  expandLabelsNode,
  largeObjectsNode,
  mergedChunksNodes,
  occurringNode,
  renamedNode,
} from './ops/ndmeasure/labelEdits';
import type { LabelMerge } from './ops/ndmeasure/labelMerge';
import { countNode } from './ops/ndmeasure/measure';
import type { RegionRecord, RegionTable } from './regionColumns';

export interface LabelOptions {
  /** Which neighbours connect: 3 elements per axis, symmetric about the centre. Default: city-block neighbours. */
  readonly structure?: StructureLike;
  /** Axes (or their names) whose last elements are neighbours of the first, as on a torus. Default none. */
  readonly wrapAxes?: readonly (number | string)[];
}

export interface LabelResult {
  /** uint32 labels 1 to count, 0 for the background, numbered by first pixel in raster order as SciPy does. */
  readonly labels: LazyArray;
  /** Number of objects: a 0-d array. */
  readonly count: LazyArray;
}

const result = ({ labels, scan }: LabelNodes): LabelResult => ({
  labels: new LazyArray(labels),
  count: new LazyArray(countNode(scan)),
});

/**
 * Labels connected non-zero elements. The numbering is that of scipy.ndimage.label on the whole array, whatever the
 * chunking; label chunks are recomputed on demand from a small state found in one streaming pass. Images of more than
 * four axes are labelled on the CPU.
 * @throws ArgumentError for a structure that is not 3 per axis or not symmetric, an unknown axis; when it is computed,
 * for more than 2^32 - 2 objects
 * @see scipy.ndimage.label, dask_image.ndmeasure.label
 */
export function label(image: LazyArray, { structure, wrapAxes }: LabelOptions = {}): LabelResult {
  const node = arrayNode(image, 'image');
  return result(labelNodes(node, { structure, wrapAxes: checkAxes(image, wrapAxes) }));
}

function checkAxes(image: LazyArray, axes: LabelOptions['wrapAxes'] = []): number[] {
  if (!Array.isArray(axes)) throw new ArgumentError('wrapAxes', axes, 'a list of axes');
  return axes.map((axis: number | string, i) =>
    typeof axis === 'number'
      ? checkAxis(`wrapAxes[${i}]`, axis, image.rank)
      : image.axis(axis, `wrapAxes[${i}]`),
  );
}

export interface EqualRegionsOptions {
  /** As for {@link label}. Default: all neighbours, diagonal ones too, as scikit-image does. */
  readonly structure?: StructureLike;
  /** The value that belongs to no region; null: every element belongs to one. Default 0. */
  readonly background?: number | null;
}

/**
 * Labels the connected regions of equal values of an integer or bool image, numbered by first pixel.
 * @throws ArgumentError for float images, and as {@link label}
 * @see skimage.measure.label
 */
export function labelEqualRegions(image: LazyArray, options: EqualRegionsOptions = {}): LabelResult {
  const node = arrayNode(image, 'image');
  if (isFloat(node.dtype))
    throw new ArgumentError('image', node.dtype, 'an array of an integer dtype or bool');
  const { structure = generateBinaryStructure(image.rank, image.rank), background = 0 } = options;
  if (background !== null) checkInteger('background', background);
  return result(equalRegionNodes(node, structure, background));
}

/**
 * Makes labels that each chunk numbered on its own (as a function under `mapBlocks` does) labels of the whole
 * image, numbered by first pixel: labels of different chunks that touch become one object. Within a chunk nothing is
 * merged: equal labels are one object there, wherever they are.
 * @param labelImage integer labels; its chunks are the blocks that were labelled
 * @throws ArgumentError for a label image of another dtype, and as {@link label}; when it is computed, for negative
 * labels
 * @see dask_image.ndmeasure.merge_labels_across_chunk_boundaries
 */
export function mergeLabelsAcrossChunkBoundaries(
  labelImage: LazyArray,
  { structure, wrapAxes }: LabelOptions = {},
): LabelResult {
  const node = arrayNode(labelImage, 'labelImage');
  return result(mergedChunksNodes(node, structure, checkAxes(labelImage, wrapAxes)));
}

/** Which label became which: `from[i]` became `to[i]`; ascending. 0 stays 0 and is not listed. */
export interface LabelMap {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

export interface RelabelSequentialResult {
  /** uint32 labels `offset`, `offset` + 1, … in the order of the old ones. */
  readonly labels: LazyArray;
  /** From old to new labels. One pass over the image, unless it has been made. */
  forwardMap(options?: ComputeOptions): Promise<LabelMap>;
  /** From new to old labels. */
  inverseMap(options?: ComputeOptions): Promise<LabelMap>;
}

/**
 * Gives the labels that occur consecutive numbers from `offset` (default 1), in their order; 0 stays 0.
 * @throws ArgumentError for a label image of another than an integer dtype, an offset below 1; when it is computed, for
 * negative labels and for labels beyond uint32
 * @see skimage.segmentation.relabel_sequential
 */
export function relabelSequential(
  labelImage: LazyArray,
  options: { readonly offset?: number } = {},
): RelabelSequentialResult {
  const node = arrayNode(labelImage, 'labelImage');
  const offset = checkInteger('offset', options.offset ?? 1, 1, 2 ** 32 - 1);
  const scan = occurringNode(node);
  const maps = async (compute?: ComputeOptions) => {
    const old = (await computeGlobal<LabelMerge>(scan, compute)).labels();
    return { old, sequential: old.map((_, i) => i + offset) };
  };
  return {
    labels: new LazyArray(renamedNode(node, { offset }).labels),
    async forwardMap(compute) {
      const { old, sequential } = await maps(compute);
      return { from: old, to: sequential };
    },
    async inverseMap(compute) {
      const { old, sequential } = await maps(compute);
      return { from: sequential, to: old };
    },
  };
}

export interface RemoveSmallObjectsOptions {
  /** Objects of fewer elements are removed. Default 64. */
  readonly minSize?: number;
  /** Of a bool image: neighbours at up to this city-block distance connect. Default 1. */
  readonly connectivity?: number;
}

/**
 * Removes small objects: of an integer image every label of fewer than `minSize` elements, of a bool image every
 * connected object. The dtype stays, and so do the labels that are kept.
 * @throws ArgumentError for float images, a minSize below 0, a connectivity that is no integer from 1 to the rank; when
 * it is computed, for negative labels
 * @see skimage.morphology.remove_small_objects
 */
export function removeSmallObjects(image: LazyArray, options: RemoveSmallObjectsOptions = {}): LazyArray {
  const node = arrayNode(image, 'labelImage');
  const minSize = checkInteger('minSize', options.minSize ?? 64, 0);
  const connectivity = checkInteger('connectivity', options.connectivity ?? 1, 1, Math.max(1, image.rank));
  return new LazyArray(largeObjectsNode(node, minSize, connectivity));
}

/**
 * Removes the regions (connected elements of one value, by any neighbours) that have an element at the border or within
 * `bufferSize` (default 0) elements of it. The dtype stays, and so do the labels that are kept.
 * @throws ArgumentError for float images, a bufferSize below 0 or not smaller than every axis
 * @see skimage.segmentation.clear_border
 */
export function clearBorder(
  labelImage: LazyArray,
  options: { readonly bufferSize?: number } = {},
): LazyArray {
  const node = arrayNode(labelImage, 'labelImage');
  const bufferSize = checkInteger('bufferSize', options.bufferSize ?? 0, 0, Math.min(...node.shape) - 1);
  return new LazyArray(clearBorderNode(node, bufferSize + 1));
}

/** Squared distances fit 30 bits. */
const FARTHEST = 2 ** 15 - 1;

/**
 * Grows labels into the background by up to `distance` (default 1) pixels, Euclidean, without overlap: a pixel gets the
 * label nearest to it; of several the one with the smallest last coordinate, of these the smallest last but one, and so
 * on, which is what scikit-image gives. The dtype stays.
 * @throws ArgumentError for another than an integer dtype, a distance that is not from 0 to 32767; when it is computed,
 * for 64-bit labels out of the range of uint32
 * @see skimage.segmentation.expand_labels
 */
export function expandLabels(labelImage: LazyArray, options: { readonly distance?: number } = {}): LazyArray {
  const node = arrayNode(labelImage, 'labelImage');
  const distance = checkFinite('distance', options.distance ?? 1);
  if (distance < 0 || distance > FARTHEST)
    throw new ArgumentError('distance', distance, `a number from 0 to ${FARTHEST}`);
  return new LazyArray(expandLabelsNode(node, distance));
}

/** Labels by themselves, or by a predicate on the rows of their table. */
export type LabelChoice =
  | Iterable<number>
  | { readonly table: RegionTable; readonly where: (row: RegionRecord) => boolean };

/**
 * Keeps the chosen labels under their numbers and removes the others: labels in a list or set, or those whose row of a
 * table fulfils a condition, as in `selectLabels(labels, { table, where: (row) => row.area > 50 })`. uint32.
 * @throws ArgumentError for a label image of another than an integer dtype, labels that are no integers from 1 to
 * 2^32 - 1, a table without labels; when it is computed, for negative labels in the image
 */
export function selectLabels(labelImage: LazyArray, keep: LabelChoice): LazyArray {
  const node = arrayNode(labelImage, 'labelImage');
  const labels = checkLabels('keep', isIterable(keep) ? keep : chosenRows(keep)).sort();
  return new LazyArray(renamedNode(node, { from: labels, to: labels, others: 'remove' }).labels);
}

const isIterable = (value: unknown): value is Iterable<number> =>
  typeof (value as Iterable<number> | undefined)?.[Symbol.iterator] === 'function';

function* chosenRows({ table, where }: Exclude<LabelChoice, Iterable<number>>): Generator<number> {
  if (typeof where !== 'function' || typeof table?.column !== 'function')
    throw new ArgumentError('keep', where, 'labels, or { table, where }');
  const labels = table.column('label');
  for (let i = 0; i < table.length; i++) if (where(table.row(i))) yield labels[i];
}

function checkLabels(argument: string, labels: Iterable<unknown>, lowest = 1): Uint32Array {
  return Uint32Array.from(labels, (value, i) =>
    checkInteger(`${argument}[${i}]`, value, lowest, 2 ** 32 - 1),
  );
}

/**
 * Gives labels other numbers: each key of `map` becomes its value (0 removes it; several may become one), and other
 * labels stay. uint32.
 * @throws ArgumentError for a label image of another than an integer dtype, keys and values that are no labels; when it
 * is computed, for negative labels in the image
 */
export function mapLabels(labelImage: LazyArray, map: ReadonlyMap<number, number>): LazyArray {
  const node = arrayNode(labelImage, 'labelImage');
  if (!(map instanceof Map)) throw new ArgumentError('map', map, 'a Map from labels to labels');
  const from = checkLabels('map.keys', map.keys()).sort();
  const to = checkLabels(
    'map.values',
    Array.from(from, (key) => map.get(key)),
    0,
  );
  return new LazyArray(renamedNode(node, { from, to, others: 'keep' }).labels);
}
