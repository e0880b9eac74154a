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
import { arrayNode, type LazyArray, type NDArray } from './lazyArray';
import { distinct, type LabelList, type MeasureOptions, regionsOf } from './measureIndex';
import { histogramNode, integerBins, otsu } from './ops/ndmeasure/histogram';
import { rankIn } from './ops/ndmeasure/labelForest';
import { labelHistogramNode } from './ops/ndmeasure/labelHistogram';
import { type Statistics, statisticsNode } from './ops/reductions';

export * from './labelling';
export * from './labelStatistics';
export * from './measurements';
export type { RegionProperty } from './ops/ndmeasure/regionProperties';
export { type RegionColumn, type RegionRecord, RegionTable } from './regionColumns';
export { type PixelSize, REGION_PROPERTIES, type RegionTableOptions, regionTable } from './regionTable';

export interface HistogramOptions extends ComputeOptions, Pick<MeasureOptions, 'labelImage'> {
  /** Without it all labels above 0 are one region. */
  readonly index?: number | bigint;
}

export interface HistogramsOptions extends ComputeOptions {
  readonly labelImage: LazyArray;
  readonly index: LabelList;
}

/**
 * Counts in `bins` equal bins over [min, max], the right edge closed; values outside are dropped. Of the whole image, or
 * of a region of a label image.
 * @throws ArgumentError unless min < max are finite and bins is a positive integer, and as {@link area}
 * @see numpy.histogram, scipy.ndimage.histogram
 */
export async function histogram(
  image: LazyArray,
  min: number,
  max: number,
  bins: number,
  options?: HistogramOptions,
): Promise<Float64Array>;
/**
 * The same for a list of labels: float64 of the index's shape with a last axis of `bins` counts. They are 0 for a label
 * that does not occur (SciPy gives None).
 */
export async function histogram(
  image: LazyArray,
  min: number,
  max: number,
  bins: number,
  options: HistogramsOptions,
): Promise<NDArray>;
export async function histogram(
  image: LazyArray,
  min: number,
  max: number,
  bins: number,
  options: HistogramOptions | HistogramsOptions = {},
): Promise<Float64Array | NDArray> {
  const node = arrayNode(image, 'image');
  const low = checkFinite('min', min);
  const high = checkFinite('max', max);
  if (high <= low) throw new ArgumentError('max', max, `a number above min (${min})`);
  checkInteger('bins', bins, 1, 2 ** 24);
  const { labelImage, index: given } = options;
  if (labelImage === undefined && given === undefined)
    return (await computeGlobal<Float64Array>(histogramNode(node, low, high, bins), options)).slice();
  const { labels, index } = regionsOf(image, labelImage, given);
  const wanted = distinct(index);
  const params = { labels: wanted, low, high, bins };
  const counts = await computeGlobal<Float64Array>(labelHistogramNode(labels, node, params), options);
  const data = new Float64Array(index.values.length * bins);
  index.values.forEach((label, i) => {
    const place = rankIn(wanted, label);
    if (wanted[place] === label) data.set(counts.subarray(place * bins, (place + 1) * bins), i * bins);
  });
  if (typeof given !== 'object') return data;
  const shape = [...index.shape, bins];
  return { data, shape, dtype: 'float64', dimensionNames: shape.map(() => null) };
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
