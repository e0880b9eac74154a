// Functions of the application in WGSL: each computes one element from the elements around it. On the CPU the node is
// what their counterpart in JavaScript makes of the same arrays, which is the node's last input.
import { type BoundaryMode, indexTable, reach } from '../core/boundary';
import { ArgumentError } from '../core/errors';
import { type ArrayMeta, createNode, type GraphNode, type Params } from '../core/graph';
import { defineBlockOp, type GpuContext, type Operand } from '../core/op';
import { type Region, regionShape, type Shape } from '../core/region';
import {
  elementFunctionGpu,
  elementFunctionRefuses,
  type FunctionBlock,
  signatureOf,
} from './gpu/elementFunction';
import { padBlockGpu } from './gpu/padBlock';
import { shape4 } from './gpu/wgsl';

export type FunctionText = {
  /** The public function that it was given to. */
  readonly label: string;
  /** Defines the function; see {@link checkWgsl}. */
  readonly wgsl: string;
  /** How far it reaches around its element, along each axis of the result. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly modes: readonly BoundaryMode[];
  readonly cval: number;
  /** Of a function of a window's values: the window's elements, a coordinate per axis from its corner; else null. */
  readonly window: Int32Array | null;
  readonly extraArguments: readonly number[];
};

export type ElementFunctionParams = Params &
  FunctionText & {
    /** Arrays that it reads: the first inputs. */
    readonly arrays: number;
  };

export const elementFunction = defineBlockOp<ElementFunctionParams>({
  name: 'elementFunction',
  demand: (region, params, inputs, output, executor) =>
    inputs.map((input, i) => {
      const isArray = i < params.arrays;
      if (isArray !== (executor === 'gpu')) return null;
      return isArray ? regionUnder(region, params, input.shape, output.shape) : region;
    }),
  gpuRefuses: (params, inputs, output) =>
    elementFunctionRefuses(params, inputs.slice(0, params.arrays), output),
  cpuRefuses: ({ label, arrays }, inputs) =>
    inputs.length > arrays ? undefined : `the function of ${label} is in WGSL only, which runs on a GPU`,
  cpu(context, { inputs, output }) {
    context.alias(output, context.input(inputs[inputs.length - 1]!, output.region));
  },
  gpu(context, { params, inputs, output }) {
    const blocks = inputs.slice(0, params.arrays).map((input) => blockOf(context, params, input!, output));
    elementFunctionGpu(context, { params, blocks, output, buffer: context.output(output) });
  },
});

/** Axes along which an array of `shape` is repeated to broadcast to `frame`. */
const isRepeated = (shape: Shape, frame: Shape, axis: number): boolean =>
  shape[axis] === 1 && frame[frame.length - shape.length + axis] !== 1;

/** What a region of the result needs of an array. */
function regionUnder(
  region: Region,
  { before, after, modes }: ElementFunctionParams,
  shape: Shape,
  frame: Shape,
): Region {
  const lead = frame.length - shape.length;
  return shape.map((length, axis) => {
    const k = lead + axis;
    if (isRepeated(shape, frame, axis)) return [0, 1] as const;
    return reach(region[k], before[k], after[k], length, modes[k]);
  });
}

/** The elements that a tile's functions may look at, those beyond the edges and repeated ones included. */
function blockOf(
  context: GpuContext,
  params: ElementFunctionParams,
  input: Operand,
  output: Operand,
): FunctionBlock {
  const { before, after, modes, cval } = params;
  const { dtype } = input;
  const region = regionUnder(output.region, params, input.shape, output.shape);
  const buffer = context.input(input, region);
  const lead = output.shape.length - input.shape.length;
  const tables = output.region.map((interval, k) => {
    const axis = k - lead;
    const length = interval[1] - interval[0] + before[k] + after[k];
    if (axis < 0 || isRepeated(input.shape, output.shape, axis)) return new Int32Array(length);
    return indexTable(interval, before[k], after[k], region[axis], input.shape[axis], modes[k]);
  });
  const shape = shape4(tables.map((table) => table.length));
  const inputShape = shape4(regionShape(region));
  const isWhole =
    inputShape.every((n, k) => n === shape[k]) && tables.every((table) => table.every((p, i) => p === i));
  if (isWhole) return { buffer, dtype, shape };
  const leading = Array.from({ length: 4 - tables.length }, () => new Int32Array(1));
  const padded = { input: buffer, dtype, inputShape, shape, tables: [...leading, ...tables], cval };
  return { buffer: padBlockGpu(context, padded), dtype, shape };
}

/**
 * The node of a function in WGSL; `counterpart` is what the same in JavaScript makes.
 * @throws ArgumentError for a text that defines no such function; where no GPU can do the work and there is no
 * counterpart
 */
export function elementFunctionNode(
  fn: FunctionText,
  arrays: readonly GraphNode[],
  output: ArrayMeta,
  counterpart: GraphNode | undefined,
): GraphNode {
  const params = { ...fn, wgsl: checkWgsl(fn, output), arrays: arrays.length };
  const refusal = elementFunctionRefuses(params, arrays, output);
  if (refusal && !counterpart)
    throw new ArgumentError('fn.cpu', undefined, `a function in JavaScript, since on a GPU ${refusal}`);
  return createNode(elementFunction.name, output, params, counterpart ? [...arrays, counterpart] : arrays);
}

/** Comments, whose words do not count. */
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

/** A text that defines `apply`: functions as they are, an expression as its result. */
function checkWgsl(fn: FunctionText, output: ArrayMeta): string {
  const signature = signatureOf(fn, output);
  const { wgsl } = fn;
  const accepted = `WGSL: an expression, or functions with ${signature}`;
  if (typeof wgsl !== 'string') throw new ArgumentError('fn.wgsl', wgsl, accepted);
  const code = wgsl.replace(COMMENT, '');
  if (code.trim() === '') throw new ArgumentError('fn.wgsl', wgsl, accepted);
  if (/@(group|binding|compute)\b/.test(code))
    throw new ArgumentError('fn.wgsl', wgsl, `${accepted}; no bindings and entry points`);
  // On one line with the text, whose lines then keep their numbers.
  if (!/\bfn\s/.test(code)) return `${signature} { return (${wgsl}\n); }`;
  if (!/\bfn\s+apply\s*\(/.test(code)) throw new ArgumentError('fn.wgsl', wgsl, accepted);
  return wgsl;
}
