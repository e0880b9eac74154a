// The one table of what a pipeline file may call: public functions by name, and LazyArray's methods.
import { concatenate, stack, where } from './arrays';
import { ArgumentError } from './core/errors';
import type { ComputeOptions } from './exec/options';
import { LazyArray } from './lazyArray';
import * as ndfilters from './ndfilters';
import * as ndfourier from './ndfourier';
import * as ndmeasure from './ndmeasure';
import * as ndmorph from './ndmorph';

/** One function that a step may call. */
export interface PipelineCall {
  /** Positional parameters; a name ending in `?` may be left out, `...name` takes any number. */
  readonly parameters: readonly string[];
  readonly options: readonly string[];
  /** What the result is made of, for functions that return several things. */
  readonly parts?: readonly string[];
  readonly run: (args: readonly unknown[], options: object, compute: ComputeOptions) => unknown;
}

type Parameters = readonly string[];

/** Arguments come from JSON: the functions check them. */
type Untyped<R> = (...args: unknown[]) => R;

/** A function whose result is lazy. */
function lazy<A extends never[], R>(
  call: (...args: A) => R,
  parameters: Parameters,
  options: readonly string[] = [],
  parts?: readonly string[],
): PipelineCall {
  const untyped = call as Untyped<R>;
  const run = (args: readonly unknown[], values: object) =>
    options.length > 0 ? untyped(...args, values) : untyped(...args);
  return { parameters, options, parts, run };
}

/** A function that computes when it is called. */
function eager<A extends never[], R>(
  call: (...args: A) => Promise<R>,
  parameters: Parameters,
  options: readonly string[],
): PipelineCall {
  const untyped = call as Untyped<Promise<R>>;
  return { parameters, options, run: (args, values, compute) => untyped(...args, { ...values, ...compute }) };
}

/** A method, as a function whose first parameter is the array. */
function method(
  name: keyof LazyArray,
  parameters: Parameters = [],
  options: readonly string[] = [],
): PipelineCall {
  return lazy(
    (array: unknown, ...args: unknown[]) => {
      if (!(array instanceof LazyArray)) throw new ArgumentError('array', array, 'a LazyArray');
      // JSON has no undefined: null leaves a parameter out (and an axis whole, in slice).
      const given = name === 'slice' ? args : args.map((arg) => arg ?? undefined);
      return (array[name] as Untyped<unknown>).apply(array, given);
    },
    ['array', ...parameters],
    options,
  );
}

const named = <const N extends readonly (keyof LazyArray)[]>(names: N, ...rest: Parameters[]) =>
  Object.fromEntries(names.map((name) => [name, method(name, ...rest)]));

const METHODS: Readonly<Record<string, PipelineCall>> = {
  ...named(['select'], ['selection']),
  ...named(['slice'], ['...selectors']),
  ...named(['astype'], ['dtype']),
  ...named(['rechunk'], ['chunks']),
  ...named(['rename'], ['dimensionNames']),
  ...named(['add', 'subtract', 'multiply', 'divide', 'floorDivide', 'remainder', 'power'], ['other']),
  ...named(['minimum', 'maximum', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'xor'], ['other']),
  ...named(['absolute', 'real', 'imag', 'conj', 'angle', 'negative', 'sqrt', 'exp', 'log', 'not', 'isnan']),
  ...named(['clip'], ['low?', 'high?']),
  ...named(['sum', 'min', 'max', 'mean', 'std'], [], ['axis']),
};

const CORRELATE = ['mode', 'cval', 'origin'];
const GAUSSIAN_DERIVATIVE = ['mode', 'cval', 'truncate'];
const WINDOW = ['size', 'footprint', 'mode', 'cval', 'origin'];
const BINARY = ['structure', 'iterations', 'mask', 'borderValue', 'origin'];
const CONNECT = ['structure', 'wrapAxes'];
const MEASURE = ['labelImage', 'index'];

const FUNCTIONS: Readonly<Record<string, PipelineCall>> = {
  where: lazy(where, ['condition', 'a', 'b']),
  concatenate: lazy(concatenate, ['arrays'], ['axis']),
  stack: lazy(stack, ['arrays'], ['axis', 'dimensionName']),
  gaussianFilter: lazy(ndfilters.gaussianFilter, ['image', 'sigma'], ['order', 'mode', 'cval', 'truncate']),
  correlate: lazy(ndfilters.correlate, ['image', 'weights'], CORRELATE),
  convolve: lazy(ndfilters.convolve, ['image', 'weights'], CORRELATE),
  laplace: lazy(ndfilters.laplace, ['image'], ['mode', 'cval']),
  prewitt: lazy(ndfilters.prewitt, ['image'], ['axis', 'mode', 'cval']),
  sobel: lazy(ndfilters.sobel, ['image'], ['axis', 'mode', 'cval']),
  gaussianGradientMagnitude: lazy(
    ndfilters.gaussianGradientMagnitude,
    ['image', 'sigma'],
    GAUSSIAN_DERIVATIVE,
  ),
  gaussianLaplace: lazy(ndfilters.gaussianLaplace, ['image', 'sigma'], GAUSSIAN_DERIVATIVE),
  thresholdLocal: lazy(
    ndfilters.thresholdLocal,
    ['image', 'blockSize'],
    ['method', 'offset', 'mode', 'param', 'cval'],
  ),
  uniformFilter: lazy(ndfilters.uniformFilter, ['image'], ['size', 'mode', 'cval', 'origin']),
  minimumFilter: lazy(ndfilters.minimumFilter, ['image'], WINDOW),
  maximumFilter: lazy(ndfilters.maximumFilter, ['image'], WINDOW),
  medianFilter: lazy(ndfilters.medianFilter, ['image'], WINDOW),
  rankFilter: lazy(ndfilters.rankFilter, ['image', 'rank'], WINDOW),
  percentileFilter: lazy(ndfilters.percentileFilter, ['image', 'percentile'], WINDOW),
  fourierGaussian: lazy(ndfourier.fourierGaussian, ['image', 'sigma'], ['n', 'axis']),
  fourierUniform: lazy(ndfourier.fourierUniform, ['image', 'size'], ['n', 'axis']),
  fourierEllipsoid: lazy(ndfourier.fourierEllipsoid, ['image', 'size'], ['n', 'axis']),
  fourierShift: lazy(ndfourier.fourierShift, ['image', 'shift'], ['n', 'axis']),
  binaryErosion: lazy(ndmorph.binaryErosion, ['image'], BINARY),
  binaryDilation: lazy(ndmorph.binaryDilation, ['image'], BINARY),
  binaryOpening: lazy(ndmorph.binaryOpening, ['image'], BINARY),
  binaryClosing: lazy(ndmorph.binaryClosing, ['image'], BINARY),
  generateBinaryStructure: lazy(ndmorph.generateBinaryStructure, ['rank', 'connectivity']),
  label: lazy(ndmeasure.label, ['image'], CONNECT, ['labels', 'count']),
  labelEqualRegions: lazy(
    ndmeasure.labelEqualRegions,
    ['image'],
    ['structure', 'background'],
    ['labels', 'count'],
  ),
  mergeLabelsAcrossChunkBoundaries: lazy(
    ndmeasure.mergeLabelsAcrossChunkBoundaries,
    ['labelImage'],
    CONNECT,
    ['labels', 'count'],
  ),
  relabelSequential: lazy(ndmeasure.relabelSequential, ['labelImage'], ['offset'], ['labels']),
  removeSmallObjects: lazy(ndmeasure.removeSmallObjects, ['image'], ['minSize', 'connectivity']),
  clearBorder: lazy(ndmeasure.clearBorder, ['labelImage'], ['bufferSize']),
  expandLabels: lazy(ndmeasure.expandLabels, ['labelImage'], ['distance']),
  selectLabels: lazy(ndmeasure.selectLabels, ['labelImage', 'keep']),
  area: lazy(ndmeasure.area, ['image'], MEASURE),
  mean: lazy(ndmeasure.mean, ['image'], MEASURE),
  sumLabels: lazy(ndmeasure.sumLabels, ['image'], MEASURE),
  minimum: lazy(ndmeasure.minimum, ['image'], MEASURE),
  maximum: lazy(ndmeasure.maximum, ['image'], MEASURE),
  variance: lazy(ndmeasure.variance, ['image'], MEASURE),
  standardDeviation: lazy(ndmeasure.standardDeviation, ['image'], MEASURE),
  minimumPosition: lazy(ndmeasure.minimumPosition, ['image'], MEASURE),
  maximumPosition: lazy(ndmeasure.maximumPosition, ['image'], MEASURE),
  centerOfMass: lazy(ndmeasure.centerOfMass, ['image'], MEASURE),
  median: lazy(ndmeasure.median, ['image'], MEASURE),
  extrema: lazy(ndmeasure.extrema, ['image'], MEASURE, [
    'minimum',
    'maximum',
    'minimumPosition',
    'maximumPosition',
  ]),
  thresholdOtsu: eager(ndmeasure.thresholdOtsu, ['image'], ['bins']),
  regionTable: eager(ndmeasure.regionTable, ['image'], ['labelImage', 'properties', 'pixelSize']),
};

/** Calls by name. Where a function and a method share a name, the function has it. */
export const PIPELINE_CALLS: ReadonlyMap<string, PipelineCall> = new Map([
  ...Object.entries(METHODS),
  ...Object.entries(METHODS).map(([name, call]) => [`LazyArray.${name}`, call] as const),
  ...Object.entries(FUNCTIONS),
]);
