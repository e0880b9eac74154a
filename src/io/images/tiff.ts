// Pages of TIFF files, OME-TIFF included, through geotiff.
import type { GeoTIFF } from 'geotiff';
import { dtypeOf, type TypedArray } from '../../core/dtype';
import type { ImageFile } from './files';
import { type Picture, picture } from './picture';

/** Pages of the file (reduced copies of pages are none). */
export const countPages = (file: ImageFile): Promise<number> =>
  withTiff(file, (tiff) => tiff.getImageCount());

/** One page; samples of several channels are interleaved. */
export const readPage = (file: ImageFile, page: number, signal?: AbortSignal): Promise<Picture> =>
  withTiff(file, async (tiff) => {
    const image = await tiff.getImage(page);
    const data = (await image.readRasters({ interleave: true, signal })) as unknown as TypedArray;
    return picture(data, dtypeOf(data), image.getHeight(), image.getWidth(), image.getSamplesPerPixel());
  });

/** Opened for each use, so that no file stays open. */
async function withTiff<T>(file: ImageFile, use: (tiff: GeoTIFF) => Promise<T>): Promise<T> {
  const tiff = await file.tiff();
  try {
    return await use(tiff);
  } finally {
    await tiff.close();
  }
}
