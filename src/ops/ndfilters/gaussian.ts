// Gaussian weights and the chain of 1-D passes.
import type { BoundaryMode } from '../../core/boundary';
import { checkMode } from '../../core/boundary';
import { checkFinite, checkInteger, perAxis } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import { correlate1dNode } from './correlate1d';

export interface GaussianOptions {
  /** Derivative order, 0 to 3: one for all axes or one per axis. Default 0. */
  readonly order?: number | readonly number[];
  /** What lies beyond the edge: one mode for all axes or one per axis. Default `reflect`. */
  readonly mode?: BoundaryMode | readonly BoundaryMode[];
  /** Value beyond the edge under `constant`. Default 0. */
  readonly cval?: number;
  /** Radius of the kernel in standard deviations. Default 4. */
  readonly truncate?: number;
}

/**
 * Correlation weights of a Gaussian of standard deviation `sigma` or of its derivative of `order`: 2 radius + 1
 * values. The derivative is the Gaussian times the polynomial that (d/dx - x / sigma^2) generates.
 * @see scipy.ndimage._filters._gaussian_kernel1d
 */
export function gaussianWeights(sigma: number, order: number, radius: number): Float64Array {
  const weights = new Float64Array(2 * radius + 1);
  const variance = sigma * sigma;
  for (let x = -radius; x <= radius; x++) weights[x + radius] = Math.exp((-0.5 / variance) * (x * x));
  const total = pairwiseSum(weights);
  for (let i = 0; i < weights.length; i++) weights[i] /= total;
  if (order === 0) return weights;
  let polynomial = [1];
  for (let k = 0; k < order; k++) {
    const next = new Array<number>(polynomial.length + 1).fill(0);
    polynomial.forEach((c, power) => {
      if (power > 0) next[power - 1] += power * c;
      next[power + 1] -= c / variance;
    });
    polynomial = next;
  }
  // Correlation runs over the mirrored kernel, hence x = -i.
  return weights.map((weight, i) => {
    const x = radius - i;
    return polynomial.reduceRight((sum, c) => sum * x + c, 0) * weight;
  });
}

/** NumPy's order of summation up to 128 values, so that weights agree with SciPy's to the last bit. */
function pairwiseSum(values: Float64Array): number {
  const whole = values.length > 128 ? 0 : values.length - (values.length % 8);
  let sum = 0;
  if (whole > 0) {
    const r = new Float64Array(8);
    for (let i = 0; i < whole; i++) r[i % 8] += values[i];
    sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
  }
  for (let i = whole; i < values.length; i++) sum += values[i];
  return sum;
}

/** The chain of passes of gaussian_filter, first axis first; axes with sigma <= 1e-15 are skipped as in SciPy. */
export function gaussianNode(
  input: GraphNode,
  sigma: number | readonly number[],
  options: GaussianOptions = {},
): GraphNode {
  const rank = input.shape.length;
  const sigmas = perAxis('sigma', sigma, rank, checkSigma);
  const orders = perAxis('order', options.order ?? 0, rank, (name, v) => checkInteger(name, v, 0, 3));
  const modes = perAxis('mode', options.mode ?? 'reflect', rank, (name, v) => checkMode(v, name));
  const cval = checkCval(options.cval);
  const truncate = checkFinite('truncate', options.truncate ?? 4);
  if (truncate < 0) throw new ArgumentError('truncate', truncate, 'a number of at least 0');
  return sigmas.reduce((node, s, axis) => {
    if (s <= 1e-15) return node;
    const weights = gaussianWeights(s, orders[axis], Math.trunc(truncate * s + 0.5));
    return correlate1dNode(node, weights, axis, { mode: modes[axis], cval, origin: 0 });
  }, input);
}

function checkSigma(argument: string, value: unknown): number {
  const sigma = checkFinite(argument, value);
  if (sigma < 0) throw new ArgumentError(argument, value, 'a standard deviation in pixels of at least 0');
  return sigma;
}

/** `cval` may be any number but NaN given by mistake for a missing value. */
export function checkCval(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new ArgumentError('cval', value, 'a number');
}
