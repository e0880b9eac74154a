// Layout of one row of per-label measurements, shared by the CPU and GPU kernels and the host that merges them.
import { type DType, isBigInt, isFloat } from './dtype';

/**
 * Positions inside a row of `REGION_ROW` float64 values. Axes are four, with leading axes of length 1. Where a low part
 * follows, the two are one integer (core/wideInteger.ts); for which types, {@link ValueKind} tells.
 */
export const REGION = {
  count: 0,
  sum: 1,
  /** Of floats, what the terms of the sum are relative to: their sum is `sum + count x sumLow`. */
  sumLow: 2,
  /** Sum of squares of small integers; of other values, sum of squared distances from the label's mean. */
  squares: 3,
  squaresLow: 4,
  minimum: 5,
  minimumLow: 6,
  maximum: 7,
  maximumLow: 8,
  /** Lowest coordinate inside the block, one per axis. */
  lowest: 9,
  /** Highest coordinate inside the block (inclusive), one per axis. */
  highest: 13,
  /** Sum of coordinates relative to the block's first element, one per axis. */
  coordinateSum: 17,
  /** Sum of value x coordinate relative to the block's first element, one per axis. */
  weightedCoordinateSum: 21,
  /** Flat index inside the block of the first minimum and the first maximum. */
  minimumAt: 25,
  maximumAt: 26,
  /** The kernel's own: what values are taken relative to while they are summed. 0 in the end. */
  reference: 27,
} as const;

export const REGION_ROW = 28;

/**
 * How numbers of an image are kept. `small` (bool and integers of up to 32 bits): sum and squares are exact integers;
 * `wide` (64-bit integers): sum, minimum and maximum are; `float`: none.
 */
export type ValueKind = 'small' | 'wide' | 'float';

export function valueKind(dtype: DType): ValueKind {
  if (isFloat(dtype)) return 'float';
  return isBigInt(dtype) ? 'wide' : 'small';
}
