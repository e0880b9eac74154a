// Pointwise operations: one fused expression per node, over inputs of one shape. Complex ones are two, one for each part.
import {
  type ComplexExpression,
  type ComplexLike,
  callComplex,
  isPair,
  truth,
} from '../core/complexExpression';
import { type Complex, type DType, isComplex, partDType, type Scalar } from '../core/dtype';
import { ArgumentError } from '../core/errors';
import {
  call,
  cast,
  constant,
  type Expression,
  type ExpressionLike,
  expressionSize,
  fits,
  fuse,
  gpuRefusal,
  inputDTypes,
  input as inputLeaf,
  type PointwiseFunction,
  reindex,
} from '../core/expression';
import { createNode, type GraphNode, type Params, pickMeta } from '../core/graph';
import { defineBlockOp, type Step } from '../core/op';
import { regionSize, type Shape } from '../core/region';
import { joinNode, overParts, partNode } from './complex';
import { pointwiseGpu } from './gpu/pointwise';
import { broadcastNode } from './views';

type PointwiseParams = Params & { readonly expression: Expression };

export const pointwise = defineBlockOp<PointwiseParams>({
  name: 'pointwise',
  demand: (region, _params, inputs) => inputs.map(() => region),
  slices: () => true,
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

/** The expression of a step that is pointwise, and how many nodes it has. */
export function expressionOf({ op, params }: Step): { expression: Expression; size: number } | undefined {
  if (op !== pointwise.name) return undefined;
  const { expression } = params as PointwiseParams;
  return { expression, size: expressionSize(expression) };
}

/** What a pointwise function applies to. */
export type PointwiseOperand = GraphNode | Scalar | Complex | boolean;

/**
 * Applies `fn` to arrays (broadcast by NumPy's rules) and scalars, fused with the pointwise nodes it reads.
 * @throws ArgumentError for shapes that do not broadcast, and dtypes that NumPy refuses or of which it has no order
 */
export function pointwiseNode(fn: PointwiseFunction, operands: readonly PointwiseOperand[]): GraphNode {
  const arrays = operands.filter(isNode);
  const shape = broadcastShape(arrays);
  const like = arrays.find((node) => sameShape(node.shape, shape)) ?? { ...arrays[0], shape, chunks: shape };
  const inputs: GraphNode[] = [];
  const leaf = (node: GraphNode) => inputLeaf(inputs.push(node) - 1, node.dtype);
  const leaves = operands.map((operand): ComplexLike => {
    if (!isNode(operand)) return scalarOperand(operand);
    const node = sameShape(operand.shape, shape) ? operand : broadcastNode(operand, like);
    return isComplex(node.dtype) ? { re: leaf(partNode(node, 0)), im: leaf(partNode(node, 1)) } : leaf(node);
  });
  const result = leaves.some(isPair) ? callComplex(fn, leaves) : call(fn, ...(leaves as ExpressionLike[]));
  if (!isPair(result)) return expressionNode(result, inputs, like);
  const { re, im } = result as ComplexExpression;
  return joinNode(expressionNode(re, inputs, like), expressionNode(im, inputs, like));
}

/** A node that evaluates `expression` over those of `inputs` that it uses, all of `like`'s shape. */
export function expressionNode(
  general: Expression,
  candidates: readonly GraphNode[],
  like: Pick<GraphNode, 'shape' | 'chunks' | 'dimensionNames' | 'dtype'>,
): GraphNode {
  const used = inputDTypes(general).flatMap((dtype, i) => (dtype ? [i] : []));
  const inputs = used.map((i) => candidates[i]);
  const expression = reindex(
    general,
    candidates.map((_, i) => used.indexOf(i)),
  );
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

/**
 * Conversion to another dtype with C semantics; real numbers become complex ones without an imaginary part.
 * @throws ArgumentError for complex numbers to real ones, of which NumPy warns
 * @see numpy.ndarray.astype
 */
export function castNode(node: GraphNode, dtype: DType): GraphNode {
  if (node.dtype === dtype) return node;
  if (isComplex(dtype)) {
    const part = partDType(dtype);
    if (!isComplex(node.dtype)) return joinNode(castNode(node, part), fullNode(node, 0, part));
    return overParts(node, (half) => castNode(half, part));
  }
  if (!isComplex(node.dtype)) return expressionNode(cast(inputLeaf(0, node.dtype), dtype), [node], node);
  if (dtype !== 'bool')
    throw new ArgumentError(
      'dtype',
      dtype,
      `a complex dtype or bool for a ${node.dtype} array (take real(), imag() or absolute() of it)`,
    );
  const parts = [partNode(node, 0), partNode(node, 1)];
  const [re, im] = parts.map((part, i) => inputLeaf(i, part.dtype));
  return expressionNode(truth({ re, im }), parts, node);
}

/** `node != 0`, as bool. */
export const booleanNode = (node: GraphNode): GraphNode => castNode(node, 'bool');

export const whereNode = (condition: GraphNode, a: PointwiseOperand, b: PointwiseOperand): GraphNode =>
  pointwiseNode('where', [condition, a, b]);

/** An array of `like`'s shape and chunks holding one value. */
export const fullNode = (like: GraphNode, value: number, dtype: DType): GraphNode =>
  createNode(pointwise.name, { ...pickMeta(like), dtype }, { expression: constant(value, dtype) });

/** @see numpy.real */
export const realNode = (node: GraphNode): GraphNode => (isComplex(node.dtype) ? partNode(node, 0) : node);

/** @see numpy.imag */
export const imaginaryNode = (node: GraphNode): GraphNode =>
  isComplex(node.dtype) ? partNode(node, 1) : fullNode(node, 0, node.dtype);

/** @see numpy.conj */
export const conjugateNode = (node: GraphNode): GraphNode =>
  overParts(node, (part, index) => (index === 0 ? part : pointwiseNode('negative', [part])));

/** @see numpy.angle */
export const angleNode = (node: GraphNode): GraphNode =>
  isComplex(node.dtype)
    ? pointwiseNode('arctan2', [partNode(node, 1), partNode(node, 0)])
    : pointwiseNode('arctan2', [0, node]);

const isNode = (operand: PointwiseOperand): operand is GraphNode =>
  typeof operand === 'object' && 'op' in operand;

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

function scalarOperand(value: Scalar | Complex | boolean): number | Complex | boolean {
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
