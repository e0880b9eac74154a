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

/** What OpenSeadragon hands to a tile source that gets its own tiles. */
interface ImageJob {
  readonly tile: { readonly level: number; readonly x: number; readonly y: number };
  userData: { controller?: AbortController };
  finish(data: unknown, request: null, type: string): void;
  fail(message: string, request: null): void;
}

let sources = 0;

/**
 * A tile source over computed resolutions, for `viewer.open` and `viewer.addTiledImage`. Tiles are computed when
 * OpenSeadragon asks for them, and aborted when it no longer does. For other parameters make another source: each has
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
    tileOverlap: 0,
  });
  return Object.assign(source, {
    getTileUrl: tileName,
    getTileHashKey: tileName,
    downloadTileStart(job: ImageJob) {
      const { level, x, y } = job.tile;
      const controller = new AbortController();
      job.userData = { controller };
      const i = maxLevel - level;
      const region = planeTile(sizes[i], tileSize, x, y);
      toImageBitmap(levels[i], { ...display, region, signal: controller.signal }).then(
        (bitmap) => job.finish(bitmap, null, 'imageBitmap'),
        (error: Error) => job.fail(error.message, null),
      );
    },
    downloadTileAbort(job: ImageJob) {
      job.userData.controller?.abort();
    },
  });
}
