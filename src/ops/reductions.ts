// Whole-array statistics in one streaming pass, and the scalars made of them.
import {
  DTYPES,
  type DType,
  floatFor,
  isBigInt,
  isComplex,
  isFloat,
  type TypedArray,
  view,
} from '../core/dtype';
import { ArgumentError } from '../core/errors';
import { type ArrayMeta, createNode, type GraphNode, type Params } from '../core/graph';
import { type Accumulator, defineBlockOp, defineGlobalOp } from '../core/op';
import { elementCount, type Region, regionShape, regionSize, stridesOf } from '../core/region';
import { growChunks } from '../core/tiling';
import { joinNode, partNode } from './complex';
import { pointwiseNode } from './elementwise';
import { reduceGpu, type StatisticsPartial } from './gpu/reduce';
import { computedOp } from './views';

export interface Statistics {
  readonly count: number;
  /** Exact for integer arrays. */
  readonly sum: number | bigint;
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
  /** Sum of squared distances from the centre asked for. */
  readonly squares: number;
}

type StatisticsParams = Params & { readonly centre?: number };

/** Sum, extrema and squares about a centre (the mean, when it is a global of the node; else 0). */
export const statistics = defineGlobalOp<StatisticsParams, StatisticsPartial, Statistics>({
  name: 'statistics',
  blockShape: (_params, [input]) => growChunks(input.chunks, input.shape),
  domain: (_params, [input]) => input.shape,
  demand: (region) => [region],
  gpuRefuses: (_params, [{ dtype }]) =>
    dtype === 'float64' || isBigInt(dtype) ? `${dtype} needs 64-bit arithmetic` : undefined,
  bind: (_params, [mean]) => (mean ? { centre: meanOf(mean as Statistics) } : {}),
  cpu(context, { params, inputs: [input], output }) {
    const count = regionSize(output.region);
    const pointer = context.input(input!, output.region);
    if (isBigInt(input!.dtype))
      return bigStatistics(context.view(input!.dtype, pointer, count) as BigInt64Array, params.centre ?? 0);
    const out = context.scratch(32);
    context.kernels.reduceBlock(pointer, DTYPES.indexOf(input!.dtype), count, params.centre ?? 0, out);
    const [sum, minimum, maximum, squares] = context.view('float64', out, 4) as Float64Array;
    return { sum, minimum, maximum, squares };
  },
  gpu(context, { params, inputs: [input], output }) {
    return reduceGpu(context, {
      input: context.input(input!, output.region),
      dtype: input!.dtype,
      count: regionSize(output.region),
      centre: params.centre ?? 0,
    });
  },
  accumulate: (_params, [input]) => new StatisticsAccumulator(input.dtype),
});

class StatisticsAccumulator implements Accumulator<StatisticsPartial, Statistics> {
  #count = 0;
  #sum: number | bigint;
  #minimum: number | bigint = Infinity;
  #maximum: number | bigint = -Infinity;
  #squares = 0;

  constructor(dtype: DType) {
    this.#sum = isFloat(dtype) ? 0 : 0n;
  }

  add({ sum, minimum, maximum, squares }: StatisticsPartial, region: Region): void {
    this.#count += regionSize(region);
    this.#sum = typeof this.#sum === 'bigint' ? this.#sum + BigInt(sum) : this.#sum + Number(sum);
    // NaN must win over every number, as in NumPy.
    if (!(this.#minimum <= minimum)) this.#minimum = isNaNValue(this.#minimum) ? Number.NaN : minimum;
    if (!(this.#maximum >= maximum)) this.#maximum = isNaNValue(this.#maximum) ? Number.NaN : maximum;
    this.#squares += squares;
  }

  finish(): Statistics {
    return {
      count: this.#count,
      sum: this.#sum,
      minimum: this.#minimum,
      maximum: this.#maximum,
      squares: this.#squares,
    };
  }
}

const isNaNValue = (value: number | bigint): boolean => typeof value === 'number' && Number.isNaN(value);

function bigStatistics(data: BigInt64Array, centre: number): StatisticsPartial {
  let sum = 0n;
  let minimum = data[0];
  let maximum = data[0];
  let squares = 0;
  for (const value of data) {
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    squares += (Number(value) - centre) ** 2;
  }
  return { sum, minimum, maximum, squares };
}

const meanOf = ({ sum, count }: Statistics): number => Number(sum) / count;

export const REDUCTIONS = ['sum', 'min', 'max', 'mean', 'std'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

/** NumPy's result dtype. */
export function reductionDType(reduction: Reduction, dtype: DType): DType {
  if (reduction === 'min' || reduction === 'max') return dtype;
  if (reduction === 'sum') {
    if (isFloat(dtype)) return dtype;
    return dtype.startsWith('u') ? 'uint64' : 'int64';
  }
  return floatFor(dtype);
}

const scalarOf: Record<Reduction, (results: readonly Statistics[]) => number | bigint> = {
  sum: ([s]) => s.sum,
  min: ([s]) => s.minimum,
  max: ([s]) => s.maximum,
  mean: ([s]) => meanOf(s),
  std: ([, s]) => Math.sqrt(s.squares / s.count),
};

export const reduced = computedOp<Params & { readonly reduction: Reduction }>(
  'reduced',
  ({ reduction }, globals, dtype) => {
    const scalar = scalarOf[reduction](globals as Statistics[]);
    return fromScalar(scalar, dtype);
  },
);

/** A one-element typed array. */
export function fromScalar(scalar: number | bigint, dtype: DType): TypedArray {
  const data = view(dtype, new ArrayBuffer(8), 0, 1);
  if (isBigInt(dtype)) (data as BigInt64Array)[0] = BigInt(scalar);
  else (data as Float64Array)[0] = Number(scalar);
  return data;
}

/** A global node of the array's {@link Statistics}, about `centre`'s mean when given. */
export const statisticsNode = (input: GraphNode, centre?: GraphNode): GraphNode =>
  createNode(statistics.name, SCALAR, {}, [input], centre ? [centre] : []);

const SCALAR: ArrayMeta = { shape: [], dtype: 'float64', chunks: [], dimensionNames: [] };

/** A 0-d node of a reduction over all elements. @throws ArgumentError for extrema of complex numbers */
export function reduceAllNode(input: GraphNode, reduction: Reduction): GraphNode {
  if (isComplex(input.dtype)) return reduceParts(input, reduction, (part) => reduceAllNode(part, reduction));
  const first = statisticsNode(input);
  // The standard deviation takes a second pass about the mean: stable for any offset of the values.
  const globals = reduction === 'std' ? [first, statisticsNode(input, first)] : [first];
  const dtype = reductionDType(reduction, input.dtype);
  return createNode(reduced.name, { ...SCALAR, dtype }, { reduction }, [], globals);
}

/** The reduction of a complex node from those of its parts. */
function reduceParts(
  input: GraphNode,
  reduction: Reduction,
  reduce: (part: GraphNode) => GraphNode,
): GraphNode {
  if (reduction === 'min' || reduction === 'max')
    throw new ArgumentError('array', input.dtype, `an array of real numbers for ${reduction}`);
  const [re, im] = [reduce(partNode(input, 0)), reduce(partNode(input, 1))];
  if (reduction !== 'std') return joinNode(re, im);
  // The mean squared distance from the mean is the sum of the parts' own.
  return pointwiseNode('absolute', [joinNode(re, im)]);
}

type AxesParams = Params & { readonly reduction: Reduction; readonly axes: readonly number[] };

export const reduceAxes = defineBlockOp<AxesParams>({
  name: 'reduceAxes',
  demand: (region, { axes }, [input]) => [axesInput(region, axes, input.shape)],
  gpuRefuses: () => 'reductions over some axes run on the CPU',
  cpu(context, { params, inputs: [input], output }) {
    const region = axesInput(output.region, params.axes, input!.shape);
    const pointer = context.input(input!, region);
    const target = context.output(output);
    const source = context.view(input!.dtype, pointer, regionSize(region));
    const out = context.view(output.dtype, target, regionSize(output.region));
    reduceInto(source, regionShape(region), out, params);
  },
  gpu() {
    throw new Error('refused');
  },
});

const axesInput = (region: Region, axes: readonly number[], shape: readonly number[]): Region => {
  let kept = 0;
  return shape.map((n, axis) => (axes.includes(axis) ? ([0, n] as const) : region[kept++]));
};

/** Sums, extrema and deviations of the elements that differ only along `axes`. */
function reduceInto(
  source: TypedArray,
  shape: number[],
  out: TypedArray,
  { reduction, axes }: AxesParams,
): void {
  const strides = stridesOf(shape);
  const split = (keep: boolean) =>
    shape.map((_, axis) => axis).filter((axis) => axes.includes(axis) !== keep);
  const offsets = (of: number[]) => {
    const list = new Uint32Array(elementCount(of.map((axis) => shape[axis])));
    for (let i = 0; i < list.length; i++) {
      for (let rest = i, k = of.length - 1; k >= 0; k--) {
        list[i] += (rest % shape[of[k]]) * strides[of[k]];
        rest = Math.floor(rest / shape[of[k]]);
      }
    }
    return list;
  };
  const inner = offsets(split(false));
  const big = typeof source[0] === 'bigint';
  offsets(split(true)).forEach((base, o) => {
    const values = Array.from(inner, (at) => source[base + at]);
    const result = big
      ? reduceBig(values as bigint[], reduction)
      : reduceNumbers(values as number[], reduction);
    if (typeof out[0] === 'bigint') (out as BigInt64Array)[o] = BigInt(result);
    else (out as Float64Array)[o] = Number(result);
  });
}

function reduceNumbers(values: readonly number[], reduction: Reduction): number {
  const n = values.length;
  if (reduction === 'min') return values.reduce((a, b) => Math.min(a, b), Infinity);
  if (reduction === 'max') return values.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = values.reduce((a, b) => a + b, 0);
  if (reduction === 'sum') return sum;
  if (reduction === 'mean') return sum / n;
  return Math.sqrt(values.reduce((a, b) => a + (b - sum / n) ** 2, 0) / n);
}

function reduceBig(values: readonly bigint[], reduction: Reduction): number | bigint {
  if (reduction === 'min' || reduction === 'max') {
    const sign = reduction === 'min' ? 1n : -1n;
    return values.reduce((a, b) => (sign * b < sign * a ? b : a));
  }
  if (reduction === 'sum') return values.reduce((a, b) => a + b, 0n);
  return reduceNumbers(values.map(Number), reduction);
}

/** A node reduced over `axes`; the result keeps the other axes. Throws as {@link reduceAllNode}. */
export function reduceAxesNode(input: GraphNode, reduction: Reduction, axes: readonly number[]): GraphNode {
  if (isComplex(input.dtype))
    return reduceParts(input, reduction, (part) => reduceAxesNode(part, reduction, axes));
  const keep = <T>(values: readonly T[]) => values.filter((_, axis) => !axes.includes(axis));
  return createNode(
    reduceAxes.name,
    {
      shape: keep(input.shape),
      dtype: reductionDType(reduction, input.dtype),
      chunks: keep(input.chunks),
      dimensionNames: keep(input.dimensionNames),
    },
    { reduction, axes },
    [input],
  );
}
