// Windows of any shape over n-D arrays: their options, the input they need, and their geometry in four axes.
import { type BoundaryMode, checkMode, indexTable, reach } from '../../core/boundary';
import { checkInteger, perAxis } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import type { Params } from '../../core/graph';
import type { Operand } from '../../core/op';
import { elementCount, type Region, regionShape, type Shape } from '../../core/region';
import { padTo4, parseStructure, type StructureLike } from '../../core/structure';
import { checkCval } from './gaussian';
import { checkOrigin } from './uniform';

export interface WindowOptions {
  /** Side of the box in pixels: one for all axes or one per axis. Either this or `footprint`. */
  readonly size?: number | readonly number[];
  /** The pixels that the window is made of: an array of the image's rank, of which some element is set. */
  readonly footprint?: StructureLike;
  /** What lies beyond the edge: one mode for all axes or one per axis. Default `reflect`. */
  readonly mode?: BoundaryMode | readonly BoundaryMode[];
  /** Value beyond the edge under `constant`. Default 0. */
  readonly cval?: number;
  /** Shift of the window: positive moves it to lower indices. One for all axes or one per axis. Default 0. */
  readonly origin?: number | readonly number[];
}

/** A window touches `before` elements before and `after` elements after each output along each axis. */
export type WindowParams = Params & {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly modes: readonly BoundaryMode[];
  readonly cval: number;
  /** Elements of the window, a coordinate per axis from its corner, in C order; null when it is the whole box. */
  readonly offsets: Int32Array | null;
};

/** Reads the options of a windowed filter of an image of `rank` axes. */
export function parseWindow(rank: number, options: WindowOptions): WindowParams {
  const { size, footprint } = options;
  if (size === undefined && footprint === undefined)
    throw new ArgumentError('size', size, 'a size, or a footprint');
  if (size !== undefined && footprint !== undefined)
    throw new ArgumentError('footprint', footprint, 'either a size or a footprint, not both');
  const structure = footprint === undefined ? undefined : parseStructure(footprint, rank, 'footprint');
  const sizes = structure?.shape ?? perAxis('size', size, rank, (name, v) => checkInteger(name, v, 1));
  const origins = perAxis('origin', options.origin ?? 0, rank, (name, v) => checkInteger(name, v));
  const before = sizes.map((n, axis) => (n >> 1) + checkOrigin(`origin[${axis}]`, origins[axis], n));
  const params: WindowParams = {
    before,
    after: sizes.map((n, axis) => n - 1 - before[axis]),
    modes: perAxis('mode', options.mode ?? 'reflect', rank, (name, v) => checkMode(v, name)),
    cval: checkCval(options.cval),
    offsets:
      structure && !Array.from(structure.data).every(Boolean) ? coordinates(sizes, structure.data) : null,
  };
  groupAxes(params);
  return params;
}

export const windowSizes = ({ before, after }: WindowParams): number[] =>
  before.map((n, axis) => n + 1 + after[axis]);

/** Elements of a window. */
export const windowCount = (params: WindowParams): number =>
  params.offsets ? params.offsets.length / params.before.length : elementCount(windowSizes(params));

/** Coordinates of the set elements of a box, in C order. */
function coordinates(sizes: readonly number[], data?: ArrayLike<number | boolean>): Int32Array {
  const rank = sizes.length;
  const found: number[] = [];
  const at = new Array<number>(rank);
  const count = elementCount(sizes);
  for (let i = 0; i < count; i++) {
    if (data && !data[i]) continue;
    for (let rest = i, axis = rank - 1; axis >= 0; axis--) {
      at[axis] = rest % sizes[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    found.push(...at);
  }
  return Int32Array.from(found);
}

/** The input region under an output region. */
export const windowDemand = (region: Region, { before, after, modes }: WindowParams, shape: Shape): Region =>
  region.map((interval, axis) => reach(interval, before[axis], after[axis], shape[axis], modes[axis]));

/** A window over a block, in four axes. */
export interface WindowGeometry {
  /** The input block, and its shape. */
  readonly region: Region;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly sizes: readonly number[];
  /** For each axis, the position in the input block of each element of the padded block; -1 for the constant. */
  readonly tables: readonly Int32Array[];
}

export function windowGeometry(params: WindowParams, output: Operand): WindowGeometry {
  const { before, after, modes } = params;
  const region = windowDemand(output.region, params, output.shape);
  const inputShape = regionShape(region);
  const outputShape = regionShape(output.region);
  const groups = groupAxes(params);
  return {
    region,
    inputShape: groups.map((axes) => elementCount(axes.map((axis) => inputShape[axis]))),
    outputShape: groups.map((axes) => elementCount(axes.map((axis) => outputShape[axis]))),
    sizes: groups.map((axes) => elementCount(axes.map((axis) => before[axis] + 1 + after[axis]))),
    tables: groups.map((axes) => {
      if (axes.length !== 1)
        return Int32Array.from({ length: elementCount(axes.map((axis) => outputShape[axis])) }, (_, i) => i);
      const [axis] = axes;
      const [interval, block] = [output.region[axis], region[axis]];
      return indexTable(interval, before[axis], after[axis], block, output.shape[axis], modes[axis]);
    }),
  };
}

/** The axes as four groups: none, one, or neighbours along which the window does not extend. */
function groupAxes(params: WindowParams): number[][] {
  const sizes = windowSizes(params);
  const groups: number[][] = [];
  let excess = sizes.length - 4;
  sizes.forEach((size, axis) => {
    const last = groups[groups.length - 1];
    if (excess > 0 && last && size === 1 && sizes[last[0]] === 1) {
      last.push(axis);
      excess--;
    } else groups.push([axis]);
  });
  if (groups.length > 4)
    throw new ArgumentError(
      'size',
      sizes,
      'a window over four axes, or sides of 1 along neighbouring axes beyond',
    );
  return [...Array.from({ length: 4 - groups.length }, () => []), ...groups];
}

/** Coordinates of the window's elements, an axis each, from its corner. */
export const windowCoordinates = (params: WindowParams): Int32Array =>
  params.offsets ?? coordinates(windowSizes(params));

/** The window's elements in four axes, `4 * count` coordinates from its corner. */
export function windowOffsets(params: WindowParams): Int32Array {
  const rank = params.before.length;
  const offsets = windowCoordinates(params);
  const count = windowCount(params);
  const groups = groupAxes(params);
  if (rank === 4) return offsets;
  const padded = new Int32Array(4 * count);
  for (let i = 0; i < count; i++)
    groups.forEach((axes, group) => {
      padded[4 * i + group] = axes.length === 1 ? offsets[i * rank + axes[0]] : 0;
    });
  return padded;
}

/** Shape of the padded block under a box of the output. */
export const paddedShape = (box: readonly number[], sizes: readonly number[]): Int32Array =>
  padTo4(
    box.map((n, axis) => n + sizes[axis] - 1),
    1,
  );
