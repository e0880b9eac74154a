// TIFF images as lazy arrays, one per resolution.
import { checkInteger } from './core/checks';
import { ComputedSource } from './exec/computedSource';
import { type FileLocation, oneFile } from './io/files';
import { readable } from './io/readable';
import type { RetryOptions } from './io/retry';
import { tiffModel } from './io/tiff/levels';
import { openPlanes, type TiffPlanes } from './io/tiff/planes';
import { MultiscaleImage } from './multiscaleImage';

/** Tiles of one file fetched and decoded at a time. */
const CONCURRENCY = 8;

/** Options of {@link openTiff}. */
export interface OpenTiffOptions {
  /** Which of an OME-TIFF's images. Default 0. */
  readonly image?: number;
  readonly signal?: AbortSignal;
  /** How HTTP requests are retried. */
  readonly retry?: RetryOptions;
}

/** An image of a TIFF file. */
export class TiffImage extends MultiscaleImage {
  /** Images in the file: an OME-TIFF may have several. */
  readonly imageCount: number;

  /** @internal Use {@link openTiff}. */
  constructor(planes: TiffPlanes, image: number) {
    const { axes, channels, levels } = tiffModel(planes);
    const { key } = planes.file;
    super({
      key,
      name: planes.description?.name,
      axes,
      channels,
      levels: levels.map(({ meta, scale, translation, read }, i) => ({
        scale,
        translation,
        source: new ComputedSource(`${key}#${image}/${i}`, meta, read, CONCURRENCY),
      })),
    });
    this.imageCount = planes.imageCount;
  }
}

/**
 * Opens a TIFF image: TIFF or BigTIFF in tiles or strips, OME-TIFF (planes in other files of its folder too), ImageJ's
 * hyperstacks, pyramids (Cloud-Optimized GeoTIFF, OME-TIFF, slides in tiles). Reads metadata only; pixels are read by
 * tile: over HTTP by range, each once, decoded in workers, and kept in the cache of chunks.
 *
 * Axes are t, c, z, y, x as the file has them, those of length 1 left out; pages that a file says nothing of are along
 * an axis `page`, samples of a pixel along c. Any dtype; 1 bit is bool, half-precision floats are widened; palettes are
 * not applied. Compression: none, LZW, PackBits, Deflate, Zstandard, JPEG, LERC, WebP (in browsers).
 * @param location - a URL, a File or Blob; in Node also a path
 * @throws ArgumentError for what is no location; NotFoundError, NetworkError; FormatError for an image that is not there;
 * CodecError for what is no TIFF, is damaged, or holds samples or a compression that are not supported; the signal's reason
 */
export async function openTiff(location: FileLocation, options: OpenTiffOptions = {}): Promise<TiffImage> {
  const { signal, retry } = options;
  const image = checkInteger('image', options.image ?? 0, 0);
  signal?.throwIfAborted();
  const file = await oneFile(location, retry);
  return new TiffImage(await readable(file, () => openPlanes(file, { signal, image }), signal), image);
}
