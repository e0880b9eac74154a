// Frames of a list of image files: one a file, or the pages of TIFFs.
import { LRUCache } from 'lru-cache';
import { allocate, type TypedArray } from '../../core/dtype';
import { FormatError } from '../../core/errors';
import { elementCount } from '../../core/region';
import type { ByteSource } from '../byteSource';
import { readable } from '../readable';
import { readPixels } from '../tiff/blocks';
import type { TiffLayout } from '../tiff/layout';
import { openPlanes, type TiffPlanes } from '../tiff/planes';
import { decodeImage } from './decode';
import { FORMATS, type Format, formatOf, type Picture } from './picture';

/** What all frames share. */
export type FrameType = Pick<Picture, 'shape' | 'dtype'>;

/** A stack of frames of one shape and type. */
export interface Frames {
  /** Axes of the stack, at least one; null where a name would be a guess. */
  readonly axes: readonly { readonly name: string | null; readonly size: number }[];
  readonly like: FrameType;
  /** Names of a frame's own axes. */
  readonly names: readonly (string | null)[];
  /** Decodes one frame. Throws FormatError for one that differs from the first, CodecError for a damaged file. */
  read(index: readonly number[], signal?: AbortSignal): Promise<TypedArray>;
}

/** TIFFs of which what was read of their structure is kept. */
const KEPT_TIFFS = 32;

/** Looks at the first file. Throws as imread. */
export async function openFrames(files: readonly ByteSource[]): Promise<Frames> {
  const [first] = files;
  return checkedFormat(first) === 'tiff' ? tiffFrames(files) : fileFrames(files);
}

async function fileFrames(files: readonly ByteSource[]): Promise<Frames> {
  const read = (file: ByteSource, signal?: AbortSignal) => {
    const format = checkedFormat(file);
    return readable(file, async () =>
      format === 'tiff'
        ? pageOf(await openPlanes(file, { signal }), [], signal)
        : decodeImage(await file.bytes({ signal }), format),
    );
  };
  const { shape, dtype } = await read(files[0]);
  const like = { shape, dtype };
  return {
    axes: [{ name: null, size: files.length }],
    like,
    names: axisNames(shape),
    read: async ([frame], signal) => checked(await read(files[frame], signal), like, files[frame]),
  };
}

async function tiffFrames(files: readonly ByteSource[]): Promise<Frames> {
  const opened = new LRUCache<ByteSource, Promise<TiffPlanes>>({ max: KEPT_TIFFS });
  const open = (file: ByteSource): Promise<TiffPlanes> => {
    const known = opened.get(file);
    if (known) return known;
    const planes = openPlanes(file);
    opened.set(file, planes);
    planes.catch(() => opened.delete(file));
    return planes;
  };
  const { axes, levels, description } = await readable(files[0], () => open(files[0]));
  const like = frameType(levels[0]);
  const perFile = axes.map(({ size }) => size);
  const named = description !== undefined && axes.length > 0;
  const frames = perFile[0] ?? 1;
  return {
    axes: named
      ? [...(files.length > 1 ? [{ name: null, size: files.length }] : []), ...axes]
      : [{ name: null, size: files.length * frames }],
    like,
    names: axisNames(like.shape, named && axes.some(({ name }) => name === 'c')),
    read(index, signal) {
      const number = named ? (files.length > 1 ? index[0] : 0) : Math.floor(index[0] / frames);
      const plane = named ? index.slice(index.length - axes.length) : [index[0] % frames];
      const file = files[number];
      const format = checkedFormat(file);
      return readable(file, async () => {
        if (format !== 'tiff')
          return checked(await decodeImage(await file.bytes({ signal }), format), like, file);
        const planes = await open(file);
        if (pagesOf(planes) !== pagesOf({ axes }))
          throw new FormatError(
            file.name,
            `has ${pagesOf(planes)}, where the first file has ${pagesOf({ axes })}`,
          );
        return checked(await pageOf(planes, plane, signal), like, file);
      });
    },
  };
}

const pagesOf = ({ axes }: Pick<TiffPlanes, 'axes'>): string =>
  axes.length === 0 ? 'one page' : axes.map(({ name, size }) => `${size} along ${name}`).join(', ');

/** One page, samples of several channels side by side. A plane of which nothing was stored is zeros. */
async function pageOf(planes: TiffPlanes, index: readonly number[], signal?: AbortSignal): Promise<Picture> {
  const layout = await planes.plane(index, 0, signal);
  const [like] = planes.levels;
  const { height, width } = like;
  const type = frameType(like);
  if (!layout) return { ...type, data: allocate(type.dtype, elementCount(type.shape)) };
  return {
    ...type,
    data: await readPixels(
      layout,
      [
        [0, height],
        [0, width],
      ],
      'interleaved',
      signal,
    ),
  };
}

function frameType({ height, width, samples, dtype }: TiffLayout): FrameType {
  return { dtype, shape: samples > 1 ? [height, width, samples] : [height, width] };
}

function axisNames(shape: readonly number[], taken = false): (string | null)[] {
  const names = shape.length > 3 ? [] : ['y', 'x', taken ? null : 'c'];
  return shape.map((_, axis) => names[axis] ?? null);
}

function checkedFormat({ name }: ByteSource): Format {
  const format = formatOf(name);
  if (format) return format;
  throw new FormatError(name, `the file's extension is none of ${FORMATS}`);
}

function checked(frame: Picture, like: FrameType, { name }: ByteSource): TypedArray {
  if (frame.dtype === like.dtype && frame.shape.join() === like.shape.join()) return frame.data;
  throw new FormatError(
    name,
    `is ${frame.dtype} of shape [${frame.shape}], where the first frame is ${like.dtype} of [${like.shape}]`,
  );
}
