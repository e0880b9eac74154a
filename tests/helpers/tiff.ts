// Reads the real images of ../shared/data. Read there, never copied into the project.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fromArrayBuffer, type TypedArray as GeoTiffArray } from 'geotiff';
import { allocate, dtypeOf } from '../../src/core/dtype';
import type { NdArray } from './npy';

/** Where the images are; `TILEWISE_DATA` overrides. */
export const DATA_DIRECTORY =
  process.env.TILEWISE_DATA ?? fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** Whether this machine has the images; acceptance tests skip without. */
export const hasData = (): boolean => existsSync(DATA_DIRECTORY);

/** Reads a TIFF: several pages become the first axis, several samples per pixel the last (as tifffile does). */
export async function readTiff(file: string): Promise<NdArray> {
  const bytes = await readFile(file);
  const tiff = await fromArrayBuffer(Uint8Array.from(bytes).buffer);
  const pages: GeoTiffArray[] = [];
  const shape: number[] = [];
  for (let page = 0; page < (await tiff.getImageCount()); page++) {
    const image = await tiff.getImage(page);
    const samples = image.getSamplesPerPixel();
    if (page === 0) shape.push(image.getHeight(), image.getWidth(), ...(samples > 1 ? [samples] : []));
    pages.push((await image.readRasters({ interleave: true })) as GeoTiffArray);
  }
  const dtype = dtypeOf(pages[0]);
  const size = pages[0].length;
  const data = allocate(dtype, size * pages.length);
  pages.forEach((page, i) => {
    (data as Float64Array).set(page, i * size);
  });
  return { dtype, shape: pages.length > 1 ? [pages.length, ...shape] : shape, data };
}

/** One channel of a channels-last image. */
export function channelOf({ dtype, shape, data }: NdArray, channel: number): NdArray {
  const channels = shape[shape.length - 1];
  const out = allocate(dtype, data.length / channels);
  for (let i = 0; i < out.length; i++) out[i] = data[i * channels + channel];
  return { dtype, shape: shape.slice(0, -1), data: out };
}
