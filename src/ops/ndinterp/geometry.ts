// Where interpolation looks: coordinates of output positions, and the input region under an output region.
import { type BoundaryMode, mapCoordinate, reach, splineMode } from '../../core/boundary';
import { type DType, isFloat, isSigned, valueRange } from '../../core/dtype';
import type { Params } from '../../core/graph';
import type { Step } from '../../core/op';
import type { Interval, Region, Shape } from '../../core/region';

/** Input coordinates along each axis follow from the output index along that axis alone: (i + shift) * zoom + offset. */
export type AxesTransform = Params & {
  readonly kind: 'axes';
  readonly shift: readonly number[] | null;
  readonly zoom: readonly number[] | null;
  readonly offset?: readonly number[];
  /** Zoom about pixel edges in place of pixel centres. */
  readonly gridMode: boolean;
};

/** Input coordinates along `axes` are matrix * output indices along `axes` + offset; other axes stay. */
export type MatrixTransform = Params & {
  readonly kind: 'matrix';
  /** In increasing order. */
  readonly axes: readonly number[];
  /** C order, a row for each input axis. */
  readonly matrix: readonly number[];
  readonly offset: readonly number[];
};

/** Input coordinates come from an array. */
export type GivenTransform = Params & { readonly kind: 'coordinates' };

export type InterpolateParams = Params & {
  readonly transform: AxesTransform | MatrixTransform | GivenTransform;
  readonly order: number;
  readonly mode: BoundaryMode;
  readonly cval: number;
  /** Elements by which the input was padded at each end: added to every coordinate. */
  readonly pad: number;
};

/** Mode codes of the kernels. */
export const GATHER_MODES: readonly BoundaryMode[] = [
  'constant',
  'nearest',
  'mirror',
  'reflect',
  'wrap',
  'grid-wrap',
  'grid-constant',
];

export const gatherMode = (mode: BoundaryMode): number =>
  GATHER_MODES.indexOf(mode === 'grid-mirror' ? 'reflect' : mode);

/** Input coordinates for output indices [start, stop) of one axis; SciPy's order of operations. */
export function axisPositions(
  { shift, zoom, offset, gridMode }: AxesTransform,
  pad: number,
  axis: number,
  [start, stop]: Interval,
): Float64Array {
  const positions = new Float64Array(stop - start);
  for (let i = 0; i < positions.length; i++) {
    let c = start + i;
    if (shift) c += shift[axis];
    if (zoom) c = gridMode ? (c + 0.5) * zoom[axis] - 0.5 : c * zoom[axis];
    if (offset) c += offset[axis];
    positions[i] = c + pad;
  }
  return positions;
}

/** The taps around mapped coordinate `c`: first and, `order` further, last. */
export const firstTap = (c: number, order: number): number =>
  Math.floor(order % 2 === 1 ? c : c + 0.5) - (order >> 1);

/** Whether the result at mapped coordinate `c` is the constant. */
export const isConstant = (c: number, mode: BoundaryMode): boolean =>
  !(c > -1) && mode !== 'nearest' && mode !== 'grid-constant';

/** The part of an axis that interpolation at `positions` reads; null where all are constant. */
function positionsDemand(
  positions: Float64Array,
  length: number,
  { order, mode }: InterpolateParams,
): Interval | null {
  let low = Infinity;
  let high = -Infinity;
  for (const position of positions) {
    const c = mapCoordinate(position, length, mode);
    if (isConstant(c, mode)) continue;
    const first = firstTap(c, order);
    low = Math.min(low, first);
    high = Math.max(high, first + order);
  }
  return low > high ? null : tapsDemand(low, high, length, mode);
}

/** Taps [low, high], folded at the edges. */
export function tapsDemand(low: number, high: number, length: number, mode: BoundaryMode): Interval {
  // Further out than this, every mode has shown all it has.
  const limit = 4 * length;
  const start = Math.max(-limit, Math.min(low, length - 1 + limit));
  const stop = Math.min(length + limit, Math.max(high, -limit)) + 1;
  return reach([start, stop], 0, 0, length, splineMode(mode));
}

/** Smallest and largest coordinate over a box of output indices: rounding is monotone, so corners bound it exactly. */
function matrixBounds(
  { axes, matrix, offset }: MatrixTransform,
  row: number,
  region: Region,
): readonly [number, number] {
  const rank = axes.length;
  let low = 0;
  let high = 0;
  axes.forEach((axis, column) => {
    const factor = matrix[row * rank + column];
    const ends = [region[axis][0] * factor, (region[axis][1] - 1) * factor];
    low += Math.min(...ends);
    high += Math.max(...ends);
  });
  return [low + offset[row], high + offset[row]];
}

/** The part of an axis that interpolation at coordinates within [low, high] reads. */
function boundsDemand(low: number, high: number, length: number, params: InterpolateParams): Interval | null {
  const { order, mode } = params;
  const inside = low >= 0 && high <= length - 1;
  if (inside || mode === 'nearest' || mode === 'grid-constant')
    return tapsDemand(firstTap(low, order), firstTap(high, order) + order, length, mode);
  if (mode === 'constant') {
    if (high < 0 || low > length - 1) return null;
    const first = firstTap(Math.max(low, 0), order);
    return tapsDemand(first, firstTap(Math.min(high, length - 1), order) + order, length, mode);
  }
  if (high - low >= 2 * length) return [0, length];
  // Folded coordinates turn and jump at whole and half numbers only: one element more at each side covers them.
  const visited = [mapCoordinate(low, length, mode), mapCoordinate(high, length, mode)];
  for (let x = Math.ceil(low); x <= high; x++) visited.push(mapCoordinate(x, length, mode));
  const first = firstTap(Math.min(...visited) - 1, order);
  return tapsDemand(first, firstTap(Math.max(...visited) + 1, order) + order, length, mode);
}

/**
 * The input region under an output region; null where the result is the constant throughout. Given coordinates do not
 * tell: only their survey does.
 */
export function interpolateDemand(region: Region, params: InterpolateParams, input: Shape): Region | null {
  const { transform, pad } = params;
  const demand: (Interval | null)[] = input.map((length, axis) => {
    if (transform.kind === 'coordinates') return [0, length];
    if (transform.kind === 'axes')
      return positionsDemand(axisPositions(transform, pad, axis, region[axis]), length, params);
    const row = transform.axes.indexOf(axis);
    if (row < 0) return region[axis];
    const [low, high] = matrixBounds(transform, row, region);
    return boundsDemand(low + pad, high + pad, length, params);
  });
  return demand.includes(null) ? null : (demand as Interval[]);
}

/** The part of the image's block that a step needs. What a survey found is all that a block of its own holds. */
export function blockRegion({ params, inputs: [image], output }: Step<InterpolateParams>): Region {
  if (params.transform.kind === 'coordinates') return image!.region;
  return interpolateDemand(output.region, params, image!.shape)!;
}

/** A result as it is stored: integers rounded half away from zero and saturated, booleans truncated, as SciPy does. */
export function storedValue(value: number, dtype: DType): number {
  if (isFloat(dtype)) return value;
  if (dtype === 'bool') return Math.trunc(value) ? 1 : 0;
  const rounded = isSigned(dtype) && value <= 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5);
  const [low, high] = valueRange(dtype);
  return Math.max(low, Math.min(high, rounded)) || 0;
}
