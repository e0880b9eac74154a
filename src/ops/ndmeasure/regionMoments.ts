// Moments of the shape of every label: products of powers of coordinates, summed over its pixels.
import type { GraphNode } from '../../core/graph';
import { defineGlobalOp } from '../../core/op';
import { regionShape } from '../../core/region';
import { padTo4 } from '../../core/structure';
import type { LabelRows, RowFormat } from './labelTable';
import { RegionAccumulator, type RegionPartial } from './regionAccumulator';
import { type RegionParams, regionNode, tileRuns } from './regionLabels';

type MomentParams = RegionParams & {
  /** Highest power along an axis, at most 3. */
  readonly order: number;
};

/**
 * A row has the place of a pixel, one number per axis, and moments about it: those of powers 0 to order along every
 * axis, C order. Distances from a pixel of the object are of its own size, so no digits are lost to its place in the
 * image, and sums are exact while they stay below 2^53.
 */
export class MomentFormat implements RowFormat {
  readonly width: number;
  readonly #part: Float64Array;

  constructor(
    readonly rank: number,
    readonly order: number,
  ) {
    this.width = rank + (order + 1) ** rank;
    this.#part = new Float64Array(this.width - rank);
  }

  merge(table: Float64Array, to: number, rows: Float64Array, from: number): void {
    const { rank } = this;
    this.#part.set(rows.subarray(from + rank, from + this.width));
    for (let axis = 0; axis < rank; axis++)
      this.shift(this.#part, axis, rows[from + axis] - table[to + axis]);
    for (let i = 0; i < this.#part.length; i++) table[to + rank + i] += this.#part[i];
  }

  /** Turns moments about a point into those about one that lies `distance` before it, in place (binomial theorem). */
  shift(moments: Float64Array, axis: number, distance: number): void {
    if (distance === 0) return;
    const { order } = this;
    const step = (order + 1) ** (this.rank - 1 - axis);
    for (let outer = 0; outer < moments.length; outer += step * (order + 1)) {
      for (let i = outer; i < outer + step; i++) {
        // From the highest power down: each needs the lower ones as they were.
        for (let power = order; power > 0; power--) {
          let sum = 0;
          let factor = 1;
          for (let k = power; k >= 0; k--) {
            sum += BINOMIAL[power][k] * factor * moments[i + k * step];
            factor *= distance;
          }
          moments[i + power * step] = sum;
        }
      }
    }
  }
}

const BINOMIAL = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1]];

/** Moments of every label of a label image. */
export const regionMoments = defineGlobalOp<MomentParams, RegionPartial, LabelRows>({
  name: 'regionMoments',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region) => [region],
  gpuRefuses: () => 'moments are summed in float64 on the CPU',
  cpu(context, { params, inputs: [labels], output: { region } }) {
    const rank = region.length;
    const { pointer, n, ids } = tileRuns(context, labels!, region, params);
    const powers = padTo4(new Array<number>(rank).fill(params.order + 1), 1);
    const width = 4 + (params.order + 1) ** rank;
    const table = context.scratch(8 * width * Math.max(1, n));
    const shape = context.constant(padTo4(regionShape(region), 1));
    context.kernels.regionMoments(pointer, shape, context.constant(powers), n, table);
    const found = context.view('float64', table, n * width) as Float64Array;
    const own = new MomentFormat(rank, params.order).width;
    const rows = new Float64Array(n * own);
    for (let k = 0; k < n; k++) {
      // Kernels number four axes, the image's last.
      rows.set(found.subarray((k + 1) * width - own, (k + 1) * width), k * own);
      for (let axis = 0; axis < rank; axis++) rows[k * own + axis] += region[axis][0];
    }
    return { rows, ids };
  },
  gpu() {
    throw new Error('refused');
  },
  accumulate: (params, [labels]) =>
    new RegionAccumulator(params, new MomentFormat(labels.shape.length, params.order), (table) => table),
});

/** A global node whose result is {@link LabelRows} of moments, laid out by {@link MomentFormat}. */
export const regionMomentsNode = (labels: GraphNode, order: number): GraphNode =>
  regionNode(regionMoments.name, labels, { params: { order } });
