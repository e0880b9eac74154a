// Taps of interpolation at one place: where they stand, how much they weigh, and their sum.
import { mapCoordinate, mapTap, Mode, splineWeights } from './spline';

/** Positions in the i32 parameters; src/ops/ndinterp/interpolate.ts writes them. */
export namespace Field {
  export const RANK: usize = 0;
  export const ORDER: usize = 4;
  export const MODE: usize = 8;
  export const OUTPUT_SHAPE: usize = 16;
  export const OUTPUT_START: usize = 32;
  export const BATCH_STRIDE: usize = 48;
  export const SLOT: usize = 64;
  export const LENGTH: usize = 80;
  export const BLOCK_START: usize = 96;
  export const STRIDE: usize = 112;
  export const EXTENT: usize = 128;
}

export const MAX_TAPS = 6;
/** Offsets (i32) and weights (f64) of the taps along each of four axes. */
export const taps = memory.data(4 * MAX_TAPS * 4, 16);
export const weights = memory.data(4 * MAX_TAPS * 8, 16);
/** Offset and weight of every combination of taps of all axes but the last. */
export const rowOffsets = memory.data(MAX_TAPS * MAX_TAPS * MAX_TAPS * 4, 16);
export const rowWeights = memory.data(MAX_TAPS * MAX_TAPS * MAX_TAPS * 8, 16);

// @ts-ignore: decorator
@inline
export function field(params: usize, name: usize, at: i32): i32 {
  return load<i32>(params + name + (<usize>at << 2));
}

// @ts-ignore: decorator
@inline
export function tapsOf(axis: i32): usize {
  return taps + <usize>(axis * MAX_TAPS * 4);
}

// @ts-ignore: decorator
@inline
export function weightsOf(axis: i32): usize {
  return weights + <usize>(axis * MAX_TAPS * 8);
}

/** Finds the taps around coordinate `c` of an axis; false where the result is the constant. */
export function place(params: usize, axis: i32, c: f64): bool {
  const order = load<i32>(params, Field.ORDER);
  const mode = load<i32>(params, Field.MODE);
  const length = field(params, Field.LENGTH, axis);
  if (mode == Mode.NEAREST || mode == Mode.GRID_CONSTANT) {
    if (c != c) return false;
    c = max(-1e9, min(1e9, c));
  } else {
    c = mapCoordinate(c, length, mode);
    if (!(c > -1)) return false;
  }
  const first = <i32>floor(order & 1 ? c : c + 0.5) - (order >> 1);
  const start = field(params, Field.BLOCK_START, axis);
  const stride = field(params, Field.STRIDE, axis);
  const last = field(params, Field.EXTENT, axis) - 1;
  const into = tapsOf(axis);
  const inside = first >= 0 && first + order < length;
  for (let tap = 0; tap <= order; tap++) {
    // Coordinates that are computed may differ by a last bit from those that the block was chosen by.
    const at = inside ? first + tap : mapTap(first + tap, length, mode);
    store<i32>(into + (<usize>tap << 2), at < 0 ? -1 : max(0, min(at - start, last)) * stride);
  }
  if (order > 0) splineWeights(c, order, weightsOf(axis));
  else store<f64>(weightsOf(axis), 1);
  return true;
}

/** Combines the taps of all axes but the last; returns how many combinations there are. */
export function combine(rank: i32, order: i32, tapTable: usize, weightTable: usize, pitch: i32): i32 {
  store<i32>(rowOffsets, 0);
  store<f64>(rowWeights, 1);
  let count = 1;
  for (let axis = 0; axis < rank - 1; axis++) {
    const axisTaps = tapTable + <usize>(axis * pitch * 4);
    const axisWeights = weightTable + <usize>(axis * pitch * 8);
    // Backwards, since entry i makes entries from i (order + 1) on.
    for (let i = count - 1; i >= 0; i--) {
      const offset = load<i32>(rowOffsets + (<usize>i << 2));
      const weight = load<f64>(rowWeights + (<usize>i << 3));
      for (let tap = order; tap >= 0; tap--) {
        const at = load<i32>(axisTaps + (<usize>tap << 2));
        const into = <usize>(i * (order + 1) + tap);
        store<i32>(rowOffsets + (into << 2), offset < 0 || at < 0 ? -1 : offset + at);
        store<f64>(rowWeights + (into << 3), weight * load<f64>(axisWeights + (<usize>tap << 3)));
      }
    }
    count *= order + 1;
  }
  return count;
}

/** The weighted sum over the combined rows and the last axis' taps. */
// @ts-ignore: decorator
@inline
export function sumTaps<T>(input: usize, rows: i32, order: i32, lastTaps: usize, lastWeights: usize, cval: f64): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = load<i32>(rowOffsets + (<usize>row << 2));
    const weight = load<f64>(rowWeights + (<usize>row << 3));
    const line = input + <usize>offset * sizeof<T>();
    let sum: f64 = 0;
    for (let tap = 0; tap <= order; tap++) {
      const at = load<i32>(lastTaps + (<usize>tap << 2));
      const value = offset < 0 || at < 0 ? cval : <f64>load<T>(line + <usize>at * sizeof<T>());
      const factor = load<f64>(lastWeights + (<usize>tap << 3));
      // Booleans are truncated: their sums must round as SciPy's do.
      if (isBoolean<T>()) total += value * weight * factor;
      else sum += value * factor;
    }
    if (!isBoolean<T>()) total += weight * sum;
  }
  return total;
}
