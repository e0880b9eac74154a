/**
 * Stacks of image files, as dask_image.imread.
 *
 * @example
 * {@includeCode ../docs/examples/imread.mjs}
 *
 * @module imread
 */
import { checkInteger } from './core/checks';
import { allocate, type TypedArray } from './core/dtype';
import { ArgumentError } from './core/errors';
import { chunkRegion, chunksIn, elementCount } from './core/region';
import { ComputedSource } from './exec/computedSource';
import { type FileLocation, type ImageLocation, imageFiles } from './io/files';
import { openFrames } from './io/images/frames';
import { fromSource, type LazyArray } from './lazyArray';

export type { FileLocation, ImageLocation };

/** Options of {@link imread}. */
export interface ImreadOptions {
  /** Frames in a chunk (along the last axis of the stack); -1: all. Default 1. */
  readonly nframes?: number;
}

let opened = 0;

/**
 * A lazy stack of images, in natural order of their names: (frame, y, x) or (frame, y, x, c). A frame is a file, or a
 * page of a TIFF; only the frames that are read are decoded. PNG (16 bits stay 16), JPEG, WebP, TIFF, npy. The first
 * frame is decoded at once, for shape and dtype; all others must have the same.
 *
 * TIFFs that say what their pages are (OME-TIFF, ImageJ's hyperstacks) give the axes t, c, z, y, x, those of length 1
 * left out; several of them have the files as first axis. `openTiff` reads such a file by tiles, with its pixel sizes.
 * @param location - a URL or a list of URLs; a File, Blob or a list of them; in Node also a path or a glob pattern
 * @throws ArgumentError for nframes below 1 other than -1 and for what is no location; NotFoundError, NetworkError;
 * FormatError for other formats and (on reading) frames of another shape or dtype; CodecError for damaged files; each
 * names the file
 * @see dask_image.imread.imread
 */
export async function imread(location: ImageLocation, options: ImreadOptions = {}): Promise<LazyArray> {
  const asked = checkInteger('nframes', options.nframes ?? 1, -1);
  if (asked === 0) throw new ArgumentError('nframes', asked, 'an integer of at least 1, or -1');
  const files = await imageFiles(location);
  const { axes, like, names, read } = await openFrames(files);
  const stack = axes.map(({ size }) => size);
  const last = stack.length - 1;
  const together =
    asked === -1 ? stack : stack.map((size, axis) => (axis === last ? Math.min(asked, size) : 1));
  const meta = {
    shape: [...stack, ...like.shape],
    dtype: like.dtype,
    chunks: [...together, ...like.shape],
    dimensionNames: [...axes.map(({ name }) => name), ...names],
  };
  const readChunk = async (index: readonly number[], { signal }: { signal?: AbortSignal }) => {
    const region = chunkRegion(index.slice(0, stack.length), stack, together);
    const frames = [...chunksIn(region, new Array(stack.length).fill(1))];
    const target = allocate(like.dtype, frames.length * elementCount(like.shape));
    const size = target.length / frames.length;
    // One after the other: chunks already run side by side, and each decoder holds a whole file.
    for (const [i, frame] of frames.entries()) {
      signal?.throwIfAborted();
      place(target, i * size, await read(frame, signal));
    }
    return target;
  };
  return fromSource(new ComputedSource(`imread-${++opened}:${files[0].key}`, meta, readChunk));
}

/** `target` and `data` have one dtype; the type system cannot say so of a union. */
const place = (target: TypedArray, at: number, data: TypedArray): void =>
  (target as Uint8Array).set(data as Uint8Array, at);
