// n-D correlation and convolution; separable weights become 1-D passes where no one can tell.
import { type BoundaryMode, checkMode } from '../../core/boundary';
import { checkInteger, perAxis } from '../../core/checks';
import { DTYPES, isFloat } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, pickMeta } from '../../core/graph';
import { defineBlockOp } from '../../core/op';
import { stridesOf } from '../../core/region';
import { correlateGpu } from '../gpu/correlate';
import { correlate1dRefuses } from '../gpu/correlate1d';
import { correlate1dNode, overBytes } from './correlate1d';
import { checkCval } from './gaussian';
import { constantRefusal } from './lines';
import { checkOrigin } from './uniform';
import {
  type ParsedWeights,
  parseWeights,
  reversed,
  separate,
  type WeightsLike,
  withoutNegligible,
} from './weights';
import { type WindowParams, windowAxes, windowDemand, windowGeometry } from './windows';

export interface CorrelateOptions {
  /** What lies beyond the edge. Default `reflect`. */
  readonly mode?: BoundaryMode;
  /** Value beyond the edge under `constant`. Default 0. */
  readonly cval?: number;
  /** Shift of the weights, one for all axes or one per axis. Default 0. */
  readonly origin?: number | readonly number[];
}

type CorrelateParams = WindowParams & {
  /** C order; SciPy ignores zeros. */
  readonly weights: Float64Array;
};

export const correlate = defineBlockOp<CorrelateParams>({
  name: 'correlate',
  demand: (region, params, [input]) => [windowDemand(region, params, input.shape)],
  gpuRefuses: (params, _inputs, output) =>
    (output.shape.length > 4 ? 'more than four axes' : undefined) ??
    correlate1dRefuses(output.dtype, params.weights) ??
    constantRefusal(params, output),
  cpu(context, { params, inputs: [input], output }) {
    const { region, inputShape, outputShape, size, extent, inner, tables } = windowGeometry(params, output);
    const { kernels } = context;
    const used = Array.from(params.weights.keys()).filter((k) => params.weights[k] !== 0);
    const shape = context.constant(outputShape);
    const spanned = context.constant(extent);
    kernels.correlate(
      context.input(input!, region),
      context.output(output),
      DTYPES.indexOf(output.dtype),
      context.constant(inputShape),
      shape,
      spanned,
      inner,
      context.constant(tables),
      context.constant(tapOffsets(size, used, extent, inner)),
      context.constant(Float64Array.from(used, (k) => params.weights[k])),
      used.length,
      params.cval,
      context.scratch(kernels.correlateScratch(shape, spanned, inner, used.length)),
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    const { region, ...geometry } = windowGeometry(params, output);
    correlateGpu(context, {
      ...geometry,
      input: context.input(input!, region),
      output: context.output(output),
      dtype: output.dtype,
      weights: params.weights,
      cval: params.cval,
    });
  },
});

/** Where each tap stands after its window's first element, inside an array of shape [...extent, inner]. */
function tapOffsets(
  size: Int32Array,
  taps: readonly number[],
  extent: Int32Array,
  inner: number,
): Uint32Array {
  const strides = stridesOf([...extent, inner]);
  return Uint32Array.from(taps, (tap) => {
    let offset = 0;
    for (let rest = tap, axis = 3; axis >= 0; axis--) {
      offset += (rest % size[axis]) * strides[axis];
      rest = Math.floor(rest / size[axis]);
    }
    return offset;
  });
}

/**
 * Correlation with weights of the image's rank; output dtype = input dtype. Integer images are summed in float64 in
 * SciPy's order and truncated once.
 * @throws ArgumentError for weights of another rank, empty or not finite, an origin that leaves them, an unknown mode
 * @see scipy.ndimage.correlate
 */
export function correlateNode(
  input: GraphNode,
  weights: WeightsLike,
  options: CorrelateOptions = {},
): GraphNode {
  const parsed = parseWeights(weights, input.shape.length);
  return weightedNode(input, parsed, checkOrigins(parsed, options.origin), options);
}

/** Convolution: correlation with the weights mirrored. Throws as {@link correlateNode}. @see scipy.ndimage.convolve */
export function convolveNode(
  input: GraphNode,
  weights: WeightsLike,
  options: CorrelateOptions = {},
): GraphNode {
  const parsed = parseWeights(weights, input.shape.length);
  const origins = checkOrigins(parsed, options.origin);
  // The centre of an even side moves by one when mirrored.
  const mirrored = origins.map((o, axis) => (parsed.shape[axis] % 2 === 0 ? -o - 1 : -o));
  return weightedNode(input, reversed(parsed), mirrored, options);
}

function checkOrigins({ shape }: ParsedWeights, origin: unknown = 0): number[] {
  const origins = perAxis('origin', origin, shape.length, (name, v) => checkInteger(name, v));
  for (const [axis, o] of origins.entries()) checkOrigin(`origin[${axis}]`, o, shape[axis]);
  return origins;
}

function weightedNode(
  input: GraphNode,
  parsed: ParsedWeights,
  origins: readonly number[],
  options: CorrelateOptions,
): GraphNode {
  const { shape: size, data: weights } = withoutNegligible(parsed);
  const mode = checkMode(options.mode ?? 'reflect');
  const cval = checkCval(options.cval);
  const passes = separablePasses(input, { shape: size, data: weights }, cval);
  if (passes) {
    let beyond = cval;
    return passes.reduce((node, pass, axis) => {
      const next = correlate1dNode(node, pass, axis, { mode, cval: beyond, origin: origins[axis] });
      beyond *= pass.reduce((sum, w) => sum + w, 0);
      return next;
    }, input);
  }
  if (windowAxes(size) > 4)
    throw new ArgumentError(
      'weights',
      size,
      'weights longer than one along at most four axes (shorter axes between them count, too)',
    );
  const before = size.map((n, axis) => (n >> 1) + origins[axis]);
  return overBytes(input, (image) =>
    createNode(correlate.name, pickMeta(image), { size, before, mode, cval, weights }, [image]),
  );
}

/** Products of an n-D window that cost as much as one tap of a 1-D pass and its share of the pass; measured. */
const WORTH_PASSES = 3;

/**
 * The 1-D passes that do the same with less work. Only floats: integers are truncated after every pass, but once by
 * an n-D correlation.
 */
function separablePasses(
  input: GraphNode,
  weights: ParsedWeights,
  cval: number,
): readonly Float64Array[] | undefined {
  if (!isFloat(input.dtype) || !Number.isFinite(cval)) return undefined;
  const taps = weights.shape.reduce((sum, n) => sum + (n > 1 ? n : 0), 0);
  if (weights.data.length < WORTH_PASSES * taps) return undefined;
  return separate(weights);
}
