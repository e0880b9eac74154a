// In which order tiles are walked. Neighbours read the same chunks at their halos: these are decoded once if they are
// still cached when the second one comes, which in C order they are not where rows of tiles are long.
import type { Region } from '../core/region';

/** The part of the cache that an order counts on; the rest is for the tiles that are read ahead. */
const SHARE = 3 / 4;

/** C order is left when that saves this part of the reads. */
const WORTH = 1 / 20;

/** The chunks that a tile reads: their bytes by their names. */
export type ChunksOf = (tile: Region) => ReadonlyMap<string, number>;

/**
 * The tiles (in C order) in an order in which a cache of `cacheBytes` makes few chunks be read again: box by box, each
 * whole along one axis and as wide along those that follow as the cache allows. C order stays where it is as good.
 */
export function orderTiles(
  tiles: readonly Region[],
  chunksOf: ChunksOf,
  cacheBytes: number,
): readonly Region[] {
  if (tiles.length < 3) return tiles;
  const grid = gridOf(tiles);
  const box = boxOf(grid.counts, readsOf(tiles, grid, chunksOf), cacheBytes * SHARE);
  if (!box) return tiles;
  const boxNumber = (tile: Region) =>
    grid
      .place(tile)
      .reduce(
        (number, at, axis) => number * Math.ceil(grid.counts[axis] / box[axis]) + Math.floor(at / box[axis]),
        0,
      );
  return tiles
    .map((tile) => ({ tile, number: boxNumber(tile) }))
    .sort((a, b) => a.number - b.number)
    .map(({ tile }) => tile);
}

interface Grid {
  /** Tiles along each axis. */
  readonly counts: readonly number[];
  /** Where a tile is among them. */
  place(tile: Region): number[];
}

/** The grid that some tiles are on; not all of them need be there, or whole. */
function gridOf(tiles: readonly Region[]): Grid {
  const axes = tiles[0].map((_, axis) => axis);
  const most = (value: (tile: Region) => number) =>
    tiles.reduce((largest, tile) => Math.max(largest, value(tile)), Number.NEGATIVE_INFINITY);
  const block = axes.map((axis) => most((tile) => tile[axis][1] - tile[axis][0]));
  const index = (tile: Region, axis: number) => Math.floor(tile[axis][0] / block[axis]);
  const first = axes.map((axis) => -most((tile) => -index(tile, axis)));
  return {
    counts: axes.map((axis) => most((tile) => index(tile, axis)) - first[axis] + 1),
    place: (tile) => axes.map((axis) => index(tile, axis) - first[axis]),
  };
}

/** What a tile reads. */
interface TileReads {
  /** Bytes of its chunks. */
  readonly bytes: number;
  /** For each axis, the part of them that the next tile along it reads too. */
  readonly shared: readonly number[];
}

/** Of a tile in the middle, which has halos on all sides. */
function readsOf(tiles: readonly Region[], { counts, place }: Grid, chunksOf: ChunksOf): TileReads {
  const find = (wanted: readonly number[]) =>
    tiles.find((tile) => place(tile).every((at, axis) => at === wanted[axis]));
  const tile = find(counts.map((count) => count >> 1)) ?? tiles[tiles.length >> 1];
  const chunks = chunksOf(tile);
  const bytes = sum(chunks.values());
  const at = place(tile);
  const shared = counts.map((_, axis) => {
    const beside = (step: number) => find(at.map((n, other) => (other === axis ? n + step : n)));
    const neighbour = beside(1) ?? beside(-1);
    if (!neighbour || bytes === 0) return 0;
    const theirs = chunksOf(neighbour);
    return sum([...chunks].map(([key, size]) => (theirs.has(key) ? size : 0))) / bytes;
  });
  return { bytes, shared };
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/** Tiles along each axis of the boxes to walk one after the other; undefined where C order is as good. */
function boxOf(
  counts: readonly number[],
  { bytes, shared }: TileReads,
  room: number,
): readonly number[] | undefined {
  // What a tile reads that the one before it along an axis has not.
  const fresh = counts.map((count, axis) => Math.max(1 - shared[axis], 1 / count));
  /** Reads of so many tiles along an axis, as a multiple of one's. */
  const span = (axis: number, tiles: number) => 1 + (tiles - 1) * fresh[axis];
  /** Chunks that are read, as a multiple of those that there are. */
  const cost = (box: readonly number[]) =>
    box.reduce(
      (product, tiles, axis) =>
        (product * (counts[axis] / tiles) * span(axis, tiles)) / span(axis, counts[axis]),
      1,
    );
  let best: readonly number[] | undefined;
  for (let along = 0; along < counts.length; along++) {
    // From one step along this axis to the next, all that a box reads at the other ones must stay cached.
    const fits = (box: readonly number[]) =>
      box.reduce((product, tiles, axis) => (axis > along ? product * span(axis, tiles) : product), bytes) <=
      room;
    const inOrder = counts.map((count, axis) => (axis < along ? 1 : count));
    if (fits(inOrder)) return best && cost(best) < cost(inOrder) * (1 - WORTH) ? best : undefined;
    const narrow = counts.map((count, axis) => (axis === along ? count : 1));
    const growing = counts.flatMap((_, axis) => (axis > along && shared[axis] > 0 ? [axis] : []));
    const box = widened(narrow, growing, counts, fits);
    if (fits(box) && (!best || cost(box) < cost(best))) best = box;
  }
  return undefined;
}

/** Doubles the shortest side while the box fits: pyramids halve chunks, and few of theirs then wait for another box. */
function widened(
  box: readonly number[],
  axes: readonly number[],
  counts: readonly number[],
  fits: (box: readonly number[]) => boolean,
): readonly number[] {
  if (axes.length === 0) return box;
  const shortest = axes.reduce((a, b) => (box[b] <= box[a] ? b : a));
  const wider = box.map((n, axis) => (axis === shortest ? Math.min(counts[axis], 2 * n) : n));
  const others = axes.filter((axis) => axis !== shortest);
  if (box[shortest] === counts[shortest] || !fits(wider)) return widened(box, others, counts, fits);
  return widened(wider, axes, counts, fits);
}
