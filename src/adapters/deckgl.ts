/**
 * A computed image as the tiles of a deck.gl TileLayer.
 *
 * @module adapters/deckgl
 */
import { toImageBitmap } from '../picture';
import { levelSizes, type PictureLevel, type PictureTileOptions, planeTile } from './pictureLevels';

export type { PictureLevel, PictureTileOptions };

/** What a TileLayer says of the tile it wants. */
export interface TileLoadProps {
  readonly index: { readonly x: number; readonly y: number; readonly z: number };
  readonly signal?: AbortSignal;
}

/** A tile, as a BitmapLayer takes it. */
export interface BitmapTile {
  readonly image: ImageBitmap;
  /** In pixels of the full resolution: left, bottom, right, top, y growing downwards. */
  readonly bounds: [left: number, bottom: number, right: number, top: number];
}

/** Props for a TileLayer in an OrthographicView. */
export interface TileLayerProps {
  readonly tileSize: number;
  readonly extent: [left: number, top: number, right: number, bottom: number];
  readonly minZoom: number;
  readonly maxZoom: number;
  /** The tile; null beyond the image. */
  getTileData(tile: TileLoadProps): Promise<BitmapTile | null>;
}

/**
 * Props for deck.gl's TileLayer (9 or later): spread them, and draw `props.data` by a BitmapLayer in `renderSubLayers`.
 * Tiles are computed when the layer asks for them, with its signal.
 * @param levels resolutions of one picture, the full one first, each half the one before (rounded up)
 * @throws ArgumentError for levels that are not
 */
export function deckglTiles(
  levels: readonly PictureLevel[],
  options: PictureTileOptions = {},
): TileLayerProps {
  const { tileSize = 512, ...display } = options;
  const sizes = levelSizes(levels);
  const [height, width] = sizes[0];
  return {
    tileSize,
    extent: [0, 0, width, height],
    minZoom: 1 - levels.length,
    maxZoom: 0,
    async getTileData({ index, signal }) {
      const level = -index.z;
      const { y, x } = planeTile(sizes[level], tileSize, index.x, index.y);
      if (y[0] >= y[1] || x[0] >= x[1]) return null;
      const image = await toImageBitmap(levels[level], { ...display, region: { y, x }, signal });
      const scale = 2 ** level;
      return { image, bounds: [x[0] * scale, y[1] * scale, x[1] * scale, y[0] * scale] };
    },
  };
}
