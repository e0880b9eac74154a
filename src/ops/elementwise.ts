// Pointwise operations: one fused expression per node, over inputs of one shape.
import type { DType, Scalar } from '../core/dtype';
import { ArgumentError } from '../core/errors';
import {
  call,
  cast,
  constant,
  type Expression,
  type ExpressionLike,
  fits,
  fuse,
  gpuRefusal,
  input as inputLeaf,
  type PointwiseFunction,
  reindex,
} from '../core/expression';
import { createNode, type GraphNode, type Params, pickMeta } from '../core/graph';
import { defineBlockOp } from '../core/op';
import { regionSize, type Shape } from '../core/region';
import { pointwiseGpu } from './gpu/pointwise';
import { broadcastNode } from './views';

type PointwiseParams = Params & { readonly expression: Expression };

export const pointwise = defineBlockOp<PointwiseParams>({
  name: 'pointwise',
  demand: (region, _params, inputs) => inputs.map(() => region),
  gpuRefuses: ({ expression }) => gpuRefusal(expression),
  cpu(context, { params, inputs, output }) {
    const pointers = inputs.map((input) => context.input(input!, output.region));
    context.pointwise(params.expression, regionSize(output.region), context.output(output), pointers);
  },
  gpu(context, { params, inputs, output }) {
    pointwiseGpu(context, {
      expression: params.expression,
      count: regionSize(output.region),
      inputs: inputs.map((input) => context.input(input!, output.region)),
      output: context.output(output),
    });
  },
});

/** Applies `fn` to arrays (broadcast by NumPy's rules) and scalars, fused with the pointwise nodes it reads. */
export function pointwiseNode(
  fn: PointwiseFunction,
  operands: readonly (GraphNode | Scalar | boolean)[],
): GraphNode {
  const arrays = operands.filter(isNode);
  const shape = broadcastShape(arrays);
  const like = arrays.find((node) => sameShape(node.shape, shape)) ?? { ...arrays[0], shape, chunks: shape };
  const inputs = arrays.map((node) => (sameShape(node.shape, shape) ? node : broadcastNode(node, like)));
  let next = 0;
  const leaves: ExpressionLike[] = operands.map((operand) => {
    if (!isNode(operand)) return scalarOperand(operand);
    const leaf = inputLeaf(next, inputs[next].dtype);
    next++;
    return leaf;
  });
  return expressionNode(call(fn, ...leaves), inputs, like);
}

/** A node that evaluates `expression` over `inputs`, all of `like`'s shape. */
export function expressionNode(
  expression: Expression,
  inputs: readonly GraphNode[],
  like: Pick<GraphNode, 'shape' | 'chunks' | 'dimensionNames' | 'dtype'>,
): GraphNode {
  const fused = fuseInputs(expression, inputs);
  const [whole, leaves] = fits(fused.expression) ? [fused.expression, fused.inputs] : [expression, inputs];
  return createNode(
    pointwise.name,
    { ...pickMeta(like), dtype: expression.dtype },
    { expression: whole },
    leaves,
  );
}

/** Replaces inputs that are themselves pointwise by their expressions; equal leaves become one. */
function fuseInputs(expression: Expression, inputs: readonly GraphNode[]) {
  const leaves: GraphNode[] = [];
  const positions = new Map<string, number>();
  const place = (node: GraphNode): number => {
    const known = positions.get(node.key);
    if (known !== undefined) return known;
    positions.set(node.key, leaves.length);
    return leaves.push(node) - 1;
  };
  const parts = inputs.map((node) => {
    if (node.op !== pointwise.name) return inputLeaf(place(node), node.dtype);
    return reindex((node.params as PointwiseParams).expression, node.inputs.map(place));
  });
  return { expression: fuse(expression, parts), inputs: leaves };
}

/** Conversion to another dtype with C semantics. @see numpy.ndarray.astype */
export const castNode = (node: GraphNode, dtype: DType): GraphNode =>
  node.dtype === dtype ? node : expressionNode(cast(inputLeaf(0, node.dtype), dtype), [node], node);

/** `node != 0`, as bool. */
export const booleanNode = (node: GraphNode): GraphNode => castNode(node, 'bool');

export const whereNode = (condition: GraphNode, a: GraphNode | Scalar, b: GraphNode | Scalar): GraphNode =>
  pointwiseNode('where', [condition, a, b]);

/** An array of `like`'s shape and chunks holding one value. */
export const fullNode = (like: GraphNode, value: number, dtype: DType): GraphNode =>
  createNode(pointwise.name, { ...pickMeta(like), dtype }, { expression: constant(value, dtype) });

const isNode = (operand: GraphNode | Scalar | boolean): operand is GraphNode => typeof operand === 'object';

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

function scalarOperand(value: Scalar | boolean): number | boolean {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  if (BigInt(number) === value) return number;
  throw new ArgumentError('value', value, 'an integer that a float64 holds exactly');
}

/** The shape NumPy broadcasts to; throws when the shapes do not fit. */
function broadcastShape(arrays: readonly GraphNode[]): number[] {
  const rank = Math.max(...arrays.map((node) => node.shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let size = 1;
    for (const { shape } of arrays) {
      const n = shape[axis - (rank - shape.length)] ?? 1;
      if (n === 1 || n === size) continue;
      if (size !== 1)
        throw new ArgumentError(
          'operands',
          arrays.map((node) => node.shape),
          'arrays whose shapes are equal or broadcast to one shape',
        );
      size = n;
    }
    return size;
  });
}
