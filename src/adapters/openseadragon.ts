/**
 * A computed image as an OpenSeadragon tile source.
 *
 * @module adapters/openseadragon
 */
import { toImageBitmap } from '../picture';
import { levelSizes, type PictureLevel, type PictureTileOptions, planeTile } from './pictureLevels';

export type { PictureLevel, PictureTileOptions };

/** The part of OpenSeadragon that is used; the library itself is one. */
export interface OpenSeadragonLike<TileSource> {
  readonly TileSource: new (options: {
    width: number;
    height: number;
    tileSize: number;
    tileOverlap: number;
    minLevel: number;
    maxLevel: number;
  }) => TileSource;
}

/** The part of an OpenSeadragon viewer that tells which tiles are in view. */
interface Viewer {
  addHandler(event: 'update-tile' | 'viewport-change' | 'close', handler: (event: ViewEvent) => void): void;
  removeHandler(
    event: 'update-tile' | 'viewport-change' | 'close',
    handler: (event: ViewEvent) => void,
  ): void;
}

interface ViewEvent {
  readonly tile?: Tile;
}

interface Tile {
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly tiledImage?: { readonly viewer?: Viewer };
  exists: boolean;
}

/** What OpenSeadragon hands to a tile source that gets its own tiles. */
interface ImageJob {
  readonly tile: Tile;
  userData: { controller?: AbortController };
  finish(data: unknown, request: null, type: string): void;
  fail(message: string, request: null): void;
  abort(): void;
}

/** Neighbours' pixels in a tile: without, the canvas drawer stretches tiles by a pixel to hide the seams. */
const OVERLAP = 1;

let sources = 0;

/**
 * A tile source over computed resolutions, for `viewer.open` and `viewer.addTiledImage`. Tiles are computed when
 * OpenSeadragon asks for them, and aborted when they leave the view before they are there (it logs that). For other parameters make another source: each has
 * tiles of its own in OpenSeadragon's cache.
 * @param openSeadragon the library (6 or later), as the page imports it
 * @param levels resolutions of one picture, the full one first, each half the one before (rounded up)
 * @throws ArgumentError for levels that are not
 */
export function openSeadragonTileSource<TileSource extends object>(
  openSeadragon: OpenSeadragonLike<TileSource>,
  levels: readonly PictureLevel[],
  options: PictureTileOptions = {},
): TileSource {
  const { tileSize = 512, ...display } = options;
  const sizes = levelSizes(levels);
  const [height, width] = sizes[0];
  // OpenSeadragon counts levels from a single pixel up.
  const maxLevel = Math.ceil(Math.log2(Math.max(height, width)));
  const minLevel = Math.max(0, maxLevel - levels.length + 1);
  const name = `tilewise-${++sources}`;
  const tileName = (level: number, x: number, y: number) => `${name}/${level}/${x}_${y}`;
  const source = new openSeadragon.TileSource({
    ...{ width, height, tileSize, minLevel, maxLevel },
    tileOverlap: OVERLAP,
  });
  return Object.assign(source, {
    getTileUrl: tileName,
    getTileHashKey: tileName,
    downloadTileStart(job: ImageJob) {
      const { level, x, y } = job.tile;
      const controller = new AbortController();
      const { signal } = controller;
      job.userData = { controller };
      const i = maxLevel - level;
      const region = planeTile(sizes[i], tileSize, x, y, OVERLAP);
      const unwatch = whenOutOfView(job.tile, () => {
        job.abort();
        // OpenSeadragon takes it for a tile that cannot be had; it may come into view again.
        job.tile.exists = true;
      });
      toImageBitmap(levels[i], { ...display, region, signal })
        .then(
          (bitmap) => job.finish(bitmap, null, 'imageBitmap'),
          (error: Error) => signal.aborted || job.fail(error.message, null),
        )
        .finally(unwatch);
    },
    downloadTileAbort(job: ImageJob) {
      job.userData.controller?.abort();
    },
  });
}

/**
 * OpenSeadragon lets tiles load that have left the view. It says which ones are in it while it updates a frame, before
 * it says that the viewport has changed.
 * @returns ends the watch
 */
function whenOutOfView(tile: Tile, leave: () => void): () => void {
  const viewer = tile.tiledImage?.viewer;
  if (!viewer) return () => {};
  let inView = false;
  const see = () => {
    inView = true;
    // Of this frame only, which is over by then.
    queueMicrotask(() => {
      inView = false;
    });
  };
  const update = (event: ViewEvent) => event.tile === tile && see();
  const change = () => inView || leave();
  viewer.addHandler('update-tile', update);
  viewer.addHandler('viewport-change', change);
  viewer.addHandler('close', leave);
  see();
  return () => {
    viewer.removeHandler('update-tile', update);
    viewer.removeHandler('viewport-change', change);
    viewer.removeHandler('close', leave);
  };
}
