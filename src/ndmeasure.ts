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
import { arrayNode, type LazyArray } from './lazyArray';
import { histogramNode, integerBins, otsu } from './ops/ndmeasure/histogram';
import { type Statistics, statisticsNode } from './ops/reductions';

export * from './labelling';
export * from './measurements';
export type { RegionProperty } from './ops/ndmeasure/regionProperties';
export { type RegionColumn, type RegionRecord, RegionTable } from './regionColumns';
export { type PixelSize, REGION_PROPERTIES, type RegionTableOptions, regionTable } from './regionTable';

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
