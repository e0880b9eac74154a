// The order of tiles: how often chunks are read, by a simulated cache and through the whole library.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  alignToChunks,
  chunkRegion,
  chunksIn,
  elementCount,
  type Region,
  regionSize,
  type Shape,
  wholeRegion,
} from '../../src/core/region';
import { setTileElements, tilesOf } from '../../src/core/tiling';
import { orderTiles } from '../../src/exec/tileOrder';
import {
  clearResults,
  configure,
  fromArray,
  gaussianFilter,
  type LazyArray,
  label,
  openZarr,
  regionTable,
  writeZarr,
} from '../../src/index';

interface Grid {
  readonly shape: Shape;
  readonly chunks: Shape;
  readonly block: Shape;
  readonly halo: readonly number[];
}

const tilesIn = ({ shape, block }: Grid): Region[] => [...tilesOf(wholeRegion(shape), shape, block)];

/** A byte an element. */
const chunksOf =
  ({ shape, chunks, halo }: Grid) =>
  (tile: Region) => {
    const reach = tile.map(
      ([start, stop], axis) =>
        [Math.max(0, start - halo[axis]), Math.min(shape[axis], stop + halo[axis])] as const,
    );
    const indices = [...chunksIn(alignToChunks(reach, shape, chunks), chunks)];
    return new Map(indices.map((index) => [index.join(), regionSize(chunkRegion(index, shape, chunks))]));
  };

/** Chunks that a least-recently-used cache makes be read, as a multiple of those there are. */
function readsPerChunk(grid: Grid, tiles: readonly Region[], cacheBytes: number): number {
  const cached = new Map<string, number>();
  let [reads, held] = [0, 0];
  for (const tile of tiles)
    for (const [key, size] of chunksOf(grid)(tile)) {
      if (cached.delete(key)) {
        cached.set(key, size);
        continue;
      }
      reads++;
      cached.set(key, size);
      held += size;
      for (const [oldest, bytes] of cached) {
        if (held <= cacheBytes) break;
        cached.delete(oldest);
        held -= bytes;
      }
    }
  return reads / elementCount(grid.shape.map((n, axis) => Math.ceil(n / grid.chunks[axis])));
}

const plane = (rows: number, columns: number): Grid => ({
  shape: [rows * 32, columns * 32],
  chunks: [16, 16],
  block: [32, 32],
  halo: [3, 3],
});
const CACHE = 2 ** 15;
const inOrder = (grid: Grid, tiles = tilesIn(grid)) => orderTiles(tiles, chunksOf(grid), CACHE);

describe('with a cache', () => {
  test.each([
    [8, 1],
    [16, 1.2],
    [48, 1.2],
    [96, 1.2],
  ])('a plane of %i tiles squared reads its chunks at most %f times', (side, most) => {
    const grid = plane(side, side);
    expect(readsPerChunk(grid, inOrder(grid), CACHE)).toBeLessThanOrEqual(most);
  });

  test('C order reads the chunks of a wide plane twice', () => {
    const grid = plane(48, 48);
    expect(readsPerChunk(grid, tilesIn(grid), CACHE)).toBeGreaterThan(1.9);
  });

  test('planes of a stack that need nothing of each other are walked one after the other', () => {
    const grid: Grid = {
      shape: [3, 1024, 1536],
      chunks: [1, 16, 16],
      block: [1, 32, 32],
      halo: [0, 3, 3],
    };
    const tiles = inOrder(grid);
    expect(tiles.map(([[start]]) => start)).toEqual(tilesIn(grid).map(([[start]]) => start));
    expect(readsPerChunk(grid, tiles, CACHE)).toBeLessThan(1.2);
  });

  test('a volume is walked in columns', () => {
    const grid: Grid = { shape: [256, 128, 256], chunks: [8, 8, 8], block: [16, 16, 16], halo: [2, 2, 2] };
    const cache = 2 ** 19;
    const tiles = orderTiles(tilesIn(grid), chunksOf(grid), cache);
    expect(readsPerChunk(grid, tilesIn(grid), cache)).toBeGreaterThan(1.9);
    expect(readsPerChunk(grid, tiles, cache)).toBeLessThan(1.7);
  });
});

describe('C order stays', () => {
  test.each([
    ['where nothing is shared', { ...plane(48, 48), halo: [0, 0] }, CACHE],
    ['where a row is cached', plane(48, 48), 2 ** 20],
    ['where not even a tile is', plane(48, 48), 2 ** 9],
    ['along a column', plane(48, 1), CACHE],
  ])('%s', (_name, grid, cache) => {
    const tiles = tilesIn(grid);
    expect(orderTiles(tiles, chunksOf(grid), cache)).toBe(tiles);
  });
});

test('each tile comes once, whichever there are', () => {
  const grid = plane(30, 41);
  const some = tilesIn(grid).filter((_, i) => (i * i) % 7 !== 2);
  const ordered = inOrder(grid, some);
  expect(ordered).not.toEqual(some);
  expect(new Set(ordered)).toEqual(new Set(some));
  expect(ordered).toHaveLength(some.length);
});

describe('an image that is larger than the cache', () => {
  const shape = [128, 2048];
  const chunks = [16, 16];
  const count = elementCount(shape) / elementCount(chunks);
  const pixels = Uint16Array.from(
    { length: elementCount(shape) },
    (_, i) => 300 * (1 + Math.sin((i % 2048) / 5) * Math.cos(i / 2048 / 6)),
  );
  const known = fromArray(pixels, { shape, chunks });
  let image: LazyArray;
  let reads = 0;

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu', memoryBudget: 2 ** 20 });
    setTileElements(1024);
    const stored = new Map<string, Uint8Array>();
    await writeZarr(known, stored);
    image = await openZarr({
      get(key: string) {
        if (key.includes('/c/')) reads++;
        return stored.get(key);
      },
    });
  });
  afterAll(() => {
    setTileElements(undefined);
    configure({ workers: undefined, device: undefined, memoryBudget: undefined });
  });

  const cells = (array: LazyArray) => label(gaussianFilter(array, 1).gt(400)).labels;
  test.each([
    [
      'written',
      1,
      async (array: LazyArray) => {
        const target = new Map<string, Uint8Array>();
        await writeZarr(gaussianFilter(array, 1), target);
        return (await (await openZarr(target)).compute()).data;
      },
    ],
    ['labelled', 2, async (array: LazyArray) => (await cells(array).compute()).data],
    [
      'measured',
      1,
      async (array: LazyArray) => {
        clearResults();
        const table = await regionTable(array, { labelImage: cells(array), properties: ['label', 'area'] });
        return table.column('area');
      },
    ],
  ])('reads each chunk little more than once a pass when it is %s', async (_name, passes, run) => {
    const expected = await run(known);
    reads = 0;
    expect(await run(image)).toEqual(expected);
    expect(reads).toBeGreaterThan(0.8 * passes * count);
    expect(reads).toBeLessThan(1.3 * passes * count);
  });
});
