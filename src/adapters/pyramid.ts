// A computed image as viewers take it: one lazy array a resolution, and what its axes mean.
import { ArgumentError } from '../core/errors';
import type { OmeAxis, OmeChannel } from '../io/omeZarr';
import type { OmeDataset } from '../io/zarrDocuments';
import { LazyArray } from '../lazyArray';
import { defaultAxes } from '../omeAxes';

/** Resolutions of an image, the full one first; or one array. */
export type Levels = LazyArray | readonly LazyArray[];

/** What the resolutions of an image have in common. */
export interface PyramidOptions {
  readonly name?: string;
  /** Axes, one per dimension. Default: the dimension names; y, x, z as space, c as channel, t as time. */
  readonly axes?: readonly OmeAxis[];
  /** Size of a pixel of the full resolution along each axis, in the axes' units. Default 1. */
  readonly scale?: readonly number[];
  /** Position of the full resolution's first pixel's centre along each axis. Default 0. */
  readonly translation?: readonly number[];
  /** How channels are to be displayed. */
  readonly channels?: readonly OmeChannel[];
}

/** A checked pyramid. */
export interface Pyramid {
  readonly levels: readonly LazyArray[];
  readonly axes: readonly OmeAxis[];
  /** One per level: its path, the size of its pixels and where the first one is. */
  readonly datasets: readonly OmeDataset[];
}

/**
 * Checks that resolutions belong together.
 * @throws ArgumentError for no level, levels of different rank or dtype or growing sizes, axes or scales that do not fit
 */
export function checkPyramid(given: Levels, options: PyramidOptions = {}): Pyramid {
  const levels = given instanceof LazyArray ? [given] : [...given];
  const [full] = levels;
  if (!levels.every((level) => level instanceof LazyArray) || !full)
    throw new ArgumentError('levels', given, 'a LazyArray, or a list of them from the full resolution down');
  for (const [i, level] of levels.entries()) {
    const fits = level.rank === full.rank && level.dtype === full.dtype;
    if (!fits || level.shape.some((n, axis) => n > (levels[i - 1] ?? full).shape[axis]))
      throw new ArgumentError(
        `levels[${i}]`,
        `${level.dtype} [${level.shape}]`,
        `${full.dtype} of ${full.rank} axes, no larger than the level before it`,
      );
  }
  const axes = options.axes ?? defaultAxes(full);
  const scale = options.scale ?? axes.map(() => 1);
  const translation = options.translation ?? axes.map(() => 0);
  for (const [name, list] of Object.entries({ axes, scale, translation })) {
    if (list.length !== full.rank) throw new ArgumentError(name, list, `${full.rank} entries, one per axis`);
  }
  const factors = full.shape.map(() => 1);
  const datasets = levels.map((level, i): OmeDataset => {
    level.shape.forEach((n, axis) => {
      if (i > 0) factors[axis] *= stepOf(levels[i - 1].shape[axis], n);
    });
    const size = scale.map((s, axis) => s * factors[axis]);
    return {
      path: String(i),
      scale: size,
      translation: translation.map((t, axis) => t + (size[axis] - scale[axis]) / 2),
    };
  });
  return { levels, axes, datasets };
}

/** How many pixels of a level make one of the next: a whole number where that explains the sizes. */
function stepOf(before: number, after: number): number {
  const whole = Math.round(before / after);
  return (
    [whole, whole + 1, whole - 1].find((n) => n >= 1 && Math.ceil(before / n) === after) ?? before / after
  );
}
