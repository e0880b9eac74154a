/**
 * Filters, as dask_image.ndfilters names them. Semantics are scipy.ndimage's; output dtype = input dtype.
 * Linear filters take complex images, too: real and imaginary parts on their own, with `cval` beyond the real ones.
 *
 * @example
 * {@includeCode ../docs/examples/ndfilters.mjs}
 *
 * @module ndfilters
 */
import type { AnyFunction } from './functions';
import { type GenericFilterOptions, genericFilterNode } from './genericFilter';
import { arrayNode, LazyArray } from './lazyArray';
import { type CorrelateOptions, convolveNode, correlateNode } from './ops/ndfilters/correlate';
import {
  type DerivativeOptions,
  type EdgeOptions,
  type GaussianDerivativeOptions,
  gaussianGradientMagnitudeNode,
  gaussianLaplaceNode,
  laplaceNode,
  prewittNode,
  sobelNode,
} from './ops/ndfilters/derivatives';
import { type GaussianOptions, gaussianNode } from './ops/ndfilters/gaussian';
import { extremumNode, medianNode, percentileNode, rankNode } from './ops/ndfilters/order';
import { type ThresholdLocalOptions, thresholdLocalNode } from './ops/ndfilters/thresholdLocal';
import { type UniformOptions, uniformNode } from './ops/ndfilters/uniform';
import type { Weights, WeightsLike } from './ops/ndfilters/weights';
import type { WindowOptions } from './ops/ndfilters/window';
import type { WindowFunction } from './ops/ndfilters/windowFunction';
import { linearOperation } from './overParts';

export type { BoundaryMode } from './core/boundary';
export type { NestedArray, Structure, StructureLike } from './core/structure';
export type {
  CorrelateOptions,
  DerivativeOptions,
  EdgeOptions,
  GaussianDerivativeOptions,
  GaussianOptions,
  GenericFilterOptions,
  ThresholdLocalOptions,
  UniformOptions,
  Weights,
  WeightsLike,
  WindowFunction,
  WindowOptions,
};

/**
 * Correlation with weights of any shape; weights of even sides have their centre at side / 2. Integer results are
 * summed in float64 and truncated once. Floats take separable weights (all non-zero) as 1-D passes.
 * @param image array of any rank and dtype
 * @param weights nested arrays, or flat data with a shape, of the image's rank
 * @throws ArgumentError for weights of another rank, empty or not finite, an origin that leaves them, an unknown mode
 * @see scipy.ndimage.correlate
 */
export function correlate(image: LazyArray, weights: WeightsLike, options: CorrelateOptions = {}): LazyArray {
  return linearOperation(image, options, (part, own) => correlateNode(part, weights, own));
}

/**
 * Convolution: {@link correlate} with the weights mirrored. Throws like it.
 * @see scipy.ndimage.convolve
 */
export function convolve(image: LazyArray, weights: WeightsLike, options: CorrelateOptions = {}): LazyArray {
  return linearOperation(image, options, (part, own) => convolveNode(part, weights, own));
}

/**
 * Sum over the axes of second differences [1, -2, 1]; integers wrap.
 * @throws ArgumentError for modes that are unknown or not one per axis
 * @see scipy.ndimage.laplace
 */
export function laplace(image: LazyArray, options: EdgeOptions = {}): LazyArray {
  return linearOperation(image, options, laplaceNode);
}

/**
 * Difference [-1, 0, 1] along one axis, sums [1, 1, 1] along the others; integers wrap pass by pass.
 * @throws ArgumentError for an axis that the image does not have, modes that are unknown or not one per axis
 * @see scipy.ndimage.prewitt
 */
export function prewitt(image: LazyArray, options: DerivativeOptions = {}): LazyArray {
  return linearOperation(image, options, prewittNode);
}

/**
 * Difference [-1, 0, 1] along one axis, smoothing [1, 2, 1] along the others; integers wrap pass by pass. Throws as
 * {@link prewitt}.
 * @see scipy.ndimage.sobel
 */
export function sobel(image: LazyArray, options: DerivativeOptions = {}): LazyArray {
  return linearOperation(image, options, sobelNode);
}

/**
 * Root of the summed squares of first Gaussian derivatives. Squares of integers wrap in the image's dtype, as in
 * SciPy; where they wrap to below zero the result is 0.
 * @throws ArgumentError for a negative or NaN sigma, sequences of the wrong length, an unknown mode
 * @see scipy.ndimage.gaussian_gradient_magnitude
 */
export function gaussianGradientMagnitude(
  image: LazyArray,
  sigma: number | readonly number[],
  options: GaussianDerivativeOptions = {},
): LazyArray {
  return new LazyArray(gaussianGradientMagnitudeNode(arrayNode(image, 'image'), sigma, options));
}

/**
 * Sum over the axes of second Gaussian derivatives; integers wrap. Throws as {@link gaussianGradientMagnitude}.
 * @see scipy.ndimage.gaussian_laplace
 */
export function gaussianLaplace(
  image: LazyArray,
  sigma: number | readonly number[],
  options: GaussianDerivativeOptions = {},
): LazyArray {
  return linearOperation(image, options, (part, own) => gaussianLaplaceNode(part, sigma, own));
}

/**
 * The local threshold of each pixel, float64: a mean or the median of its neighbourhood, or what a function makes of it,
 * minus `offset`. Compare the image with it: `image.gt(thresholdLocal(image, 51))`. float64 is computed on the CPU.
 * @param blockSize side of the neighbourhood in pixels, one for all axes or one per axis
 * @throws ArgumentError for a block size below 1, an unknown method or mode, a negative or NaN `param`, and a `param` that
 * is no function where the method is `generic`; for functions as {@link genericFilter}
 * @see dask_image.ndfilters.threshold_local
 */
export function thresholdLocal(
  image: LazyArray,
  blockSize: number | readonly number[],
  options: ThresholdLocalOptions<AnyFunction<WindowFunction>> = {},
): LazyArray {
  return new LazyArray(thresholdLocalNode(arrayNode(image, 'image'), blockSize, options, genericFilterNode));
}

/**
 * Gaussian filter, or its derivatives, as 1-D passes along each axis; integer results are truncated pass by pass.
 * @param image array of any rank and dtype
 * @param sigma standard deviation in pixels, one for all axes or one per axis; an axis of sigma 0 is not filtered
 * @throws ArgumentError for a negative or NaN sigma, sequences of the wrong length, an order outside 0 to 3, an
 * unknown mode
 * @see scipy.ndimage.gaussian_filter
 */
export function gaussianFilter(
  image: LazyArray,
  sigma: number | readonly number[],
  options: GaussianOptions = {},
): LazyArray {
  return linearOperation(image, options, (part, own) => gaussianNode(part, sigma, own));
}

/** The same as {@link gaussianFilter}: dask-image has both names. */
export const gaussian = gaussianFilter;

/**
 * Mean over a box, as running sums along each axis; integer results are truncated pass by pass.
 * @throws ArgumentError for a size below 1, an origin that leaves the box, an unknown mode
 * @see scipy.ndimage.uniform_filter
 */
export function uniformFilter(image: LazyArray, options: UniformOptions = {}): LazyArray {
  return linearOperation(image, options, uniformNode);
}

/**
 * Smallest element of a box or footprint around each pixel. NaN is larger than every number, in all order statistics
 * here: the minimum ignores it.
 * @param image array of any dtype, and of any rank as long as the window extends along at most four axes
 * @throws ArgumentError unless exactly one of size and footprint is given; for a size below 1, a footprint of another
 * rank or without elements, an origin that leaves the window, an unknown mode
 * @see scipy.ndimage.minimum_filter
 */
export function minimumFilter(image: LazyArray, options: WindowOptions): LazyArray {
  return new LazyArray(extremumNode(arrayNode(image, 'image'), false, options));
}

/** Largest element of a box or footprint around each pixel. Throws as {@link minimumFilter}. @see scipy.ndimage.maximum_filter */
export function maximumFilter(image: LazyArray, options: WindowOptions): LazyArray {
  return new LazyArray(extremumNode(arrayNode(image, 'image'), true, options));
}

/**
 * Middle element of a box or footprint around each pixel; of an even number of elements, the upper of the two in the
 * middle. Throws as {@link minimumFilter}.
 * @see scipy.ndimage.median_filter
 */
export function medianFilter(image: LazyArray, options: WindowOptions): LazyArray {
  return new LazyArray(medianNode(arrayNode(image, 'image'), options));
}

/**
 * Element of a rank of a box or footprint around each pixel.
 * @param rank 0 for the smallest element, 1 for the next; -1 for the largest, -2 for the one before
 * @throws ArgumentError as {@link minimumFilter}, and for a rank that the window does not have
 * @see scipy.ndimage.rank_filter
 */
export function rankFilter(image: LazyArray, rank: number, options: WindowOptions): LazyArray {
  return new LazyArray(rankNode(arrayNode(image, 'image'), rank, options));
}

/**
 * Element of a box or footprint around each pixel at a percentile: of n elements, number `n * percentile / 100` in
 * order, rounded down.
 * @param percentile 0 to 100; negative ones count from 100
 * @throws ArgumentError as {@link minimumFilter}, and for a percentile beyond 100
 * @see scipy.ndimage.percentile_filter
 */
export function percentileFilter(image: LazyArray, percentile: number, options: WindowOptions): LazyArray {
  return new LazyArray(percentileNode(arrayNode(image, 'image'), percentile, options));
}

/**
 * What a function makes of the values of a box or footprint around each pixel: float64, C order, in an array that the
 * next call uses again. Its results are cast to the dtype of the result as C does (truncated, wrapped). It runs on the
 * calling thread, or in the workers when a module has it.
 *
 * In WGSL it is `fn apply() -> f32`, or an expression: `value(i)` is the value number `i` of `COUNT` as f32, `argument(i)`
 * an extra argument. On a GPU 32- and 64-bit integers and float64 are left to the counterpart in JavaScript.
 * @param fn `(values, ...extraArguments) => number`, `{ module, name }` or `{ wgsl, cpu }`
 * @throws ArgumentError as {@link minimumFilter}, and for what is no such function. Reads reject with a FunctionError when
 * the function throws (its `cause`), returns no number, or does not compile
 * @see scipy.ndimage.generic_filter
 */
export function genericFilter(
  image: LazyArray,
  fn: AnyFunction<WindowFunction>,
  options: GenericFilterOptions,
): LazyArray {
  return new LazyArray(genericFilterNode(arrayNode(image, 'image'), fn, options));
}
