// Filters that scipy.ndimage composes of 1-D passes: each pass, sum and square is rounded or wrapped to the image's
// dtype, as there.
import { type BoundaryMode, checkMode } from '../../core/boundary';
import { checkAxis, perAxis } from '../../core/checks';
import { type DType, isFloat, itemSize } from '../../core/dtype';
import type { GraphNode } from '../../core/graph';
import { castNode, pointwiseNode } from '../elementwise';
import { correlate1dNode, overBytes } from './correlate1d';
import { checkCval, gaussianNode } from './gaussian';

export interface EdgeOptions {
  /** What lies beyond the edge: one mode for all axes or one per axis. Default `reflect`. */
  readonly mode?: BoundaryMode | readonly BoundaryMode[];
  /** Value beyond the edge under `constant`. Default 0. */
  readonly cval?: number;
}

export interface DerivativeOptions extends EdgeOptions {
  /** Axis of the derivative, negative from the end. Default -1. */
  readonly axis?: number;
}

export interface GaussianDerivativeOptions extends EdgeOptions {
  /** Radius of the kernels in standard deviations. Default 4. */
  readonly truncate?: number;
}

const modesOf = ({ mode }: EdgeOptions, rank: number): BoundaryMode[] =>
  perAxis('mode', mode ?? 'reflect', rank, (name, v) => checkMode(v, name));

const sum = (nodes: readonly GraphNode[]): GraphNode =>
  nodes.reduce((total, node) => pointwiseNode('add', [total, node]));

const square = (node: GraphNode): GraphNode => pointwiseNode('multiply', [node, node]);

/** Sum over the axes of second differences. @see scipy.ndimage.laplace */
export function laplaceNode(input: GraphNode, options: EdgeOptions = {}): GraphNode {
  const modes = modesOf(options, input.shape.length);
  const cval = checkCval(options.cval);
  if (modes.length === 0) return input;
  const weights = Float64Array.of(1, -2, 1);
  const difference = (mode: BoundaryMode, axis: number) =>
    overBytes(input, (image) => correlate1dNode(image, weights, axis, { mode, cval, origin: 0 }));
  return sum(modes.map(difference));
}

/** Difference along an axis, then `smoothing` along the others. @see scipy.ndimage.sobel */
function edgeNode(input: GraphNode, options: DerivativeOptions, smoothing: readonly number[]): GraphNode {
  const modes = modesOf(options, input.shape.length);
  const cval = checkCval(options.cval);
  const along = checkAxis('axis', options.axis ?? -1, input.shape.length);
  const pass = (node: GraphNode, weights: readonly number[], axis: number) =>
    correlate1dNode(node, Float64Array.from(weights), axis, { mode: modes[axis], cval, origin: 0 });
  return overBytes(input, (image) => {
    const difference = pass(image, [-1, 0, 1], along);
    return modes.reduce((node, _, axis) => (axis === along ? node : pass(node, smoothing, axis)), difference);
  });
}

export const sobelNode = (input: GraphNode, options: DerivativeOptions = {}): GraphNode =>
  edgeNode(input, options, [1, 2, 1]);

export const prewittNode = (input: GraphNode, options: DerivativeOptions = {}): GraphNode =>
  edgeNode(input, options, [1, 1, 1]);

/** Gaussian derivatives of `order` along each axis in turn, with that axis's mode for all axes, as SciPy has it. */
function gaussianDerivatives(
  input: GraphNode,
  sigma: number | readonly number[],
  order: number,
  { truncate, ...options }: GaussianDerivativeOptions,
): GraphNode[] {
  return modesOf(options, input.shape.length).map((mode, axis) =>
    overBytes(input, (image) =>
      gaussianNode(image, sigma, {
        order: input.shape.map((_, i) => (i === axis ? order : 0)),
        mode,
        cval: options.cval,
        truncate,
      }),
    ),
  );
}

/** Sum over the axes of second Gaussian derivatives. @see scipy.ndimage.gaussian_laplace */
export function gaussianLaplaceNode(
  input: GraphNode,
  sigma: number | readonly number[],
  options: GaussianDerivativeOptions = {},
): GraphNode {
  const derivatives = gaussianDerivatives(input, sigma, 2, options);
  return derivatives.length > 0 ? sum(derivatives) : input;
}

/** Root of the summed squares of first Gaussian derivatives. @see scipy.ndimage.gaussian_gradient_magnitude */
export function gaussianGradientMagnitudeNode(
  input: GraphNode,
  sigma: number | readonly number[],
  options: GaussianDerivativeOptions = {},
): GraphNode {
  const derivatives = gaussianDerivatives(input, sigma, 1, options);
  if (derivatives.length === 0) return input;
  return rootNode(sum(derivatives.map(square)), input.dtype);
}

/** The square root, in the dtype of the squares. Where integer squares overflowed to below zero it is 0. */
function rootNode(squares: GraphNode, dtype: DType): GraphNode {
  if (dtype === 'bool') return squares;
  // A float32 root of a square may fall short of the integer; no square lies within 1/2 above another integer.
  const safe = isFloat(dtype) || itemSize(dtype) > 2 ? squares : castNode(squares, 'float32');
  const raised = safe === squares ? squares : pointwiseNode('add', [safe, 0.5]);
  return castNode(pointwiseNode('sqrt', [raised]), dtype);
}
