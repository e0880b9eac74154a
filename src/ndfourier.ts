/**
 * Discrete Fourier transforms, as numpy.fft names them, and filters of spectra, as dask_image.ndfourier does. Semantics
 * are scipy.fft's and scipy.ndimage's.
 *
 * @example
 * {@includeCode ../docs/examples/ndfourier.mjs}
 *
 * @module ndfourier
 */
import { anyArrayNode, LazyArray } from './lazyArray';
import { type FourierFilterOptions, fourierFilterNode } from './ops/ndfourier/filters';

export {
  type FourierNorm,
  type FourierTransformOptions,
  fftn,
  fftshift,
  ifftn,
  ifftshift,
  irfftn,
  rfftn,
} from './fourierTransforms';
export type { FourierFilterOptions };

/**
 * Multiplies a spectrum by the transform of a Gaussian of standard deviation `sigma`, in elements of the image: one for
 * all axes or one per axis. float32, complex64 and complex128 stay; everything else gives float64.
 * @param image a spectrum of any number of axes, zero frequency first, real or complex
 * @throws ArgumentError for a sequence of the wrong length, an axis that the spectrum does not have, an `n` whose real
 * transform has another number of frequencies
 * @see scipy.ndimage.fourier_gaussian
 */
export function fourierGaussian(
  image: LazyArray,
  sigma: number | readonly number[],
  options: FourierFilterOptions = {},
): LazyArray {
  return new LazyArray(fourierFilterNode(anyArrayNode(image, 'image'), 'gaussian', 'sigma', sigma, options));
}

/**
 * Multiplies a spectrum by the transform of a box of side `size`. dtypes and errors are those of
 * {@link fourierGaussian}.
 * @see scipy.ndimage.fourier_uniform
 */
export function fourierUniform(
  image: LazyArray,
  size: number | readonly number[],
  options: FourierFilterOptions = {},
): LazyArray {
  return new LazyArray(fourierFilterNode(anyArrayNode(image, 'image'), 'uniform', 'size', size, options));
}

/**
 * Multiplies a spectrum by the transform of an ellipsoid of these diameters. dtypes and errors are those of
 * {@link fourierGaussian}.
 * @param image a spectrum of at most three axes
 * @see scipy.ndimage.fourier_ellipsoid
 */
export function fourierEllipsoid(
  image: LazyArray,
  size: number | readonly number[],
  options: FourierFilterOptions = {},
): LazyArray {
  return new LazyArray(fourierFilterNode(anyArrayNode(image, 'image'), 'ellipsoid', 'size', size, options));
}

/**
 * Multiplies a spectrum by the transform of a (fractional) shift, to higher indices. complex64 stays; everything else
 * gives complex128. Errors are those of {@link fourierGaussian}.
 * @see scipy.ndimage.fourier_shift
 */
export function fourierShift(
  image: LazyArray,
  shift: number | readonly number[],
  options: FourierFilterOptions = {},
): LazyArray {
  return new LazyArray(fourierFilterNode(anyArrayNode(image, 'image'), 'shift', 'shift', shift, options));
}
