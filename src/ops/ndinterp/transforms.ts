// Affine transforms, rotation, shift, zoom and given coordinates, as scipy.ndimage defines them.
import { type BoundaryMode, checkMode } from '../../core/boundary';
import { checkAxis, checkFinite, checkInteger, perAxis } from '../../core/checks';
import { type DType, isFloat, itemSize } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import type { Shape } from '../../core/region';
import { castNode } from '../elementwise';
import { checkCval } from '../ndfilters/gaussian';
import { cosineSine } from './degrees';
import type { InterpolateParams } from './geometry';
import { interpolateNode } from './nodes';
import { prefiltered, splineFilterNode } from './prefilter';

export interface InterpolationOptions {
  /** Order of the spline, 0 (nearest) to 5. */
  readonly order?: number;
  /** What lies beyond the edge. Default `constant`. */
  readonly mode?: BoundaryMode;
  /** Value beyond the edge under `constant` and `grid-constant`. Default 0. */
  readonly cval?: number;
  /** Whether the image is turned to spline coefficients first, for orders above 1. Default true. */
  readonly prefilter?: boolean;
}

export interface GridOptions extends InterpolationOptions {
  /** Chunk shape of the result. Default: the image's chunks, cut to about squares along axes that a matrix mixes. */
  readonly outputChunks?: number | readonly number[];
}

export interface AffineOptions extends GridOptions {
  /** Input coordinates of the output's origin. Default 0. */
  readonly offset?: number | readonly number[];
  /** Default: the image's shape. */
  readonly outputShape?: readonly number[];
}

export interface RotateOptions extends GridOptions {
  /** The plane of rotation. Default [1, 0]. */
  readonly axes?: readonly [number, number];
  /** Whether the result is large enough to hold all of the image. Default true. */
  readonly reshape?: boolean;
}

export interface ZoomOptions extends GridOptions {
  /** Whether the distance includes whole pixels rather than only from first to last centre. Default false. */
  readonly gridMode?: boolean;
}

interface Settings {
  readonly order: number;
  readonly mode: BoundaryMode;
  readonly cval: number;
  readonly prefilter: boolean;
}

function settingsOf(options: InterpolationOptions, defaultOrder: number): Settings {
  return {
    order: checkInteger('order', options.order ?? defaultOrder, 0, 5),
    mode: checkMode(options.mode ?? 'constant'),
    cval: checkCval(options.cval),
    prefilter: checkFlag('prefilter', options.prefilter ?? true),
  };
}

function checkFlag(argument: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ArgumentError(argument, value, 'a boolean');
}

/** The kernels index four axes. */
function checkRank(image: GraphNode, low = 1): number {
  const rank = image.shape.length;
  if (rank < low || rank > 4) throw new ArgumentError('image', image.shape, `an array of ${low} to 4 axes`);
  return rank;
}

/** Prefilters as the settings say, and interpolates. */
function resample(
  image: GraphNode,
  { order, mode, cval, prefilter }: Settings,
  transform: InterpolateParams['transform'],
  output: { readonly shape: Shape; readonly chunks: Shape; readonly coordinates?: GraphNode },
): GraphNode {
  const axes = transform.kind === 'matrix' ? transform.axes : image.shape.map((_, axis) => axis);
  const { node, pad } = prefilter ? prefiltered(image, order, axes, mode, cval) : { node: image, pad: 0 };
  return interpolateNode(node, { transform, order, mode, cval, pad, dtype: image.dtype, ...output });
}

/** `mixed`: axes along which coordinates depend on each other. */
function outputGrid(
  image: GraphNode,
  options: GridOptions,
  shape: Shape,
  mixed: readonly number[] = [],
): { shape: Shape; chunks: Shape } {
  const check = (name: string, v: unknown) => checkInteger(name, v, 1);
  const chunks = options.outputChunks ?? squareChunks(image.chunks, mixed);
  return { shape, chunks: perAxis('outputChunks', chunks, shape.length, check) };
}

/** Chunks halved along `axes` until none is more than twice as long as another: a long one lies across half an image. */
function squareChunks(chunks: Shape, axes: readonly number[]): Shape {
  const square = [...chunks];
  const shortest = Math.min(...axes.map((axis) => chunks[axis]));
  for (const axis of axes) while (square[axis] > 2 * shortest) square[axis] = Math.ceil(square[axis] / 2);
  return square;
}

/** @see scipy.ndimage.affine_transform */
export function affineNode(
  image: GraphNode,
  matrix: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
  options: AffineOptions,
): GraphNode {
  const rank = checkRank(image);
  const settings = settingsOf(options, 1);
  const shape = checkShape(options.outputShape ?? image.shape, rank);
  const given = perAxis('offset', options.offset ?? 0, rank, checkFinite);
  const { linear, offset, diagonal } = parseMatrix(matrix, rank, given);
  const transform = affineTransformOf(linear, offset, rank, diagonal);
  const mixed = transform.kind === 'matrix' ? mixedAxes(linear, rank) : [];
  return resample(image, settings, transform, outputGrid(image, options, shape, mixed));
}

/** Axes of an n x n matrix whose coordinates are not their own alone. */
const mixedAxes = (linear: readonly number[], rank: number): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter((axis) =>
    linear.some((v, i) => v !== 0 && (i % rank === axis) !== (Math.floor(i / rank) === axis)),
  );

/** Axes that do not mix are interpolated one by one, in the order of operations that SciPy has for the matrix's shape. */
function affineTransformOf(
  linear: readonly number[],
  offset: readonly number[],
  rank: number,
  diagonal: boolean,
): InterpolateParams['transform'] {
  if (diagonal) {
    const shift = offset.map((o, axis) => o / linear[axis]);
    return { kind: 'axes', shift, zoom: linear, gridMode: false };
  }
  const separate = linear.every((v, i) => v === 0 || i % (rank + 1) === 0);
  if (separate) {
    const zoom = offset.map((_, axis) => linear[axis * (rank + 1)]);
    return { kind: 'axes', shift: null, zoom, offset, gridMode: false };
  }
  return { kind: 'matrix', axes: offset.map((_, axis) => axis), matrix: linear, offset };
}

function checkShape(shape: readonly number[], rank: number): number[] {
  if (!Array.isArray(shape) || shape.length !== rank)
    throw new ArgumentError('outputShape', shape, `${rank} lengths, one per axis`);
  return shape.map((n, axis) => checkInteger(`outputShape[${axis}]`, n, 1));
}

/** The four accepted shapes: (n,), (n, n), (n, n + 1) and (n + 1, n + 1). */
function parseMatrix(
  value: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
  rank: number,
  offset: readonly number[],
): { linear: number[]; offset: readonly number[]; diagonal: boolean } {
  const accepted = `a matrix of shape (${rank},), (${rank}, ${rank}), (${rank}, ${rank + 1}) or (${rank + 1}, ${rank + 1})`;
  const fail = () => new ArgumentError('matrix', value, accepted);
  if (value === null || typeof value !== 'object') throw fail();
  const rows = Array.from(value as ArrayLike<unknown>);
  const finite = (v: unknown) => checkFinite('matrix', v);
  if (rows.every((row) => typeof row === 'number')) {
    if (rows.length !== rank) throw fail();
    const linear = rows.map(finite);
    // SciPy divides by the scale.
    if (linear.includes(0)) throw new ArgumentError('matrix', value, 'scales other than 0');
    return { linear, offset, diagonal: true };
  }
  const matrix = rows.map((row) => {
    if (row === null || typeof row !== 'object') throw fail();
    return Array.from(row as ArrayLike<unknown>, finite);
  });
  const columns = matrix[0].length;
  if (matrix.some((row) => row.length !== columns)) throw fail();
  const homogeneous = columns === rank + 1 && (matrix.length === rank || matrix.length === rank + 1);
  if (!homogeneous && (columns !== rank || matrix.length !== rank)) throw fail();
  if (matrix.length === rank + 1 && matrix[rank].some((v, i) => v !== (i === rank ? 1 : 0)))
    throw new ArgumentError('matrix', value, 'a homogeneous matrix whose last row is 0, …, 0, 1');
  const used = matrix.slice(0, rank);
  return {
    linear: used.flatMap((row) => row.slice(0, rank)),
    offset: homogeneous ? used.map((row) => row[rank]) : offset,
    diagonal: false,
  };
}

/** @see scipy.ndimage.rotate */
export function rotateNode(image: GraphNode, angle: number, options: RotateOptions): GraphNode {
  const rank = checkRank(image, 2);
  const settings = settingsOf(options, 3);
  checkFinite('angle', angle);
  const given = options.axes ?? [1, 0];
  if (!Array.isArray(given) || given.length !== 2) throw new ArgumentError('axes', given, 'two axes');
  const axes = given.map((axis, i) => checkAxis(`axes[${i}]`, axis, rank)).sort((a, b) => a - b);
  if (axes[0] === axes[1]) throw new ArgumentError('axes', given, 'two different axes');
  const [c, s] = cosineSine(angle);
  const [height, width] = axes.map((axis) => image.shape[axis]);
  const shape = [...image.shape];
  if (checkFlag('reshape', options.reshape ?? true)) {
    const extent = (y: number, x: number) => {
      const corners = [0, x * width, y * height, y * height + x * width];
      return Math.max(1, Math.trunc(Math.max(...corners) - Math.min(...corners) + 0.5));
    };
    shape[axes[0]] = extent(c, s);
    shape[axes[1]] = extent(-s, c);
  }
  const [y, x] = axes.map((axis) => (shape[axis] - 1) / 2);
  const offset = [(height - 1) / 2 - (c * y + s * x), (width - 1) / 2 - (-s * y + c * x)];
  return resample(
    image,
    settings,
    { kind: 'matrix', axes, matrix: [c, s, -s, c], offset },
    outputGrid(image, options, shape, axes),
  );
}

/** @see scipy.ndimage.shift */
export function shiftNode(
  image: GraphNode,
  shift: number | readonly number[],
  options: GridOptions,
): GraphNode {
  const rank = checkRank(image);
  const settings = settingsOf(options, 3);
  const offsets = perAxis('shift', shift, rank, checkFinite).map((s) => -s);
  const transform = { kind: 'axes', shift: offsets, zoom: null, gridMode: false } as const;
  return resample(image, settings, transform, outputGrid(image, options, image.shape));
}

/** @see scipy.ndimage.zoom */
export function zoomNode(
  image: GraphNode,
  zoom: number | readonly number[],
  options: ZoomOptions,
): GraphNode {
  const rank = checkRank(image);
  const settings = settingsOf(options, 3);
  const gridMode = checkFlag('gridMode', options.gridMode ?? false);
  const factors = perAxis('zoom', zoom, rank, checkFinite);
  const shape = image.shape.map((n, axis) => {
    const length = roundHalfEven(n * factors[axis]);
    if (length >= 1) return length;
    throw new ArgumentError('zoom', zoom, 'factors that leave at least one element along each axis');
  });
  const scales = image.shape.map((n, axis) => {
    const [from, to] = gridMode ? [n, shape[axis]] : [n - 1, shape[axis] - 1];
    return to === 0 ? 1 : from / to;
  });
  const transform = { kind: 'axes', shift: null, zoom: scales, gridMode } as const;
  return resample(image, settings, transform, outputGrid(image, options, shape));
}

/** As Python's round. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** @see scipy.ndimage.map_coordinates */
export function mapCoordinatesNode(
  image: GraphNode,
  coordinates: GraphNode,
  options: InterpolationOptions,
): GraphNode {
  const rank = checkRank(image);
  const settings = settingsOf(options, 3);
  if (coordinates.shape.length < 2 || coordinates.shape[0] !== rank)
    throw new ArgumentError(
      'coordinates',
      coordinates.shape,
      `an array of shape [${rank}, …]: one coordinate for each axis of the image`,
    );
  // Every integer of up to two bytes is a float32, which the GPU takes.
  const exact = itemSize(coordinates.dtype) <= 2 ? 'float32' : 'float64';
  const values = isFloat(coordinates.dtype) ? coordinates : castNode(coordinates, exact);
  return resample(
    image,
    settings,
    { kind: 'coordinates' },
    {
      shape: coordinates.shape.slice(1),
      chunks: coordinates.chunks.slice(1),
      coordinates: values,
    },
  );
}

export interface SplineFilterOptions {
  /** Order of the spline. Default 3. */
  readonly order?: number;
  /** Dtype of the coefficients: float64 (default) or float32. */
  readonly output?: DType;
  /** What lies beyond the edge. Default `mirror`. */
  readonly mode?: BoundaryMode;
}

export interface SplineFilter1dOptions extends SplineFilterOptions {
  /** Default -1, the last. */
  readonly axis?: number;
}

/** Coefficients along the given axes. @see scipy.ndimage.spline_filter */
export function splineCoefficientsNode(
  image: GraphNode,
  options: SplineFilterOptions,
  axes: readonly number[],
  lowest: number,
): GraphNode {
  const order = checkInteger('order', options.order ?? 3, lowest, 5);
  const mode = checkMode(options.mode ?? 'mirror');
  const dtype = options.output ?? 'float64';
  if (!isFloat(dtype)) throw new ArgumentError('output', dtype, 'float32 or float64');
  return splineFilterNode(castNode(image, dtype), order, axes, mode);
}
