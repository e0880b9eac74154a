// The 1-D correlation that separable filters are made of.
import { DTYPES } from '../../core/dtype';
import { createNode, type GraphNode, pickMeta } from '../../core/graph';
import { defineBlockOp } from '../../core/op';
import { castNode } from '../elementwise';
import { correlate1dGpu, correlate1dRefuses } from '../gpu/correlate1d';
import {
  type CorrelateLineParams,
  constantRefusal,
  type LineParams,
  lineDemand,
  lineGeometry,
} from './lines';
import { planeGpu, planeRun } from './planeRun';

export const correlate1d = defineBlockOp<CorrelateLineParams>({
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
  gpuRun: {
    length: (steps, isPrivate) => planeRun(steps, isPrivate)?.steps ?? 1,
    gpu: (context, steps) => planeGpu(context, planeRun(steps, () => true)!),
  },
});

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
