// What lies beyond an array's edge. Operations never see boundary modes: they ask for an index table here.
import { ArgumentError } from './errors';
import type { Interval } from './region';

export const BOUNDARY_MODES = [
  'reflect',
  'mirror',
  'nearest',
  'wrap',
  'constant',
  'grid-mirror',
  'grid-wrap',
  'grid-constant',
] as const;

/**
 * scipy.ndimage's boundary modes. `reflect` (= `grid-mirror`) repeats the edge sample (d c b a | a b c d),
 * `mirror` does not (d c b | a b c d), `nearest` extends it, `wrap` (= `grid-wrap` for filters) is periodic,
 * `constant` (= `grid-constant`) is `cval`.
 */
export type BoundaryMode = (typeof BOUNDARY_MODES)[number];

/** Throws unless `mode` is a boundary mode. */
export function checkMode(mode: unknown, argument = 'mode'): BoundaryMode {
  if (BOUNDARY_MODES.includes(mode as BoundaryMode)) return mode as BoundaryMode;
  throw new ArgumentError(argument, mode, `one of ${BOUNDARY_MODES.join(', ')}`);
}

const modulo = (i: number, period: number): number => ((i % period) + period) % period;

/** The index inside [0, length) that stands for index `i`, or -1 where the constant does. */
export function resolveIndex(i: number, length: number, mode: BoundaryMode): number {
  if (i >= 0 && i < length) return i;
  switch (mode) {
    case 'reflect':
    case 'grid-mirror': {
      const j = modulo(i, 2 * length);
      return Math.min(j, 2 * length - 1 - j);
    }
    case 'mirror': {
      if (length === 1) return 0;
      const period = 2 * length - 2;
      const j = modulo(i, period);
      return Math.min(j, period - j);
    }
    case 'nearest':
      return i < 0 ? 0 : length - 1;
    case 'wrap':
    case 'grid-wrap':
      return modulo(i, length);
    default:
      return -1;
  }
}

/**
 * The interval of an axis that a window reaching `before` and `after` each output index touches, when the output
 * covers [start, stop) of an axis of `length`. Under `wrap` a window that crosses an edge needs the far side too.
 */
export function reach(
  [start, stop]: Interval,
  before: number,
  after: number,
  length: number,
  mode: BoundaryMode,
): Interval {
  const low = start - before;
  const high = stop + after;
  if (low >= 0 && high <= length) return [low, high];
  let first = length;
  let last = -1;
  const visit = (i: number) => {
    const j = resolveIndex(i, length, mode);
    if (j < 0) return;
    first = Math.min(first, j);
    last = Math.max(last, j);
  };
  for (let i = low; i < Math.min(0, high); i++) visit(i);
  for (let i = Math.max(length, low); i < high; i++) visit(i);
  if (low < length && high > 0) {
    visit(Math.max(0, low));
    visit(Math.min(length, high) - 1);
  }
  // A window entirely in the constant still needs a well-formed, one-element region.
  if (last < 0) return [0, Math.min(1, length)];
  return [first, last + 1];
}

/**
 * For each index from start - before up to stop + after, its position inside a block that covers `block` of the
 * axis; -1 where the constant stands.
 */
export function indexTable(
  [start, stop]: Interval,
  before: number,
  after: number,
  block: Interval,
  length: number,
  mode: BoundaryMode,
): Int32Array {
  const table = new Int32Array(stop - start + before + after);
  for (let k = 0; k < table.length; k++) {
    const i = resolveIndex(start - before + k, length, mode);
    table[k] = i < 0 ? -1 : i - block[0];
  }
  return table;
}

/** The mode by which splines go on beyond the edge: SciPy has no analytic prefilter for the others. */
export function splineMode(mode: BoundaryMode): BoundaryMode {
  return mode === 'constant' || mode === 'wrap' ? 'mirror' : mode;
}

/**
 * The coordinate inside [-0.5, length) that stands for coordinate `x` in interpolation; -1 where the constant does.
 * `wrap` has SciPy's period of length - 1 here. `nearest` and `grid-constant` leave coordinates alone: their taps are
 * resolved one by one. The kernel's mapCoordinate (kernels/spline.ts), operation for operation.
 */
export function mapCoordinate(x: number, length: number, mode: BoundaryMode): number {
  const last = length - 1;
  if (mode === 'nearest' || mode === 'grid-constant' || (x >= 0 && x <= last)) return x;
  if (mode === 'constant' || Number.isNaN(x)) return -1;
  if (length === 1) return 0;
  switch (mode) {
    case 'mirror': {
      const period = 2 * last;
      if (x < 0) {
        const y = period * Math.trunc(-x / period) + x;
        return y <= -last ? y + period : -y;
      }
      const y = x - period * Math.trunc(x / period);
      return y >= length ? period - y : y;
    }
    case 'reflect':
    case 'grid-mirror': {
      const period = 2 * length;
      if (x < 0) {
        const y = x < -period ? period * Math.trunc(-x / period) + x : x;
        return y < -length ? y + period : (y > -1e-15 ? 1e-15 : -y) - 1;
      }
      const y = x - period * Math.trunc(x / period);
      return y >= length ? period - y - 1 : y;
    }
    case 'wrap':
      return x < 0 ? x + last * (Math.trunc(-x / last) + 1) : x - last * Math.trunc(x / last);
    default:
      return x < 0 ? x + length * (Math.trunc((-1 - x) / length) + 1) : x - length * Math.trunc(x / length);
  }
}
