// The 1-D correlation that separable filters are made of.
import { DTYPES } from '../../core/dtype';
import { createNode, type GraphNode, pickMeta } from '../../core/graph';
import { defineBlockOp } from '../../core/op';
import { elementCount, regionShape } from '../../core/region';
import { castNode } from '../elementwise';
import { correlate1dGpu, correlate1dRefuses } from '../gpu/correlate1d';
import { correlatePlaneGpu, PLANE_TAPS } from '../gpu/correlatePlane';
import { constantRefusal, type LineParams, lineDemand, lineGeometry } from './lines';

type CorrelateParams = LineParams & { readonly weights: Float64Array };

export const correlate1d = defineBlockOp<CorrelateParams>({
  name: 'correlate1d',
  demand: (region, params, [input]) => [lineDemand(region, params, input.shape)],
  slices: (params, axis) => axis !== params.axis,
  gpuRefuses: (params, _inputs, output) =>
    correlate1dRefuses(output.dtype, params.weights) ?? constantRefusal(params, output),
  cpu(context, { params, inputs: [input], output }) {
    const { region, outer, inner, inputLength, outputLength, table } = lineGeometry(params, output);
    const dtype = DTYPES.indexOf(output.dtype);
    const taps = params.weights.length;
    const { kernels } = context;
    const pointer = context.input(input!, region);
    kernels.correlate1d(
      pointer,
      context.output(output),
      dtype,
      outer,
      inputLength,
      outputLength,
      inner,
      context.constant(table),
      context.constant(params.weights),
      taps,
      params.cval,
      context.scratch(kernels.correlate1dScratch(dtype, inputLength, outputLength, inner, taps)),
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    const { region, ...geometry } = lineGeometry(params, output);
    correlate1dGpu(context, {
      ...geometry,
      input: context.input(input!, region),
      output: context.output(output),
      dtype: output.dtype,
      weights: params.weights,
      cval: params.cval,
    });
  },
  gpuPair: {
    accepts: ({ params: first, output }, { params: second }) =>
      output.dtype === 'float32' &&
      output.shape.length >= 2 &&
      isPlanePair(first, second, output.shape.length),
    gpu(context, step, { params, output }) {
      const { region: between, ...second } = lineGeometry(params, output);
      const { region, ...first } = lineGeometry(step.params, { ...step.output, region: between });
      correlatePlaneGpu(context, {
        planes: elementCount(regionShape(output.region).slice(0, -2)),
        input: context.input(step.inputs[0]!, region),
        output: context.output(output),
        first: { ...step.params, ...first },
        second: { ...params, ...second },
      });
    },
  },
});

/** Whether the passes go along the last two axes, with windows that fit the workgroups' memory. */
const isPlanePair = (first: CorrelateParams, second: CorrelateParams, rank: number): boolean =>
  first.axis !== second.axis &&
  Math.min(first.axis, second.axis) === rank - 2 &&
  Math.max(first.weights.length, second.weights.length) <= PLANE_TAPS;

/**
 * Correlates each line along `axis` with `weights`; output dtype = input dtype.
 * @see scipy.ndimage.correlate1d
 */
export function correlate1dNode(
  input: GraphNode,
  weights: Float64Array,
  axis: number,
  options: Pick<LineParams, 'mode' | 'cval'> & { readonly origin: number },
): GraphNode {
  const before = (weights.length >> 1) + options.origin;
  const { mode, cval } = options;
  return createNode(
    correlate1d.name,
    pickMeta(input),
    { axis, before, after: weights.length - 1 - before, mode, cval, weights },
    [input],
  );
}

/**
 * Runs passes over an image as SciPy does over booleans: they are its bytes, so that -1 is 255 between passes, and only
 * zero is false in the end.
 */
export const overBytes = (input: GraphNode, passes: (image: GraphNode) => GraphNode): GraphNode =>
  input.dtype === 'bool' ? castNode(passes(castNode(input, 'uint8')), 'bool') : passes(input);
