// Weights of n-D filters: reading them, turning them round, and taking separable ones apart.
import { ArgumentError } from '../../core/errors';
import { elementCount, type Shape } from '../../core/region';
import { flattenNested, type NestedArray } from '../../core/structure';

/** Weights as nested arrays, e.g. `[[0, 1, 0], [1, -4, 1], [0, 1, 0]]`, or as flat data with a shape. */
export type WeightsLike = NestedArray | Weights;

export interface Weights {
  readonly shape: Shape;
  /** C order. */
  readonly data: ArrayLike<number | boolean>;
}

export interface ParsedWeights {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Reads weights given by a user; throws unless they are numbers and have `rank` axes, none of them empty. */
export function parseWeights(value: WeightsLike, rank: number, argument = 'weights'): ParsedWeights {
  const { shape, data } = isWeights(value) ? value : flattenNested(value as NestedArray, argument);
  if (shape.length !== rank || shape.some((n) => n < 1))
    throw new ArgumentError(argument, value, `an array of ${rank} axes, as the image has, none empty`);
  if (data.length !== elementCount(shape))
    throw new ArgumentError(argument, value, `${elementCount(shape)} elements for shape [${shape}]`);
  const numbers = Float64Array.from(data, (w) =>
    typeof w === 'number' || typeof w === 'boolean' ? Number(w) : Number.NaN,
  );
  if (!numbers.every(Number.isFinite)) throw new ArgumentError(argument, value, 'finite numbers');
  return { shape, data: numbers };
}

function isWeights(value: unknown): value is Weights {
  return typeof value === 'object' && value !== null && 'shape' in value && 'data' in value;
}

/** SciPy leaves out weights this small: what they look at, NaN too, does not count. */
const NEGLIGIBLE = 2 ** -52;

/** The weights with those that SciPy leaves out set to 0. */
export const withoutNegligible = ({ shape, data }: ParsedWeights): ParsedWeights => ({
  shape,
  data: data.map((w) => (Math.abs(w) > NEGLIGIBLE ? w : 0)),
});

/** The weights mirrored along every axis. */
export const reversed = ({ shape, data }: ParsedWeights): ParsedWeights => ({
  shape,
  data: data.slice().reverse(),
});

/**
 * One vector per axis whose outer product the weights are, to a few float64 roundings; undefined when there are none,
 * or when a weight is zero: 1-D passes would look at elements that the n-D filter does not.
 */
export function separate({ shape, data }: ParsedWeights): Float64Array[] | undefined {
  if (data.some((w) => w === 0)) return undefined;
  const largest = data.reduce((best, w, i) => (Math.abs(w) > Math.abs(data[best]) ? i : best), 0);
  const pivot = data[largest];
  let step = data.length;
  const vectors = shape.map((n) => {
    step /= n;
    const at = Math.floor(largest / step) % n;
    return Float64Array.from({ length: n }, (_, i) => data[largest + (i - at) * step] / pivot);
  });
  if (vectors.length === 0) return undefined;
  vectors[0] = vectors[0].map((w) => w * pivot);
  const product = vectors.reduce<number[]>(
    (outer, vector) => outer.flatMap((w) => Array.from(vector, (v) => w * v)),
    [1],
  );
  const tolerance = 4 * shape.length * NEGLIGIBLE * Math.abs(pivot);
  return product.every((w, i) => Math.abs(w - data[i]) <= tolerance) ? vectors : undefined;
}
