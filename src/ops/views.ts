// Operations that move data without changing values: slice, rechunk, expand, broadcast, concatenate, constants.
import { allocate, type DType, isComplex, type TypedArray } from '../core/dtype';
import { type ArrayMeta, createNode, type GraphNode, type Params, pickMeta } from '../core/graph';
import { type CpuContext, defineBlockOp, type Operand } from '../core/op';
import {
  copyRegion,
  elementCount,
  intersect,
  isEmptyRegion,
  type Region,
  regionShape,
  regionSize,
  type Shape,
  shiftRegion,
  stridesOf,
} from '../core/region';

type SliceParams = Params & {
  readonly start: readonly number[];
  readonly step: readonly number[];
  /** Axes of the input that the output no longer has. */
  readonly dropped: readonly number[];
};

export const slice = defineBlockOp<SliceParams>({
  name: 'slice',
  demand: (region, params) => [sliceInput(region, params)],
  gpuRefuses: (params) =>
    params.step.some((s) => s !== 1) ? 'slices with a step run on the CPU' : undefined,
  cpu(context, { params, inputs: [input], output }) {
    const region = sliceInput(output.region, params);
    const pointer = context.input(input!, region);
    if (params.step.every((s) => s === 1)) return context.alias(output, pointer);
    const strides = stridesOf(regionShape(region)).map((stride, axis) => stride * params.step[axis]);
    gatherStrided(
      context,
      pointer,
      regionSize(region),
      strides.filter((_, axis) => !params.dropped.includes(axis)),
      output,
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    context.alias(output, context.input(input!, sliceInput(output.region, params)));
  },
});

function sliceInput(region: Region, { start, step, dropped }: SliceParams): Region {
  let kept = 0;
  return start.map((first, axis) => {
    if (dropped.includes(axis)) return [first, first + 1] as const;
    const [low, high] = region[kept++];
    if (high <= low) return [first, first] as const;
    return [first + low * step[axis], first + (high - 1) * step[axis] + 1] as const;
  });
}

/** A node over part of `input`: start, step and output length per input axis; dropped axes have length 1. */
export function sliceNode(
  input: GraphNode,
  start: readonly number[],
  step: readonly number[],
  length: readonly number[],
  dropped: readonly number[],
): GraphNode {
  const keep = <T>(values: readonly T[]) => values.filter((_, axis) => !dropped.includes(axis));
  const shape = keep(length);
  const chunks = keep(input.chunks.map((size, axis) => Math.max(1, Math.ceil(size / step[axis]))));
  return createNode(
    slice.name,
    {
      shape,
      dtype: input.dtype,
      chunks: chunks.map((size, axis) => Math.max(1, Math.min(size, shape[axis]))),
      dimensionNames: keep(input.dimensionNames),
    },
    { start, step, dropped },
    [input],
  );
}

/** Copies elements that lie `elementStrides` apart in a block of `length` elements. */
function gatherStrided(
  context: CpuContext,
  pointer: number,
  length: number,
  elementStrides: readonly number[],
  output: Operand,
): void {
  const target = context.output(output);
  // The parts of complex elements are a last axis.
  const complex = isComplex(output.dtype);
  const shape = complex ? [...regionShape(output.region), 2] : regionShape(output.region);
  const strides = complex ? [...elementStrides.map((stride) => 2 * stride), 1] : elementStrides;
  const source = context.view(output.dtype, pointer, length) as Float64Array;
  const out = context.view(output.dtype, target, regionSize(output.region)) as Float64Array;
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = source[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

export const rechunk = defineBlockOp<Params>({
  name: 'rechunk',
  demand: (region) => [region],
  cpu(context, { inputs: [input], output }) {
    context.alias(output, context.input(input!, output.region));
  },
  gpu(context, { inputs: [input], output }) {
    context.alias(output, context.input(input!, output.region));
  },
});

/** The same bits as another type of the same size. */
export const reinterpretNode = (input: GraphNode, dtype: DType): GraphNode =>
  createNode(rechunk.name, { ...pickMeta(input), dtype }, { dtype }, [input]);

/** The same data in another chunk grid. */
export const rechunkNode = (input: GraphNode, chunks: Shape): GraphNode =>
  createNode(rechunk.name, { ...pickMeta(input), chunks }, {}, [input]);

/** The same data under other dimension names. */
export const renameNode = (input: GraphNode, dimensionNames: readonly (string | null)[]): GraphNode =>
  createNode(rechunk.name, { ...pickMeta(input), dimensionNames }, { dimensionNames }, [input]);

type ExpandParams = Params & { readonly axis: number };

export const expand = defineBlockOp<ExpandParams>({
  name: 'expandDimension',
  demand: (region, { axis }) => [region.filter((_, i) => i !== axis)],
  cpu(context, { params, inputs: [input], output }) {
    context.alias(
      output,
      context.input(
        input!,
        output.region.filter((_, i) => i !== params.axis),
      ),
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    context.alias(
      output,
      context.input(
        input!,
        output.region.filter((_, i) => i !== params.axis),
      ),
    );
  },
});

/** Inserts an axis of length 1. */
export function expandNode(input: GraphNode, axis: number, name: string | null): GraphNode {
  const insert = <T>(values: readonly T[], value: T) => [
    ...values.slice(0, axis),
    value,
    ...values.slice(axis),
  ];
  return createNode(
    expand.name,
    {
      shape: insert(input.shape, 1),
      dtype: input.dtype,
      chunks: insert(input.chunks, 1),
      dimensionNames: insert(input.dimensionNames, name),
    },
    { axis },
    [input],
  );
}

export const broadcast = defineBlockOp<Params>({
  name: 'broadcast',
  demand: (region, _params, [input]) => [broadcastInput(region, input.shape)],
  gpuRefuses: () => 'broadcasting runs on the CPU',
  cpu(context, { inputs: [input], output }) {
    const region = broadcastInput(output.region, input!.shape);
    const pointer = context.input(input!, region);
    const lead = output.region.length - region.length;
    const own = stridesOf(regionShape(region));
    const strides = output.region.map((_, axis) =>
      axis < lead || input!.shape[axis - lead] === 1 ? 0 : own[axis - lead],
    );
    gatherStrided(context, pointer, regionSize(region), strides, output);
  },
  gpu() {
    throw new Error('refused');
  },
});

function broadcastInput(region: Region, shape: Shape): Region {
  const lead = region.length - shape.length;
  return shape.map((n, axis) => (n === 1 ? ([0, 1] as const) : region[lead + axis]));
}

/** `input` repeated to `like`'s shape by NumPy's rules (shapes must be compatible). */
export const broadcastNode = (input: GraphNode, like: ArrayMeta): GraphNode =>
  createNode(broadcast.name, { ...pickMeta(like), dtype: input.dtype }, {}, [input]);

type ConcatenateParams = Params & { readonly axis: number; readonly offsets: readonly number[] };

export const concatenate = defineBlockOp<ConcatenateParams>({
  name: 'concatenate',
  demand: (region, params, inputs) =>
    inputs.map((input, i) => {
      const part = concatenatePart(region, params, input.shape[params.axis], i);
      return isEmptyRegion(part) ? null : part;
    }),
  cpu(context, { params, inputs, output }) {
    const target = context.output(output);
    const pointers = inputs.map((input) => input && context.input(input));
    const out = context.view(output.dtype, target, regionSize(output.region));
    inputs.forEach((input, i) => {
      if (!input) return;
      const data = context.view(output.dtype, pointers[i]!, regionSize(input.region));
      const offset = input.region.map((_, axis) => (axis === params.axis ? params.offsets[i] : 0));
      copyRegion(data, shiftRegion(input.region, offset), out, output.region);
    });
  },
  gpu(context, { params, inputs, output }) {
    inputs.forEach((input, i) => {
      if (!input) return;
      const offset = input.region.map((_, axis) => (axis === params.axis ? params.offsets[i] : 0));
      context.paste(context.input(input), shiftRegion(input.region, offset), output);
    });
  },
});

function concatenatePart(region: Region, params: ConcatenateParams, length: number, i: number): Region {
  const offset = params.offsets[i];
  const part = region.map((interval, axis) =>
    axis === params.axis ? ([offset, offset + length] as const) : interval,
  );
  return intersect(region, part).map(([start, stop], axis) =>
    axis === params.axis ? ([start - offset, stop - offset] as const) : ([start, stop] as const),
  );
}

/** Arrays of one dtype joined along `axis`; other axes must agree. */
export function concatenateNode(inputs: readonly GraphNode[], axis: number): GraphNode {
  const offsets: number[] = [];
  let total = 0;
  for (const input of inputs) {
    offsets.push(total);
    total += input.shape[axis];
  }
  const [first] = inputs;
  return createNode(
    concatenate.name,
    { ...pickMeta(first), shape: first.shape.map((n, i) => (i === axis ? total : n)) },
    { axis, offsets },
    inputs,
  );
}

type ValueParams = Params & { readonly data: TypedArray };

/** An op that makes a small array on the host from its params and the results of its globals. */
export const computedOp = <P extends Params>(
  name: string,
  compute: (params: P, globals: readonly unknown[], dtype: DType) => TypedArray,
) =>
  defineBlockOp<P & ValueParams>({
    name,
    demand: () => [],
    bind: (params, globals, _region, _inputs, { dtype, shape }) => ({
      data: globals.includes(undefined)
        ? allocate(dtype, elementCount(shape))
        : compute(params, globals, dtype),
    }),
    cpu(context, { params, output }) {
      const data = context.constant(params.data);
      context.alias(output, context.input({ ...output, region: wholeOf(output) }, output.region, data));
    },
    gpu(context, { params, output }) {
      const data = context.constant(params.data);
      context.alias(output, context.input({ ...output, region: wholeOf(output) }, output.region, data));
    },
  });

const wholeOf = (operand: Operand): Region => operand.shape.map((n) => [0, n] as const);
