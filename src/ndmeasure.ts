/**
 * Labelling and measurement, as dask_image.ndmeasure names them. Semantics are scipy.ndimage's.
 *
 * @example
 * {@includeCode ../docs/examples/ndmeasure.mjs}
 *
 * @module ndmeasure
 */
import { checkFinite, checkInteger } from './core/checks';
import { isInteger } from './core/dtype';
import { ArgumentError } from './core/errors';
import { computeGlobal } from './exec/compute';
import type { ComputeOptions } from './exec/options';
import { arrayNode, LazyArray } from './lazyArray';
import { histogramNode, integerBins, otsu } from './ops/ndmeasure/histogram';
import { type Index, type MeasurementName, measureNode } from './ops/ndmeasure/measure';
import type { RegionRows } from './ops/ndmeasure/regionRows';
import { regionsNode } from './ops/ndmeasure/regions';
import { type Statistics, statisticsNode } from './ops/reductions';

export * from './labelling';
export type { RegionProperty } from './ops/ndmeasure/regionProperties';
export { type RegionColumn, type RegionRecord, RegionTable } from './regionColumns';
export { type PixelSize, REGION_PROPERTIES, type RegionTableOptions, regionTable } from './regionTable';

/** Labels and indices of a measurement. */
export interface MeasureOptions {
  /** Integer array of the image's shape; without it the whole image is one region. */
  readonly labelImage?: LazyArray;
  /** Labels to measure: one, or several; without it all labels above 0 are one region. */
  readonly index?: number | ArrayLike<number | bigint>;
}

/**
 * Number of elements of each region.
 * @returns int64, 0-d or one per index; 0 for a label that does not occur
 * @throws ArgumentError for label images of another shape or of a float dtype, an index that is not integer
 */
export const area = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('area', image, options);

/** Mean of each region; float64, NaN for a label that does not occur. @see scipy.ndimage.mean */
export const mean = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('mean', image, options);

/** Sum of each region; float64. @see scipy.ndimage.sum_labels */
export const sumLabels = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('sumLabels', image, options);

/** Smallest value of each region, in the image's dtype; 0 for a label that does not occur. @see scipy.ndimage.minimum */
export const minimum = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('minimum', image, options);

/** Largest value of each region, in the image's dtype; 0 for a label that does not occur. @see scipy.ndimage.maximum */
export const maximum = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('maximum', image, options);

/**
 * Centre of mass of each region in pixels: float64 with a last axis of the image's rank.
 * @see scipy.ndimage.center_of_mass
 */
export const centerOfMass = (image: LazyArray, options: MeasureOptions = {}): LazyArray =>
  measure('centerOfMass', image, options);

function measure(name: MeasurementName, image: LazyArray, { labelImage, index }: MeasureOptions): LazyArray {
  const labels = labelImage === undefined ? undefined : arrayNode(labelImage, 'labelImage');
  return new LazyArray(measureNode(name, arrayNode(image, 'image'), labels, parseIndex(index)));
}

function parseIndex(index: number | ArrayLike<number | bigint> | undefined): Index | undefined {
  if (index === undefined) return undefined;
  if (typeof index === 'number') return { values: Float64Array.of(checkInteger('index', index)), shape: [] };
  if (typeof index?.length !== 'number')
    throw new ArgumentError('index', index, 'an integer or a sequence of integers');
  const values = Float64Array.from(Array.from(index, Number), (value, i) =>
    checkInteger(`index[${i}]`, value),
  );
  return { values, shape: [values.length] };
}

/** A bounding box: [start, stop) per axis. */
export type BoundingBox = readonly (readonly [start: number, stop: number])[];

/**
 * The bounding box of every label from 1 to the largest; null where a label does not occur.
 * @see scipy.ndimage.find_objects
 */
export async function findObjects(
  labelImage: LazyArray,
  options: ComputeOptions = {},
): Promise<(BoundingBox | null)[]> {
  const rows = await computeGlobal<RegionRows>(regionsNode(arrayNode(labelImage, 'labelImage')), options);
  const boxes: (BoundingBox | null)[] = [];
  for (const value of rows.labels) {
    while (boxes.length < value - 1) boxes.push(null);
    const row = rows.get(value)!;
    boxes.push(row.start.map((start, axis) => [start, row.stop[axis]] as const));
  }
  return boxes;
}

/**
 * Counts in `bins` equal bins over [min, max], the right edge closed; values outside are dropped.
 * @throws ArgumentError unless min < max are finite and bins is a positive integer
 * @see numpy.histogram
 */
export async function histogram(
  image: LazyArray,
  min: number,
  max: number,
  bins: number,
  options: ComputeOptions = {},
): Promise<Float64Array> {
  const node = arrayNode(image, 'image');
  const low = checkFinite('min', min);
  const high = checkFinite('max', max);
  if (high <= low) throw new ArgumentError('max', max, `a number above min (${min})`);
  checkInteger('bins', bins, 1, 2 ** 24);
  return (await computeGlobal<Float64Array>(histogramNode(node, low, high, bins), options)).slice();
}

/** Integer images of a wider range are binned like floats. */
const MOST_INTEGER_BINS = 2 ** 20;

export interface OtsuOptions extends ComputeOptions {
  /** Bins of the histogram of a float image; integer images have one bin per value. Default 256. */
  readonly nbins?: number;
}

/**
 * Otsu's threshold: the value that best splits the histogram in two classes; elements above it are foreground.
 * @see skimage.filters.threshold_otsu
 */
export async function thresholdOtsu(image: LazyArray, options: OtsuOptions = {}): Promise<number> {
  const node = arrayNode(image, 'image');
  const bins = checkInteger('nbins', options.nbins ?? 256, 2, 2 ** 24);
  const exact = integerBins(node.dtype);
  if (exact) {
    const counts = await computeGlobal<Float64Array>(
      histogramNode(node, exact.low, exact.high, exact.bins),
      options,
    );
    return trimmedOtsu(counts, (i) => exact.low + i);
  }
  const { minimum: low, maximum: high } = await computeGlobal<Statistics>(statisticsNode(node), options);
  const [first, last] = [Number(low), Number(high)];
  if (!Number.isFinite(first) || !Number.isFinite(last))
    throw new ArgumentError('image', [first, last], 'an image of finite values');
  if (first === last) return first;
  if (isInteger(node.dtype) && last - first < MOST_INTEGER_BINS) {
    const counts = await computeGlobal<Float64Array>(
      histogramNode(node, first, last + 1, last + 1 - first),
      options,
    );
    return trimmedOtsu(counts, (i) => first + i);
  }
  const counts = await computeGlobal<Float64Array>(histogramNode(node, first, last, bins), options);
  const single = node.dtype === 'float32' ? Math.fround : (value: number) => value;
  const edge = (i: number) => single(first + (i * (last - first)) / bins);
  return trimmedOtsu(counts, (i) => single((edge(i) + edge(i + 1)) / 2));
}

/** Bins before the first and after the last count are not part of the histogram. */
function trimmedOtsu(counts: Float64Array, centre: (bin: number) => number): number {
  const first = counts.findIndex((n) => n > 0);
  const last = counts.findLastIndex((n) => n > 0);
  const part = counts.subarray(first, last + 1);
  return otsu(
    part,
    Float64Array.from(part, (_, i) => centre(first + i)),
  );
}
