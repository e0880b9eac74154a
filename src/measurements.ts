// Measurements by label, as scipy.ndimage's functions of these names make them.
import { checkInteger } from './core/checks';
import { computeGlobal } from './exec/compute';
import type { ComputeOptions } from './exec/options';
import { arrayNode, LazyArray } from './lazyArray';
import { type LabelList, type MeasureOptions, parseIndex } from './measureIndex';
import { type MeasurementName, measureNode } from './ops/ndmeasure/measure';
import type { RegionRows } from './ops/ndmeasure/regionRows';
import { regionsNode } from './ops/ndmeasure/regions';

export type { LabelList, MeasureOptions };

/**
 * Number of elements of each region.
 * @returns int64 of the index's shape; 0 for a label that does not occur
 * @throws ArgumentError for label images of another shape, of a float or complex dtype, an index that is not integer, an
 * index without labels; when it is computed, for negative labels and for labels beyond uint32. So do all measurements
 * @see dask_image.ndmeasure.area
 */
export const area = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('area', image, options);

/** Mean of each region; float64, NaN for a label that does not occur. @see scipy.ndimage.mean */
export const mean = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('mean', image, options);

/**
 * Sum of each region: float64, of integers the one nearest to the exact sum, whatever its size; 0 for a label that does
 * not occur. @see scipy.ndimage.sum_labels
 */
export const sumLabels = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('sumLabels', image, options);

/** Another name of {@link sumLabels}. @see scipy.ndimage.sum */
export const sum = sumLabels;

/**
 * Variance of each region, its sum of squared distances from the mean divided by its number of elements: float64, NaN for
 * a label that does not occur. Of integers of up to 32 bits it is exact but for one rounding; of others no digits are lost
 * to the size of the mean. @see scipy.ndimage.variance
 */
export const variance = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('variance', image, options);

/** Standard deviation of each region, the root of {@link variance}. @see scipy.ndimage.standard_deviation */
export const standardDeviation = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('standardDeviation', image, options);

/**
 * Smallest value of each region, in the image's dtype; 0 for a label that does not occur. NaN is passed over in a list of
 * labels, unless there is nothing else, and wins in a single region, as in SciPy. @see scipy.ndimage.minimum
 */
export const minimum = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('minimum', image, options);

/**
 * Largest value of each region, in the image's dtype; NaN where there is one, 0 for a label that does not occur.
 * @see scipy.ndimage.maximum
 */
export const maximum = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('maximum', image, options);

/**
 * Where the {@link minimum} of each region is: int64 coordinates, a last axis of the image's rank; zeros for a label that
 * does not occur. Of several equal values it is the first in C order, as in SciPy for one region (which for lists of
 * labels takes the one that its sorting happens to leave in front). @see scipy.ndimage.minimum_position
 */
export const minimumPosition = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('minimumPosition', image, options);

/** Where the {@link maximum} of each region is; as {@link minimumPosition}. @see scipy.ndimage.maximum_position */
export const maximumPosition = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('maximumPosition', image, options);

/** What {@link extrema} finds, each as the function of its name. */
export interface Extrema {
  readonly minimum: LazyArray;
  readonly maximum: LazyArray;
  readonly minimumPosition: LazyArray;
  readonly maximumPosition: LazyArray;
}

/** Smallest and largest value of each region, and where they are: one pass for all four. @see scipy.ndimage.extrema */
export const extrema = (image: LazyArray, options: MeasureOptions = {}): Extrema => ({
  minimum: minimum(image, options),
  maximum: maximum(image, options),
  minimumPosition: minimumPosition(image, options),
  maximumPosition: maximumPosition(image, options),
});

/**
 * Centre of mass of each region in pixels: float64 with a last axis of the image's rank; NaN for a label that does not
 * occur, and where the values add up to 0.
 * @see scipy.ndimage.center_of_mass
 */
export const centerOfMass = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('centerOfMass', image, options);

function measure(name: MeasurementName, image: LazyArray, { labelImage, index }: MeasureOptions): LazyArray {
  const labels = labelImage === undefined ? undefined : arrayNode(labelImage, 'labelImage');
  return new LazyArray(measureNode(name, arrayNode(image, 'image'), labels, parseIndex(index)));
}

/** A bounding box: [start, stop) per axis. */
export type BoundingBox = readonly (readonly [start: number, stop: number])[];

export interface FindObjectsOptions extends ComputeOptions {
  /** Labels above it are left out, and the list has this length. Default: the largest label. */
  readonly maxLabel?: number;
}

/**
 * The bounding box of every label from 1 to the largest; null where a label does not occur.
 * @throws ArgumentError as {@link area}, and for a maxLabel that is not an integer of at least 0
 * @see scipy.ndimage.find_objects
 */
export async function findObjects(
  labelImage: LazyArray,
  options: FindObjectsOptions = {},
): Promise<(BoundingBox | null)[]> {
  const node = arrayNode(labelImage, 'labelImage');
  const maxLabel = checkInteger('maxLabel', options.maxLabel ?? 0, 0);
  const rows = await computeGlobal<RegionRows>(regionsNode(node), options);
  const { labels } = rows;
  const boxes = new Array<BoundingBox | null>(maxLabel || (labels.at(-1) ?? 0)).fill(null);
  const read = rows.reader();
  for (const label of labels) {
    if (label > boxes.length) break;
    const { start, stop } = read(label);
    boxes[label - 1] = start.map((first, axis) => [first, stop[axis]] as const);
  }
  return boxes;
}
