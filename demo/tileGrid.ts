// Which tiles of a pyramid a view needs.
import type { Level } from './image';
import type { Viewport } from './viewport';

/** A box in full-resolution pixels. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** A tile's place: grid position, and its box. */
export interface Place {
  readonly key: string;
  readonly level: number;
  readonly row: number;
  readonly column: number;
  readonly box: Box;
}

/** The coarsest level whose pixels are not visibly enlarged, at so many device pixels per image pixel. */
export function targetLevel(levels: readonly Level[], devicePixels: number): number {
  let target = 0;
  levels.forEach((level, i) => {
    if (level.scale * devicePixels <= 1.25) target = i;
  });
  return target;
}

/** Tiles of a level in view, nearest to the centre first. */
export function inView(levels: readonly Level[], index: number, view: Viewport): Place[] {
  const places = covering(levels, index, [...view.toImage(0, 0), ...view.toImage(view.width, view.height)]);
  const distance = ({ box: [x0, y0, x1, y1] }: Place) =>
    Math.hypot((x0 + x1) / 2 - view.x, (y0 + y1) / 2 - view.y);
  return places.sort((a, b) => distance(a) - distance(b));
}

/** The coarsest level's tiles, if it is small: with them at hand the picture never has holes. */
export function overview(levels: readonly Level[]): Place[] {
  const last = levels.length - 1;
  const { width, height, scale } = levels[last];
  return width * height > 512 * 512 ? [] : covering(levels, last, [0, 0, width * scale, height * scale]);
}

/** Tiles of a level that overlap a box. */
export function covering(levels: readonly Level[], index: number, [x0, y0, x1, y1]: Box): Place[] {
  const { width, height, scale, tile } = levels[index];
  // Nudged inwards: a box that ends where a tile begins does not need it.
  const range = (from: number, to: number, size: number, length: number) => [
    Math.max(0, Math.floor(from / scale / size + 1e-6)),
    Math.min(Math.ceil(length / size), Math.ceil(to / scale / size - 1e-6)),
  ];
  const [row0, row1] = range(y0, y1, tile[0], height);
  const [column0, column1] = range(x0, x1, tile[1], width);
  const places: Place[] = [];
  for (let row = row0; row < row1; row++)
    for (let column = column0; column < column1; column++)
      places.push({
        key: `${index}/${row}/${column}`,
        level: index,
        row,
        column,
        box: [
          column * tile[1] * scale,
          row * tile[0] * scale,
          Math.min(width, (column + 1) * tile[1]) * scale,
          Math.min(height, (row + 1) * tile[0]) * scale,
        ],
      });
  return places;
}
