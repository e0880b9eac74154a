// Layout of one row of per-label measurements, shared by the CPU and GPU kernels and the host that merges them.

/** Positions inside a row of `REGION_ROW` float64 values. Axes are four, with leading axes of length 1. */
export const REGION = {
  count: 0,
  sum: 1,
  /** Sum of squared distances from the label's mean. */
  deviations: 2,
  minimum: 3,
  maximum: 4,
  /** Lowest coordinate inside the block, one per axis. */
  lowest: 5,
  /** Highest coordinate inside the block (inclusive), one per axis. */
  highest: 9,
  /** Sum of coordinates relative to the block's first element, one per axis. */
  coordinateSum: 13,
  /** Sum of value x coordinate relative to the block's first element, one per axis. */
  weightedCoordinateSum: 17,
  /** Flat index inside the block of the first minimum and the first maximum. */
  minimumAt: 21,
  maximumAt: 22,
  /** The kernel's own: what values are taken relative to while they are summed. 0 in the end. */
  reference: 23,
} as const;

export const REGION_ROW = 24;
