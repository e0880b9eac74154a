// Discrete Fourier transforms of whole lines along one axis.
import { itemSize, partDType, promote } from '../../core/dtype';
import { type ArrayMeta, createNode, type GraphNode, type Params, pickMeta } from '../../core/graph';
import { defineBlockOp } from '../../core/op';
import { elementCount, type Region, regionShape, type Shape } from '../../core/region';
import { fourierLinesGpu } from '../gpu/fourierLines';
import { fourierTables } from './fourierTables';

/** What is transformed into what: real lines have a spectrum whose second half mirrors the first. */
export type LineKind = 'complex' | 'fromReal' | 'toReal';

export interface LineTransform {
  readonly kind: LineKind;
  readonly axis: number;
  /** Length of the transform: lines are cut or filled with zeros at their end. Of the result, if that is real. */
  readonly length: number;
  readonly inverse: boolean;
  /** Results are multiplied by it. */
  readonly scale: number;
}

type LineParams = Params & LineTransform;

const KIND_CODES: Record<LineKind, number> = { complex: 0, fromReal: 1, toReal: 2 };

/** Buffers of the CPU's kernel. */
const KERNEL_BUFFERS = 5;

/** Longest lines that the GPU takes. */
const GPU_LENGTH = 2 ** 20;

export const fourierLines = defineBlockOp<LineParams>({
  name: 'fourierLines',
  blockShape: ({ axis }, { shape }) => shape.map((n, i) => (i === axis ? n : 1)),
  demand: (region, params, [input]) => [lineRegion(region, params, input.shape)],
  slices: (params, axis) => axis !== params.axis,
  gpuRefuses: ({ length }, _inputs, { dtype }) => {
    if (partDType(dtype) === 'float64') return `WebGPU has no ${dtype}`;
    return length > GPU_LENGTH ? `lines of more than ${GPU_LENGTH} elements run on the CPU` : undefined;
  },
  cpu(context, { params, inputs: [input], output }) {
    const { kind, axis, length, inverse, scale } = params;
    const region = lineRegion(output.region, params, input!.shape);
    const { lines, inner, inputLength, outputLength } = lineShape(region, output.region, axis);
    const bytes = itemSize(partDType(output.dtype));
    const { plan, tables, bufferLength } = fourierTables(length, kind !== 'complex', bytes === 4);
    const pointer = context.input(input!, region);
    // The kernel has read a line before it writes there.
    const inPlace = kind === 'complex' && inputLength === outputLength && context.isLastUse(input!);
    if (inPlace) context.alias(output, pointer);
    const target = inPlace ? pointer : context.output(output);
    const [planPointer, tablesPointer] = [context.constant(plan), context.constant(tables)];
    const scratch = context.scratch(KERNEL_BUFFERS * 32 * bufferLength);
    context.kernels.fourier(
      bytes,
      KIND_CODES[kind],
      Number(inverse),
      pointer,
      target,
      lines,
      inner,
      inputLength,
      length,
      outputLength,
      scale,
      planPointer,
      tablesPointer,
      scratch,
      32 * bufferLength,
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    const region = lineRegion(output.region, params, input!.shape);
    fourierLinesGpu(context, {
      ...params,
      ...lineShape(region, output.region, params.axis),
      input: context.input(input!, region),
      output: context.output(output),
    });
  },
});

/** What whole lines of the output need of the input. */
function lineRegion(region: Region, { kind, axis, length }: LineTransform, shape: Shape): Region {
  const used = kind === 'toReal' ? (length >> 1) + 1 : length;
  return region.map((interval, i) => (i === axis ? [0, Math.min(shape[axis], used)] : interval));
}

/** Blocks seen as [outer, axis, inner]; `lines` is outer * inner. */
function lineShape(input: Region, output: Region, axis: number) {
  const shape = regionShape(output);
  const inner = elementCount(shape.slice(axis + 1));
  return {
    lines: elementCount(shape.slice(0, axis)) * inner,
    inner,
    inputLength: input[axis][1] - input[axis][0],
    outputLength: shape[axis],
  };
}

/** The transform of a node of float32, float64 or a complex type; from real, `outputLength` frequencies of it. */
export function fourierLinesNode(
  input: GraphNode,
  transform: LineTransform,
  chunks: Shape,
  outputLength = transform.length,
): GraphNode {
  const meta: ArrayMeta = {
    ...pickMeta(input),
    shape: input.shape.map((n, i) => (i === transform.axis ? outputLength : n)),
    chunks,
    dtype: transform.kind === 'toReal' ? partDType(input.dtype) : promote(input.dtype, 'complex64'),
  };
  return createNode(fourierLines.name, meta, { ...transform }, [input]);
}
