// Resolutions of a picture for tiled viewers, and how they count tiles.
import { ArgumentError } from '../core/errors';
import type { Interval } from '../core/region';
import type { LazyArray } from '../lazyArray';
import type { Layer, PictureOptions } from '../picture';

/** A level's picture: a plane (y, x), uint8 colours (y, x, c), or layers that are composited. */
export type PictureLevel = LazyArray | readonly Layer[];

/** How the tiles of a picture are made. */
export interface PictureTileOptions extends Omit<PictureOptions, 'region' | 'signal' | 'onProgress'> {
  /** Side of a tile in pixels. Default 512. */
  readonly tileSize?: number;
}

/** [height, width] of every level. @throws ArgumentError unless each is half the one before, rounded up */
export function levelSizes(levels: readonly PictureLevel[]): (readonly [height: number, width: number])[] {
  if (!Array.isArray(levels) || levels.length === 0)
    throw new ArgumentError('levels', levels, 'resolutions, from the full one down');
  const sizes = levels.map(sizeOf);
  for (const [i, size] of sizes.entries()) {
    const expected = sizes[0].map((n) => Math.ceil(n / 2 ** i));
    if (size.join() !== expected.join())
      throw new ArgumentError(`levels[${i}]`, size, `[${expected}], half the level before it`);
  }
  return sizes;
}

function sizeOf(level: PictureLevel, i: number): readonly [number, number] {
  const plane = Array.isArray(level) ? (level as readonly Layer[])[0]?.image : (level as LazyArray);
  if (!plane) throw new ArgumentError(`levels[${i}]`, level, 'a LazyArray or at least one layer');
  return [plane.shape[0], plane.shape[1]];
}

/** Rows and columns of tile (x, y) and of `overlap` pixels around it, cut at the plane's edges. */
export function planeTile(
  [height, width]: readonly [height: number, width: number],
  size: number,
  x: number,
  y: number,
  overlap = 0,
): { readonly y: Interval; readonly x: Interval } {
  const part = (index: number, length: number): Interval => [
    Math.max(0, index * size - overlap),
    Math.min((index + 1) * size + overlap, length),
  ];
  return { y: part(y, height), x: part(x, width) };
}
