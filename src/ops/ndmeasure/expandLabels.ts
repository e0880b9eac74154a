// Labels grown into the background, axis by axis.
import { createNode, type GraphNode, type Params, pickMeta } from '../../core/graph';
import { defineBlockOp, type Operand } from '../../core/op';
import {
  elementCount,
  type Interval,
  intersect,
  type Region,
  regionShape,
  wholeRegion,
} from '../../core/region';
import { expandAxisGpu } from '../gpu/expandLabels';

type ExpandParams = Params & {
  /** Elements a label may grow along an axis. */
  readonly reach: number;
  /** The largest squared distance. */
  readonly limit: number;
};

/** One axis of the work: blocks are seen as [outer, length, inner]. */
export interface ExpandAxis {
  readonly outer: number;
  readonly inputLength: number;
  readonly outputLength: number;
  readonly inner: number;
  /** Input position of output 0. */
  readonly first: number;
  readonly reach: number;
  readonly limit: number;
}

const grown = (region: Region, shape: readonly number[], reach: number): Region =>
  intersect(
    region.map(([start, stop]): Interval => [start - reach, stop + reach]),
    wholeRegion(shape),
  );

/**
 * The nearest label within a distance; of several the one with the smallest last coordinate, of these the smallest last
 * but one, and so on: SciPy's feature transform takes the axes from the first to the last, and of equals the first.
 */
export const expand = defineBlockOp<ExpandParams>({
  name: 'expandLabels',
  demand: (region, { reach }, [input]) => [grown(region, input.shape, reach)],
  gpuRefuses: (_params, _inputs, { shape }) => (shape.length > 4 ? 'more than four axes' : undefined),
  cpu(context, { params, inputs: [input], output }) {
    const { kernels } = context;
    let labels = context.input(input!, grown(output.region, output.shape, params.reach));
    const axes = axesOf(output, params);
    const elements = axes[0].outer * axes[0].inputLength * axes[0].inner;
    let distances = context.scratch(4 * elements);
    kernels.seedDistances(labels, distances, elements, params.limit);
    axes.forEach((axis, i) => {
      const count = axis.outer * axis.outputLength * axis.inner;
      const best = context.scratch(4 * count);
      const nearest = i === axes.length - 1 ? context.output(output) : context.scratch(4 * count);
      const { outer, inputLength, outputLength, inner, first, reach, limit } = axis;
      const sizes = [outer, inputLength, outputLength, inner, first, reach, limit] as const;
      kernels.expandAxis(distances, labels, best, nearest, ...sizes);
      [distances, labels] = [best, nearest];
    });
  },
  gpu(context, { params, inputs: [input], output }) {
    let labels = context.input(input!, grown(output.region, output.shape, params.reach));
    let distances = labels;
    axesOf(output, params).forEach((axis, i, { length }) => {
      const bytes = 4 * axis.outer * axis.outputLength * axis.inner;
      const best = context.scratch(bytes);
      const nearest = i === length - 1 ? context.output(output) : context.scratch(bytes);
      expandAxisGpu(context, { ...axis, seeded: i > 0, distances, labels, best, nearest });
      [distances, labels] = [best, nearest];
    });
  },
});

/** The axes in order; each turns its axis of the grown block into the output's. */
function axesOf({ region, shape }: Operand, { reach, limit }: ExpandParams): ExpandAxis[] {
  const from = grown(region, shape, reach);
  const input = regionShape(from);
  const output = regionShape(region);
  return region.map(([start], axis) => ({
    outer: elementCount(output.slice(0, axis)),
    inputLength: input[axis],
    outputLength: output[axis],
    inner: elementCount(input.slice(axis + 1)),
    first: start - from[axis][0],
    reach,
    limit,
  }));
}

/** `labels` of dtype uint32. `limit`: the largest squared distance, an integer. */
export function expandNode(labels: GraphNode, limit: number): GraphNode {
  const farthest = Math.max(...labels.shape) - 1;
  const reach = Math.min(Math.floor(Math.sqrt(limit)), farthest);
  if (reach <= 0) return labels;
  return createNode(expand.name, pickMeta(labels), { reach, limit }, [labels]);
}
