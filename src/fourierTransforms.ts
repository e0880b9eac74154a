// The transforms of the module ndfourier.
import { ArgumentError } from './core/errors';
import type { GraphNode } from './core/graph';
import { keptNode } from './exec/kept';
import { anyArrayNode, LazyArray } from './lazyArray';
import { type FourierNorm, type TransformName, transformNode } from './ops/ndfourier/transforms';
import { concatenateNode, sliceNode } from './ops/views';

export type { FourierNorm };

/** Options of the Fourier transforms. */
export interface FourierTransformOptions {
  /**
   * Length of the result along each of `axes` (of the real image, of `rfftn` and `irfftn`): lines are cut or filled
   * with zeros at their end. Default: the image's; of `irfftn`, along the last of them, twice the frequencies less one.
   */
  readonly s?: readonly number[];
  /** Axes, by number or dimension name, each once. Default: all, or the last ones if `s` is given. */
  readonly axes?: readonly (number | string)[];
  /**
   * Which transforms are scaled: `backward` (default) the inverse ones by 1/n, n being the product of the lengths,
   * `forward` the others so, `ortho` both by 1/sqrt(n).
   */
  readonly norm?: FourierNorm;
}

/**
 * The n-dimensional discrete Fourier transform, of any lengths: complex64 of float32 and complex64, complex128 of all
 * other dtypes. Frequency zero comes first.
 *
 * Lines are transformed whole, along one axis after the other. Axes whose lengths have a product of at most 2^20 are
 * transformed tile by tile; a larger image makes a pass more for each axis, or group of axes, that a tile does not hold,
 * and the array in between is kept in memory with the lazy array, until all of the result has been computed. Lines of more than 2^20 elements run on the CPU.
 * @param image an array of any number of axes, real or complex
 * @throws ArgumentError for axes that the image does not have or that are repeated, lengths in another number or below
 * 1, an unknown norm
 * @see scipy.fft.fftn, numpy.fft.fftn
 */
export function fftn(image: LazyArray, options: FourierTransformOptions = {}): LazyArray {
  return transform(image, 'fftn', options);
}

/** The inverse of {@link fftn}; dtypes and errors are the same. @see scipy.fft.ifftn, numpy.fft.ifftn */
export function ifftn(image: LazyArray, options: FourierTransformOptions = {}): LazyArray {
  return transform(image, 'ifftn', options);
}

/**
 * The transform of a real image, without the negative frequencies along the last of `axes`, which mirror the others:
 * floor(n / 2) + 1 remain of a length n. dtypes are those of {@link fftn}, and so are errors; complex images throw one.
 * @see scipy.fft.rfftn, numpy.fft.rfftn
 */
export function rfftn(image: LazyArray, options: FourierTransformOptions = {}): LazyArray {
  return transform(image, 'rfftn', options);
}

/**
 * The inverse of {@link rfftn}: float32 of float32 and complex64, float64 of all other dtypes. A real image of odd
 * length along the last of `axes` needs `s`. Errors are those of {@link fftn}, and one for a single frequency there.
 * @see scipy.fft.irfftn, numpy.fft.irfftn
 */
export function irfftn(image: LazyArray, options: FourierTransformOptions = {}): LazyArray {
  return transform(image, 'irfftn', options);
}

/**
 * Moves frequency zero to the middle, to floor(n / 2) along each of `axes` (default: all). dtypes stay.
 * @param image an array of any dtype and number of axes
 * @throws ArgumentError for axes that the image does not have
 * @see numpy.fft.fftshift
 */
export function fftshift(image: LazyArray, axes?: number | string | readonly (number | string)[]): LazyArray {
  return rolled(image, axes, (n) => n - (n >> 1));
}

/** The inverse of {@link fftshift}, whose errors it has. @see numpy.fft.ifftshift */
export function ifftshift(
  image: LazyArray,
  axes?: number | string | readonly (number | string)[],
): LazyArray {
  return rolled(image, axes, (n) => n >> 1);
}

function transform(
  image: LazyArray,
  name: TransformName,
  { s, axes, norm }: FourierTransformOptions,
): LazyArray {
  const node = anyArrayNode(image, 'image');
  const numbers = axes === undefined ? undefined : axisNumbers(image, axes);
  return new LazyArray(transformNode(node, name, { s, axes: numbers, norm }, keptNode));
}

function axisNumbers(image: LazyArray, axes: unknown): number[] {
  if (!Array.isArray(axes)) throw new ArgumentError('axes', axes, 'a list of axes');
  return axes.map((axis, i) => image.axis(axis, `axes[${i}]`));
}

/** The image with what begins at `split(n)` along each axis moved to its beginning. */
function rolled(image: LazyArray, axes: unknown, split: (length: number) => number): LazyArray {
  const node = anyArrayNode(image, 'image');
  const list = axes === undefined ? node.shape.map((_, axis) => axis) : Array.isArray(axes) ? axes : [axes];
  return new LazyArray(
    axisNumbers(image, list).reduce((current: GraphNode, axis) => {
      const n = current.shape[axis];
      const part = (start: number, stop: number) =>
        sliceNode(
          current,
          current.shape.map((_, i) => (i === axis ? start : 0)),
          current.shape.map(() => 1),
          current.shape.map((length, i) => (i === axis ? stop - start : length)),
          [],
        );
      return n < 2 ? current : concatenateNode([part(split(n), n), part(0, split(n))], axis);
    }, node),
  );
}
