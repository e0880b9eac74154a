// How an array is cut into tiles: multiples of its chunks, large enough to amortise halos and messages.
import { chunkRegion, chunksIn, elementCount, intersect, type Region, type Shape } from './region';

/** About 4 MiB of float32, so that a tile's working set stays in the tens of MiB. */
const DEFAULT_TILE_ELEMENTS = 1 << 20;

let tileElements = DEFAULT_TILE_ELEMENTS;

/** How many elements tiles aim at. */
export const tileSize = (): number => tileElements;

/** Sets how many elements tiles aim at; undefined restores the default. Graphs built before keep their label blocks. */
export function setTileElements(elements: number | undefined): void {
  tileElements = elements ?? DEFAULT_TILE_ELEMENTS;
}

/**
 * Grows `chunks` by doubling its shortest growable axis while the block stays within `elements`, so that blocks are
 * whole chunks and nearly cubic (least halo for their size).
 */
export function growChunks(chunks: Shape, shape: Shape, elements = tileElements): number[] {
  const block = chunks.map((size, axis) => Math.min(size, Math.max(1, shape[axis])));
  while (true) {
    let shortest = -1;
    for (let axis = 0; axis < block.length; axis++) {
      const fits = (elementCount(block) / block[axis]) * Math.min(2 * block[axis], shape[axis]) <= elements;
      if (block[axis] < shape[axis] && fits && (shortest < 0 || block[axis] <= block[shortest]))
        shortest = axis;
    }
    if (shortest < 0) return block;
    block[shortest] *= 2;
  }
}

/** The tiles of a grid that overlap `region`, cut to it, in C order. */
export function* tilesOf(region: Region, shape: Shape, block: Shape): Generator<Region> {
  if (shape.length === 0) {
    yield [];
    return;
  }
  for (const index of chunksIn(region, block)) yield intersect(chunkRegion(index, shape, block), region);
}

export function countTiles(region: Region, block: Shape): number {
  return region.reduce(
    (count, [start, stop], axis) =>
      stop > start ? count * (Math.ceil(stop / block[axis]) - Math.floor(start / block[axis])) : 0,
    1,
  );
}
