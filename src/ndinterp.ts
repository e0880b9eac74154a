/**
 * Interpolation, as dask_image.ndinterp names it, with SciPy's shift and zoom. Semantics are scipy.ndimage's.
 * Complex images are taken part by part, with `cval` beyond the real ones; spline coefficients of them are complex, too.
 *
 * @example
 * {@includeCode ../docs/examples/ndinterp.mjs}
 *
 * @module ndinterp
 */
import { checkAxis } from './core/checks';
import { arrayNode, type LazyArray } from './lazyArray';
import {
  type AffineOptions,
  affineNode,
  type GridOptions,
  type InterpolationOptions,
  mapCoordinatesNode,
  type RotateOptions,
  rotateNode,
  type SplineFilter1dOptions,
  type SplineFilterOptions,
  shiftNode,
  splineCoefficientsNode,
  type ZoomOptions,
  zoomNode,
} from './ops/ndinterp/transforms';
import { linearOperation } from './overParts';

export type { BoundaryMode } from './core/boundary';
export type {
  AffineOptions,
  GridOptions,
  InterpolationOptions,
  RotateOptions,
  SplineFilter1dOptions,
  SplineFilterOptions,
  ZoomOptions,
};

/** A vector of numbers or a matrix given by rows. */
export type MatrixLike = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/**
 * Samples the image at `matrix @ o + offset` for each output index `o`, by splines of `order` (default 1). Output dtype
 * = image dtype; integers are rounded and saturated. Each output region reads only the part of the image under it.
 * @param image array of 1 to 4 axes
 * @param matrix of shape (n,), (n, n), (n, n + 1) or (n + 1, n + 1), homogeneous ones in place of `offset`
 * @throws ArgumentError for a matrix of another shape, an order outside 0 to 5, an unknown mode, a wrong output shape
 * @see scipy.ndimage.affine_transform
 */
export function affineTransform(
  image: LazyArray,
  matrix: MatrixLike,
  options: AffineOptions = {},
): LazyArray {
  return linearOperation(image, options, (part, own) => affineNode(part, matrix, own));
}

/**
 * Rotates in the plane of two axes by `angle` degrees, by splines of `order` (default 3); other axes stay.
 * @param image array of 2 to 4 axes
 * @throws ArgumentError for axes that are not two different axes of the image, an order outside 0 to 5
 * @see scipy.ndimage.rotate
 */
export function rotate(image: LazyArray, angle: number, options: RotateOptions = {}): LazyArray {
  return linearOperation(image, options, (part, own) => rotateNode(part, angle, own));
}

/**
 * Shifts the image by a (fractional) number of elements, one for all axes or one per axis; order 3 by default.
 * @throws ArgumentError for a sequence of the wrong length, an order outside 0 to 5
 * @see scipy.ndimage.shift
 */
export function shift(
  image: LazyArray,
  distance: number | readonly number[],
  options: GridOptions = {},
): LazyArray {
  return linearOperation(image, options, (part, own) => shiftNode(part, distance, own));
}

/**
 * Enlarges (factor > 1) or shrinks the image, one factor for all axes or one per axis; order 3 by default.
 * @throws ArgumentError for factors that leave no element, a sequence of the wrong length
 * @see scipy.ndimage.zoom
 */
export function zoom(
  image: LazyArray,
  factor: number | readonly number[],
  options: ZoomOptions = {},
): LazyArray {
  return linearOperation(image, options, (part, own) => zoomNode(part, factor, own));
}

/**
 * Samples the image at given coordinates: `coordinates[axis, ...o]` for each output index `o`; order 3 by default. The
 * coordinates of each tile are computed first, and then only the part of the image that they look at is read.
 * @param image array of 1 to 4 axes
 * @param coordinates array of shape [n, …], n being the image's number of axes
 * @throws ArgumentError for coordinates of another shape, an order outside 0 to 5
 * @see scipy.ndimage.map_coordinates
 */
export function mapCoordinates(
  image: LazyArray,
  coordinates: LazyArray,
  options: InterpolationOptions = {},
): LazyArray {
  const node = arrayNode(coordinates, 'coordinates');
  return linearOperation(image, options, (part, own) => mapCoordinatesNode(part, node, own));
}

/**
 * Spline coefficients along every axis, for interpolation with `prefilter: false`.
 * @throws ArgumentError for an order outside 2 to 5, an output dtype that is no float
 * @see scipy.ndimage.spline_filter
 */
export function splineFilter(image: LazyArray, options: SplineFilterOptions = {}): LazyArray {
  return linearOperation(image, options, (part, own) =>
    splineCoefficientsNode(
      part,
      own,
      part.shape.map((_, axis) => axis),
      2,
    ),
  );
}

/**
 * Spline coefficients along one axis; orders 0 and 1 only convert the dtype.
 * @throws ArgumentError for an order outside 0 to 5, an axis the image does not have
 * @see scipy.ndimage.spline_filter1d
 */
export function splineFilter1d(image: LazyArray, options: SplineFilter1dOptions = {}): LazyArray {
  return linearOperation(image, options, (part, own) =>
    splineCoefficientsNode(part, own, [checkAxis('axis', own.axis ?? -1, part.shape.length)], 0),
  );
}
