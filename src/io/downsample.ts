// 2 x 2 pixels to one, for pyramids.
import { type DType, isFloat } from '../core/dtype';
import { type PlacedArray, type Region, regionShape, stridesOf } from '../core/region';

/**
 * How 2 x 2 pixels become one: `mean` for intensities (0.5 rounds up); for labels and masks `mode`, the value that most of
 * them have (of several the first, row by row), or `nearest`, the first. At an odd edge, those that are there count.
 */
export type Downsample = 'mean' | 'mode' | 'nearest';

export const DOWNSAMPLES: readonly Downsample[] = ['mean', 'mode', 'nearest'];

export interface Reduction {
  /** The axes that are halved: one or two. */
  readonly plane: readonly number[];
  readonly downsample: Downsample;
  readonly dtype: DType;
}

/** Where a region of a level lies in the next one; it starts on an even pixel. */
export const reducedRegion = (region: Region, plane: readonly number[]): Region =>
  region.map(([start, stop], axis) =>
    plane.includes(axis) ? ([start / 2, Math.ceil(stop / 2)] as const) : ([start, stop] as const),
  );

/** Reduces a block of a level, or a part of it, into its part of a block of the next one. */
export function reduceInto(
  target: PlacedArray,
  source: PlacedArray,
  reduction: Reduction,
  from: Region = source.region,
): void {
  const { plane, dtype, downsample } = reduction;
  const to = reducedRegion(from, plane);
  const rank = from.length;
  const sourceStride = stridesOf(regionShape(source.region));
  const targetStride = stridesOf(regionShape(target.region));
  const rows = plane.length > 1 ? plane[plane.length - 2] : -1;
  const columns = plane[plane.length - 1];
  const index = to.map(([start]) => start);
  const reduceRow = ROWS[downsample];
  while (true) {
    let at = 0;
    let into = 0;
    for (let axis = 0; axis < rank; axis++) {
      const i = plane.includes(axis) ? index[axis] * 2 : index[axis];
      at += (i - source.region[axis][0]) * sourceStride[axis];
      into += (index[axis] - target.region[axis][0]) * targetStride[axis];
    }
    const twoRows = rows >= 0 && index[rows] * 2 + 1 < from[rows][1];
    reduceRow(target.data as Float64Array, source.data as Float64Array, {
      at,
      into,
      count: to[columns][1] - to[columns][0],
      length: from[columns][1] - from[columns][0],
      step: sourceStride[columns],
      targetStep: targetStride[columns],
      below: twoRows ? sourceStride[rows] : 0,
      rounds: !isFloat(dtype),
    });
    let axis = rank - 1;
    for (; axis >= 0; axis--) {
      if (axis === columns) continue;
      if (++index[axis] < to[axis][1]) break;
      index[axis] = to[axis][0];
    }
    if (axis < 0) return;
  }
}

/** One row of a block along the columns' axis, of `length` pixels, and the `count` pixels it becomes. */
interface Row {
  readonly at: number;
  readonly into: number;
  readonly count: number;
  readonly length: number;
  readonly step: number;
  readonly targetStep: number;
  /** From a pixel to the one below; 0 where there is none: its neighbour then counts twice. */
  readonly below: number;
  readonly rounds: boolean;
}

type ReduceRow = (target: Float64Array, source: Float64Array, row: Row) => void;

const mean: ReduceRow = (target, source, row) => {
  const { step, targetStep, below, count, rounds } = row;
  const whole = row.length % 2 ? count - 1 : count;
  const big = typeof (source as ArrayLike<unknown>)[0] === 'bigint';
  for (let i = 0, at = row.at, into = row.into; i < count; i++, at += 2 * step, into += targetStep) {
    const right = i < whole ? step : 0;
    const a = source[at];
    const b = source[at + right];
    const c = source[at + below];
    const d = source[at + below + right];
    const quarter = (big ? Number(a) + Number(b) + Number(c) + Number(d) : a + b + c + d) / 4;
    const value = rounds ? Math.round(quarter) : quarter;
    target[into] = (big ? BigInt(value) : value) as number;
  }
};

const mode: ReduceRow = (target, source, row) => {
  const { step, targetStep, below, count } = row;
  const whole = row.length % 2 ? count - 1 : count;
  for (let i = 0, at = row.at, into = row.into; i < count; i++, at += 2 * step, into += targetStep) {
    const right = i < whole ? step : 0;
    const a = source[at];
    const b = source[at + right];
    const c = source[at + below];
    const d = source[at + below + right];
    target[into] = a === b || a === c || a === d ? a : b === c || b === d ? b : c === d ? c : a;
  }
};

const nearest: ReduceRow = (target, source, { at, into, step, targetStep, count }) => {
  for (let i = 0; i < count; i++) target[into + i * targetStep] = source[at + 2 * i * step];
};

const ROWS: Readonly<Record<Downsample, ReduceRow>> = { mean, mode, nearest };
