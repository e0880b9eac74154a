// Complex arrays and their parts. Everything else about complex numbers is made of real operations on parts.
import { isComplex, itemSize, partDType, promote } from '../core/dtype';
import { createNode, type GraphNode, type Params, pickMeta } from '../core/graph';
import { defineBlockOp } from '../core/op';
import { regionSize } from '../core/region';
import { joinPartsGpu, splitPartsGpu } from './gpu/complex';

type PartParams = Params & { readonly part: 0 | 1 };

const NO_DOUBLE = 'WebGPU has no complex128';

export const complexPart = defineBlockOp<PartParams>({
  name: 'complexPart',
  demand: (region) => [region],
  gpuRefuses: (_params, [input]) => (input.dtype === 'complex128' ? NO_DOUBLE : undefined),
  cpu(context, { params, inputs: [input], output }) {
    const pointer = context.input(input!, output.region);
    const [target, bytes] = [context.output(output), itemSize(output.dtype)];
    context.kernels.splitParts(pointer, target, bytes, params.part, regionSize(output.region));
  },
  gpu(context, { params, inputs: [input], output }) {
    splitPartsGpu(context, {
      input: context.input(input!, output.region),
      output: context.output(output),
      part: params.part,
      count: regionSize(output.region),
    });
  },
});

export const complexJoin = defineBlockOp<Params>({
  name: 'complexJoin',
  demand: (region) => [region, region],
  gpuRefuses: (_params, _inputs, { dtype }) => (dtype === 'complex128' ? NO_DOUBLE : undefined),
  cpu(context, { inputs, output }) {
    const [re, im] = inputs.map((input) => context.input(input!, output.region));
    const [target, bytes] = [context.output(output), itemSize(partDType(output.dtype))];
    context.kernels.joinParts(re, im, target, bytes, regionSize(output.region));
  },
  gpu(context, { inputs, output }) {
    const [re, im] = inputs.map((input) => context.input(input!, output.region));
    joinPartsGpu(context, { re, im, output: context.output(output), count: regionSize(output.region) });
  },
});

/** The real (0) or imaginary (1) parts of a complex node. */
export function partNode(input: GraphNode, part: 0 | 1): GraphNode {
  if (input.op === complexJoin.name) return input.inputs[part];
  const meta = { ...pickMeta(input), dtype: partDType(input.dtype) };
  return createNode(complexPart.name, meta, { part }, [input]);
}

/** The complex node with these parts, which are of one shape and float type. */
export function joinNode(re: GraphNode, im: GraphNode): GraphNode {
  const [whole] = re.inputs;
  if (
    whole &&
    isComplex(whole.dtype) &&
    [re, im].every((node, i) => node.key === partNode(whole, i ? 1 : 0).key)
  )
    return whole;
  const meta = { ...pickMeta(re), dtype: promote(re.dtype, 'complex64') };
  return createNode(complexJoin.name, meta, {}, [re, im]);
}

/** Applies a real, linear operation to a real node, or to both parts of a complex one. */
export function overParts(
  input: GraphNode,
  operation: (part: GraphNode, index: 0 | 1) => GraphNode,
): GraphNode {
  if (!isComplex(input.dtype)) return operation(input, 0);
  return joinNode(operation(partNode(input, 0), 0), operation(partNode(input, 1), 1));
}
