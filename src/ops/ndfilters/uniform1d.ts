// The 1-D running mean that uniformFilter is made of.
import { DTYPES } from '../../core/dtype';
import { createNode, type GraphNode, pickMeta } from '../../core/graph';
import { defineBlockOp } from '../../core/op';
import { uniform1dGpu, uniform1dRefuses } from '../gpu/uniform1d';
import { constantRefusal, type LineParams, lineDemand, lineGeometry } from './lines';

type UniformParams = LineParams & { readonly size: number };

export const uniform1d = defineBlockOp<UniformParams>({
  name: 'uniform1d',
  demand: (region, params, [input]) => [lineDemand(region, params, input.shape)],
  gpuRefuses: (params, _inputs, output) =>
    uniform1dRefuses(output.dtype, params.size) ?? constantRefusal(params, output),
  cpu(context, { params, inputs: [input], output }) {
    const { region, outer, inner, inputLength, outputLength, table } = lineGeometry(params, output);
    const dtype = DTYPES.indexOf(output.dtype);
    const { kernels } = context;
    const pointer = context.input(input!, region);
    kernels.uniform1d(
      pointer,
      context.output(output),
      dtype,
      outer,
      inputLength,
      outputLength,
      inner,
      context.constant(table),
      params.size,
      params.cval,
      context.scratch(kernels.uniform1dScratch(dtype, inputLength, outputLength, inner, params.size)),
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    const { region, ...geometry } = lineGeometry(params, output);
    uniform1dGpu(context, {
      ...geometry,
      input: context.input(input!, region),
      output: context.output(output),
      dtype: output.dtype,
      size: params.size,
      cval: params.cval,
    });
  },
});

/**
 * Mean over a window of `size` along `axis`; output dtype = input dtype.
 * @see scipy.ndimage.uniform_filter1d
 */
export function uniform1dNode(
  input: GraphNode,
  size: number,
  axis: number,
  options: Pick<LineParams, 'mode' | 'cval'> & { readonly origin: number },
): GraphNode {
  const before = (size >> 1) + options.origin;
  const { mode, cval } = options;
  return createNode(
    uniform1d.name,
    pickMeta(input),
    { axis, before, after: size - 1 - before, mode, cval, size },
    [input],
  );
}
