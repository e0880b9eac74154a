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
import { ArgumentError, CodecError, FormatError, isTilewiseError } from './core/errors';
import { elementCount } from './core/region';
import { ComputedSource } from './exec/computedSource';
import { decodeImage } from './io/images/decode';
import { type ImageFile, type ImageLocation, imageFiles } from './io/images/files';
import { FORMATS, formatOf, type Picture } from './io/images/picture';
import { countPages, readPage } from './io/images/tiff';
import { fromSource, type LazyArray } from './lazyArray';

export type { ImageLocation };

/** Options of {@link imread}. */
export interface ImreadOptions {
  /** Frames in a chunk; -1: all. Default 1. */
  readonly nframes?: number;
}

let opened = 0;

/**
 * A lazy stack of images, in natural order of their names: (frame, y, x) or (frame, y, x, c). A frame is a file, or a
 * page of a TIFF; only the frames that are read are decoded. PNG (16 bits stay 16), JPEG, WebP, TIFF with any number of
 * pages (OME-TIFF as its pages in order), npy. The first frame is decoded at once, for shape and dtype; all others must
 * have the same.
 * @param location - a URL or a list of URLs; a File, Blob or a list of them; in Node also a path or a glob pattern
 * @throws ArgumentError for nframes below 1 other than -1 and for what is no location; NotFoundError, NetworkError;
 * FormatError for other formats and (on reading) frames of another shape or dtype; CodecError for damaged files
 * @see dask_image.imread.imread
 */
export async function imread(location: ImageLocation, options: ImreadOptions = {}): Promise<LazyArray> {
  const asked = checkInteger('nframes', options.nframes ?? 1, -1);
  if (asked === 0) throw new ArgumentError('nframes', asked, 'an integer of at least 1, or -1');
  const files = await imageFiles(location);
  const [first] = files;
  const pages = formatOf(first.name) === 'tiff' ? await readable(first, () => countPages(first)) : 1;
  const like = await readFrame(first, 0);
  const frames = files.length * pages;
  const nframes = asked === -1 ? frames : Math.min(asked, frames);
  const shape = [frames, ...like.shape];
  const names = like.shape.length > 3 ? [] : ['y', 'x', 'c'];
  const meta = {
    shape,
    dtype: like.dtype,
    chunks: [nframes, ...like.shape],
    dimensionNames: shape.map((_, axis) => (axis === 0 ? null : (names[axis - 1] ?? null))),
  };
  const read = async (index: readonly number[], { signal }: { signal?: AbortSignal }) => {
    const start = index[0] * nframes;
    const count = Math.min(nframes, frames - start);
    const size = elementCount(like.shape);
    const target = allocate(like.dtype, count * size);
    // One after the other: chunks already run side by side, and each decoder holds a whole file.
    for (let i = 0; i < count; i++) {
      signal?.throwIfAborted();
      const frame = start + i;
      const file = files[Math.floor(frame / pages)];
      place(target, i * size, checked(await readFrame(file, frame % pages, signal), like, file));
    }
    return target;
  };
  return fromSource(new ComputedSource(`imread-${++opened}:${first.key}`, meta, read));
}

async function readFrame(file: ImageFile, page: number, signal?: AbortSignal): Promise<Picture> {
  const format = formatOf(file.name);
  if (!format) throw new FormatError(file.name, `the file's extension is none of ${FORMATS}`);
  return readable(file, async () => {
    if (format === 'tiff') return readPage(file, page, signal);
    return decodeImage(await file.bytes(signal), format);
  });
}

/** Whatever a decoder throws becomes an error that names the file. */
async function readable<T>(file: ImageFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isTilewiseError(cause) || (cause as Error)?.name === 'AbortError') throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CodecError(file.name, `could not be decoded: ${message}`, { cause });
  }
}

function checked(frame: Picture, like: Picture, { name }: ImageFile): TypedArray {
  if (frame.dtype === like.dtype && frame.shape.join() === like.shape.join()) return frame.data;
  throw new FormatError(
    name,
    `is ${frame.dtype} of shape [${frame.shape}], where the first frame is ${like.dtype} of [${like.shape}]`,
  );
}

/** `target` and `data` have one dtype; the type system cannot say so of a union. */
const place = (target: TypedArray, at: number, data: TypedArray): void =>
  (target as Uint8Array).set(data as Uint8Array, at);
