// Filters, as dask_image.ndfilters names them. Semantics are scipy.ndimage's; output dtype = input dtype.
import { arrayNode, LazyArray } from './lazyArray';
import { type GaussianOptions, gaussianNode } from './ops/ndfilters/gaussian';
import { type UniformOptions, uniformNode } from './ops/ndfilters/uniform';

export type { BoundaryMode } from './core/boundary';
export type { GaussianOptions, UniformOptions };

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
  return new LazyArray(gaussianNode(arrayNode(image, 'image'), sigma, options));
}

/** The same as {@link gaussianFilter}: dask-image has both names. */
export const gaussian = gaussianFilter;

/**
 * Mean over a box, as running sums along each axis; integer results are truncated pass by pass.
 * @throws ArgumentError for a size below 1, an origin that leaves the box, an unknown mode
 * @see scipy.ndimage.uniform_filter
 */
export function uniformFilter(image: LazyArray, options: UniformOptions = {}): LazyArray {
  return new LazyArray(uniformNode(arrayNode(image, 'image'), options));
}
