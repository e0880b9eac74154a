// Spline coefficients: the inverse of sampling a B-spline, as a symmetric FIR long enough that nothing is lost.
import { type BoundaryMode, splineMode } from '../../core/boundary';
import { castArray, type DType, isFloat } from '../../core/dtype';
import type { GraphNode } from '../../core/graph';
import { castNode } from '../elementwise';
import { correlate1dNode } from '../ndfilters/correlate1d';
import { interpolateNode } from './nodes';

/** Poles of the inverse filters of the B-splines of order 2 to 5. @see scipy/ndimage/src/ni_splines.c */
const POLES: Readonly<Record<number, readonly number[]>> = {
  2: [Math.sqrt(8) - 3],
  3: [Math.sqrt(3) - 2],
  4: [
    Math.sqrt(664 - Math.sqrt(438976)) + Math.sqrt(304) - 19,
    Math.sqrt(664 + Math.sqrt(438976)) - Math.sqrt(304) - 19,
  ],
  5: [
    Math.sqrt(67.5 - Math.sqrt(4436.25)) + Math.sqrt(26.25) - 6.5,
    Math.sqrt(67.5 + Math.sqrt(4436.25)) - Math.sqrt(26.25) - 6.5,
  ],
};

/** Elements to each side after which the response of every order is below float64's smallest step. */
const REACH = 60;

/** Sum of the weights left out, which bounds the error relative to the image's largest magnitude. */
const TRUNCATION: Partial<Record<DType, number>> = { float32: 1e-8, float64: 1e-13 };

/**
 * The filter's response to an impulse, cut where the rest sums to less than the tolerance of `dtype`. SciPy runs the
 * same filter as recursions over whole lines; over the exact extension of the line the results agree.
 */
export function splineFilterWeights(order: number, dtype: DType): Float64Array {
  const response = new Float64Array(2 * REACH + 1);
  response[REACH] = POLES[order].reduce((gain, z) => gain * (1 - z) * (1 - 1 / z), 1);
  for (const z of POLES[order]) {
    for (let i = 1; i < response.length; i++) response[i] += z * response[i - 1];
    response[2 * REACH] *= z / (z * z - 1);
    for (let i = 2 * REACH - 1; i >= 0; i--) response[i] = z * (response[i + 1] - response[i]);
  }
  const tolerance = TRUNCATION[dtype] ?? 0;
  let radius = REACH;
  let rest = 0;
  while (radius > 1) {
    rest += 2 * Math.abs(response[REACH + radius]);
    if (rest > tolerance) break;
    radius--;
  }
  // The two sides differ in their last bits; equal ones are summed in pairs.
  return Float64Array.from({ length: 2 * radius + 1 }, (_, i) => response[REACH + Math.abs(i - radius)]);
}

/** How much the filters of `order` along `rank` axes may enlarge values, and so rounding errors. */
export function splineGain(order: number, rank: number): number {
  const weights = splineFilterWeights(order, 'float64');
  return weights.reduce((sum, w) => sum + Math.abs(w), 0) ** rank;
}

/** The mode whose extension of a line SciPy's prefilter assumes. */
function filterMode(mode: BoundaryMode): BoundaryMode {
  if (mode === 'nearest') return 'reflect';
  return mode === 'grid-constant' ? 'mirror' : splineMode(mode);
}

/** Spline coefficients along `axes`; the input must be of a float dtype, which the result keeps. */
export function splineFilterNode(
  input: GraphNode,
  order: number,
  axes: readonly number[],
  mode: BoundaryMode,
): GraphNode {
  if (order < 2) return input;
  const weights = splineFilterWeights(order, input.dtype);
  const options = { mode: filterMode(mode), cval: 0, origin: 0 };
  return axes.reduce((node, axis) => correlate1dNode(node, weights, axis, options), input);
}

/** Elements that SciPy pads at each end under modes whose spline has no exact extension. */
const PAD = 12;

/** Rounding errors grow with the gain: up to here float32 coefficients stay within the precision contract. */
const FLOAT32_GAIN = 60;

/** The image as coefficients for interpolation along `axes`, and by how much it is padded at each end of them. */
export function prefiltered(
  image: GraphNode,
  order: number,
  axes: readonly number[],
  mode: BoundaryMode,
  cval: number,
): { node: GraphNode; pad: number } {
  if (order < 2) return { node: image, pad: 0 };
  const pad = mode === 'nearest' || mode === 'grid-constant' ? PAD : 0;
  const single = image.dtype === 'float32' && splineGain(order, axes.length) <= FLOAT32_GAIN;
  const padded = pad > 0 ? padNode(image, pad, axes, mode, cval) : image;
  const values = castNode(padded, single ? 'float32' : 'float64');
  return { node: splineFilterNode(values, order, axes, mode), pad };
}

/** Pads both ends of `axes`: interpolation of order 0 reads whole elements. Like numpy.pad, cval is cast as C does. */
function padNode(
  image: GraphNode,
  pad: number,
  axes: readonly number[],
  mode: BoundaryMode,
  cval: number,
): GraphNode {
  const along = (axis: number) => axes.includes(axis);
  const value = isFloat(image.dtype) ? cval : castArray(Float64Array.of(cval), 'float64', image.dtype)[0];
  return interpolateNode(image, {
    transform: {
      kind: 'axes',
      shift: image.shape.map((_, axis) => (along(axis) ? -pad : 0)),
      zoom: null,
      gridMode: false,
    },
    order: 0,
    mode,
    cval: Number(value),
    pad: 0,
    shape: image.shape.map((n, axis) => (along(axis) ? n + 2 * pad : n)),
    chunks: image.chunks,
    dtype: image.dtype,
  });
}
