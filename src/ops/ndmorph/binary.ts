// Binary erosion and dilation as one primitive; opening and closing are compositions.
import { checkFourAxes, checkInteger, perAxis } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import { type ArrayMeta, createNode, type GraphNode, type Params, pickMeta } from '../../core/graph';
import { type BlockOp, defineBlockOp } from '../../core/op';
import {
  type Interval,
  intersect,
  isEmptyRegion,
  type Region,
  regionShape,
  type Shape,
  wholeRegion,
} from '../../core/region';
import {
  padTo4,
  parseStructure,
  type Structure,
  type StructureLike,
  structureOffsets,
} from '../../core/structure';
import { booleanNode, whereNode } from '../elementwise';
import { binaryMorphologyGpu } from '../gpu/binaryMorphology';
import { checkOrigin } from '../ndfilters/uniform';

/** Options of the binary operations, over masks as a caller has them: arrays, or their nodes. */
export interface BinaryOptions<Mask = GraphNode> {
  /** Structuring element of the image's rank. Default: the cross of city-block distance 1. */
  readonly structure?: StructureLike;
  /**
   * How often the operation is applied; below 1: until nothing changes, which keeps one bit per element in memory (and
   * one for the mask) from the first read on. Default 1.
   */
  readonly iterations?: number;
  /** Only elements where the mask is non-zero change; an array of the image's shape. */
  readonly mask?: Mask;
  /** What counts as lying beyond the edge: 0 or 1. Default 0. */
  readonly borderValue?: number | boolean;
  /** Shift of the structuring element, one for all axes or one per axis. Default 0. */
  readonly origin?: number | readonly number[];
}

type MorphologyParams = Params & {
  /** Offsets looked at, `rank` each. */
  readonly offsets: Int32Array;
  readonly dilate: boolean;
  readonly border: number;
};

export const morphology: BlockOp<MorphologyParams> = defineBlockOp<MorphologyParams>({
  name: 'binaryMorphology',
  demand: (region, params, [input]) => {
    const needed = morphologyDemand(region, params, input.shape);
    return [isEmptyRegion(needed) ? null : needed];
  },
  cpu(context, { params, inputs: [input], output }) {
    const region = morphologyDemand(output.region, params, output.shape);
    const pointer = input ? context.input(input, region) : 0;
    const target = context.output(output);
    const { inputShape, outputShape, origin, offsets, count } = geometry(
      region,
      output.region,
      params,
      !input,
    );
    context.kernels.binaryMorphology(
      pointer,
      target,
      context.constant(inputShape),
      context.constant(outputShape),
      context.constant(origin),
      context.constant(offsets),
      count,
      params.dilate ? 1 : 0,
      params.border,
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    const region = morphologyDemand(output.region, params, output.shape);
    binaryMorphologyGpu(context, {
      ...geometry(region, output.region, params, !input),
      input: input ? context.input(input, region) : context.scratch(16),
      output: context.output(output),
      dilate: params.dilate,
      border: params.border,
    });
  },
});

function morphologyDemand(region: Region, { offsets }: MorphologyParams, shape: Shape): Region {
  const reach = reachOf(offsets, region.length);
  const reached = region.map(
    ([start, stop], axis) => [start + reach[axis][0], stop + reach[axis][1]] as const,
  );
  return intersect(reached, wholeRegion(shape));
}

/** Smallest and largest offset along each axis. */
function reachOf(offsets: Int32Array, rank: number): Interval[] {
  return Array.from({ length: rank }, (_, axis) => {
    const along = offsets.filter((_, i) => i % rank === axis);
    return [Math.min(...along), Math.max(...along)] as const;
  });
}

function geometry(input: Region, output: Region, { offsets }: MorphologyParams, absent: boolean) {
  const rank = output.length;
  const count = rank === 0 ? 1 : offsets.length / rank;
  const padded = new Int32Array(4 * count);
  for (let i = 0; i < count; i++) padded.set(padTo4(offsets.subarray(i * rank, (i + 1) * rank), 0), 4 * i);
  return {
    inputShape: absent ? new Int32Array(4) : padTo4(regionShape(input), 1),
    outputShape: padTo4(regionShape(output), 1),
    origin: padTo4(
      output.map(([start], axis) => start - input[axis][0]),
      0,
    ),
    offsets: padded,
    count,
  };
}

/** One erosion or dilation, its arguments checked. */
export interface MorphologyStep {
  /** Offsets of the elements that a result depends on: first and last along each axis. */
  readonly reach: readonly Interval[];
  /**
   * Whether an element depends on itself: then dilations only ever set elements and erosions only ever clear them.
   */
  readonly monotone: boolean;
  /** The step, `times` times on a bool array. */
  apply(image: GraphNode, times: number, mask?: GraphNode): GraphNode;
}

/** Checks the options of an erosion or dilation of images of this shape. Follows scipy.ndimage._morphology. */
export function morphologyStep(image: ArrayMeta, dilate: boolean, options: BinaryOptions): MorphologyStep {
  checkFourAxes('image', image.shape);
  const rank = image.shape.length;
  const structure = parseStructure(options.structure, rank);
  const origin = perAxis('origin', options.origin ?? 0, rank, (name, v) => checkInteger(name, v));
  for (const [axis, o] of origin.entries()) checkOrigin(`origin[${axis}]`, o, structure.shape[axis]);
  const { mask } = options;
  if (mask && mask.shape.join() !== image.shape.join())
    throw new ArgumentError('mask', mask.shape, `an array of the image's shape [${image.shape}]`);
  const offsets = dilate ? dilationOffsets(structure, origin) : structureOffsets(structure, origin);
  const params: MorphologyParams = { offsets, dilate, border: checkBorder(options.borderValue) };
  return {
    reach: reachOf(offsets, rank),
    monotone: containsOrigin(offsets, rank),
    apply(bool, times, changing) {
      let node = bool;
      for (let i = 0; i < times; i++) {
        const next = createNode(morphology.name, pickMeta(node), params, [node]);
        node = changing ? whereNode(changing, next, node) : next;
      }
      return node;
    },
  };
}

/** Erosion or dilation of `image != 0`, `iterations` times (at least once); bool. */
export function morphologyNode(image: GraphNode, dilate: boolean, options: BinaryOptions): GraphNode {
  const iterations = checkInteger('iterations', options.iterations ?? 1, 1);
  const { mask } = options;
  return morphologyStep(image, dilate, options).apply(
    booleanNode(image),
    iterations,
    mask && booleanNode(mask),
  );
}

function containsOrigin(offsets: Int32Array, rank: number): boolean {
  for (let i = 0; i < offsets.length; i += rank)
    if (offsets.subarray(i, i + rank).every((o) => o === 0)) return true;
  return rank === 0;
}

/** Dilation looks at the reflected structure, whose centre moves by one where a side is even. */
function dilationOffsets(structure: Structure, origin: readonly number[]): Int32Array {
  const reflected = { shape: structure.shape, data: Array.from(structure.data).reverse() };
  const shifted = origin.map((o, axis) => (structure.shape[axis] % 2 === 0 ? -o - 1 : -o));
  return structureOffsets(reflected, shifted);
}

function checkBorder(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return checkInteger('borderValue', value) ? 1 : 0;
}
