// Measurements that need all elements of a label at once: medians, and functions of the application.
import {
  allocate,
  checkDType,
  type DType,
  isBigInt,
  isComplex,
  isFloat,
  type Scalar,
  type TypedArray,
} from './core/dtype';
import { ArgumentError, FunctionError } from './core/errors';
import { sourceNode } from './core/graph';
import { hashValue } from './core/hash';
import type { Source } from './core/source';
import { visitLabels } from './exec/comprehension';
import { sharedResult } from './exec/globals';
import { findMedian, findMedians } from './exec/medians';
import type { ComputeOptions } from './exec/options';
import { LazyArray } from './lazyArray';
import { distinct, type MeasureOptions, regionsOf } from './measureIndex';
import type { Index } from './ops/ndmeasure/measure';
import { MEDIAN } from './ops/ndmeasure/regionObject';

/**
 * Median of each region, exact: float64; of an even number of elements the mean of the two in the middle. NaN for a label
 * that does not occur (SciPy gives the value of another label in lists). NaN counts as larger than every number in a list
 * of labels, and makes the median of a single region NaN, as in SciPy. Two passes over the data, and one or two more where
 * objects that lie in several tiles have many elements; of a whole image one pass for each 16 bits of its dtype.
 * @throws ArgumentError as {@link area}
 * @see scipy.ndimage.median
 */
export function median(image: LazyArray, options: MeasureOptions = {}): LazyArray {
  const { labels, node, index, single } = regionsOf(image, options.labelImage, options.index);
  const key = `median-${hashValue([labels.key, node.key, index.values, index.shape, single])}`;
  return perIndex(key, index, 'float64', async (compute) => {
    if (!options.labelImage) {
      const whole = await findMedian(node, compute);
      return () => whole;
    }
    const medians = await findMedians(labels, node, compute, distinct(index));
    return (label) => {
      const at = medians.find(label);
      if (at < 0 || (single && medians.rows[at + MEDIAN.hasNaN] === 1)) return Number.NaN;
      return medians.rows[at + MEDIAN.median];
    };
  });
}

/** What {@link labeledComprehension} calls: with the elements of a region in C order, and their flat indices in the image. */
export type LabelFunction = (values: TypedArray, positions: Float64Array) => Scalar | boolean;

export interface LabeledComprehensionOptions {
  /** Whether the function is given positions too. Default false. */
  readonly passPositions?: boolean;
}

let created = 0;

/**
 * A function of the application of each region, called on this thread as soon as the elements of a label are complete; two
 * passes over the data, or one at whose end all are called, where a quarter of the memory budget holds the image and its
 * tiles lie one after the other in C order. What it is given it may keep and change.
 * @param labelImage undefined (or null): the whole image is one region
 * @param index labels, one or a list of any shape; undefined (or null): all labels above 0 are one region
 * @param fn gives a number, bigint or boolean
 * @param outDtype dtype of the result: any real one
 * @param defaultValue of labels that do not occur
 * @throws ArgumentError as {@link area}, for what is no function, a complex outDtype, a default that is no number; reads
 * reject with a FunctionError, whose `cause` is what the function threw, or when it returns anything but a number
 * @see scipy.ndimage.labeled_comprehension
 */
export function labeledComprehension(
  image: LazyArray,
  labelImage: LazyArray | null | undefined,
  index: MeasureOptions['index'] | null,
  fn: LabelFunction,
  outDtype: DType,
  defaultValue: Scalar,
  { passPositions = false }: LabeledComprehensionOptions = {},
): LazyArray {
  const regions = regionsOf(image, labelImage ?? undefined, index ?? undefined);
  if (typeof fn !== 'function') throw new ArgumentError('fn', fn, 'a function');
  if (isComplex(checkDType(outDtype, 'outDtype')))
    throw new ArgumentError('outDtype', outDtype, 'a real dtype');
  if (typeof defaultValue !== 'number' && typeof defaultValue !== 'bigint')
    throw new ArgumentError('defaultValue', defaultValue, 'a number');
  const { labels, node } = regions;
  return perIndex(`comprehension-${created++}`, regions.index, outDtype, async (compute) => {
    const results = new Map<number, Scalar>();
    await visitLabels(
      labels,
      node,
      distinct(regions.index),
      passPositions,
      compute,
      (label, { values, positions }) => {
        results.set(label, call(fn, label, values, passPositions ? positions : undefined));
      },
    );
    return (label) => results.get(label) ?? defaultValue;
  });
}

function call(
  fn: LabelFunction,
  label: number,
  values: TypedArray,
  positions: Float64Array | undefined,
): Scalar {
  let result: unknown;
  try {
    result = positions ? fn(values, positions) : (fn as (values: TypedArray) => unknown)(values);
  } catch (cause) {
    const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new FunctionError(`labeledComprehension: the function failed on label ${label}: ${message}`, {
      cause,
    });
  }
  if (typeof result === 'boolean') return Number(result);
  if (typeof result === 'number' || typeof result === 'bigint') return result;
  throw new FunctionError(
    `labeledComprehension: the function returned ${typeof result} for label ${label}, expected a number`,
  );
}

/** An array of one value per index, found on the first read. */
function perIndex(
  key: string,
  { values, shape }: Index,
  dtype: DType,
  find: (options: ComputeOptions) => Promise<(label: number) => Scalar>,
): LazyArray {
  const chunks = shape.map((n) => Math.max(1, n));
  const source: Source = {
    ...{ key, shape, dtype, chunks, dimensionNames: shape.map(() => null) },
    async readChunk(_index, options = {}) {
      const resultOf = await sharedResult(key, find, options);
      const out = allocate(dtype, values.length);
      values.forEach((label, i) => {
        out[i] = cast(resultOf(label), dtype) as never;
      });
      return out;
    },
  };
  return new LazyArray(sourceNode(source));
}

/** As C casts: truncated, NaN of integers 0. */
function cast(value: Scalar, dtype: DType): Scalar {
  if (isFloat(dtype)) return Number(value);
  if (dtype === 'bool') return Number(value) === 0 ? 0 : 1;
  if (!isBigInt(dtype)) return Number(value);
  if (typeof value === 'bigint') return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}
