// Where everything is in a TIFF that is written front to back: nothing is compressed, so all is known beforehand.
import { type DType, isComplex, isFloat, isSigned, itemSize, partDType } from '../../core/dtype';
import { directorySize, encodeDirectory, headerSize, type TiffTag, tiffHeader } from './directory';

/** One resolution of the image to be written. */
export interface WrittenLevel {
  readonly height: number;
  readonly width: number;
}

/** The image to be written. */
export interface WrittenImage {
  /** Full resolution first. */
  readonly levels: readonly WrittenLevel[];
  readonly planes: number;
  /** Samples of a pixel, side by side: 1, or 3 or 4 colours. */
  readonly samples: number;
  readonly dtype: DType;
  /** Length of a tile's sides, a multiple of 16. */
  readonly tile: number;
  readonly description: string;
}

/** Bytes before the tiles, and of all of them. */
export interface FilePlan {
  readonly head: Uint8Array<ArrayBuffer>[];
  readonly size: number;
  readonly big: boolean;
}

/** The largest file whose offsets have 4 bytes. */
const MOST_BYTES = 2 ** 32 - 1;

export const tilesAcross = ({ width }: WrittenLevel, tile: number): number => Math.ceil(width / tile);
export const tilesDown = ({ height }: WrittenLevel, tile: number): number => Math.ceil(height / tile);

/** Bytes of one tile. */
export const tileBytes = ({ tile, samples, dtype }: WrittenImage): number =>
  tile * tile * samples * itemSize(dtype);

/**
 * Directories come first, tiles after them in the order plane, level, row, column. A plane's reduced copies are in its own
 * directory. A BigTIFF where offsets of 4 bytes do not suffice, or on demand.
 */
export function planFile(image: WrittenImage, forceBig = false): FilePlan {
  const plan = layOut(image, forceBig);
  return plan.big || plan.size <= MOST_BYTES ? plan : layOut(image, true);
}

function layOut(image: WrittenImage, big: boolean): FilePlan {
  const { levels, planes, tile } = image;
  const counts = levels.map((level) => tilesAcross(level, tile) * tilesDown(level, tile));
  const bytes = tileBytes(image);
  const sizes = (plane: number) =>
    levels.map((_, level) =>
      directorySize(tagsOf(image, { plane, level, offsets: new Array(counts[level]).fill(0) }), big),
    );
  // All planes but the first have directories of one size.
  const first = sizes(0);
  const others = planes > 1 ? sizes(1) : first;
  const total = (list: readonly number[]) => list.reduce((sum, n) => sum + n, 0);
  const directories = headerSize(big) + total(first) + (planes - 1) * total(others);
  const data = Math.ceil(directories / 16) * 16;
  const size = data + planes * total(counts) * bytes;
  const head: Uint8Array<ArrayBuffer>[] = [];
  // Only a plan that is used is worth its bytes.
  if (!big && size > MOST_BYTES) return { head, size, big };
  head.push(tiffHeader(big));
  let at = headerSize(big);
  let tileAt = data;
  for (let plane = 0; plane < planes; plane++) {
    const lengths = plane === 0 ? first : others;
    const places = lengths.map((_, level) => at + total(lengths.slice(0, level)));
    const end = at + total(lengths);
    for (const [level, count] of counts.entries()) {
      const from = tileAt;
      const offsets = Array.from({ length: count }, (_, i) => from + i * bytes);
      tileAt += count * bytes;
      const tags = tagsOf(image, { plane, level, offsets, copies: places.slice(1) });
      const next = level === 0 && plane + 1 < planes ? end : 0;
      head.push(encodeDirectory(tags, { at: places[level], next, big }));
    }
    at = end;
  }
  head.push(new Uint8Array(data - directories));
  return { head, size, big };
}

interface Directory {
  readonly plane: number;
  readonly level: number;
  readonly offsets: readonly number[];
  /** Directories of the reduced copies. */
  readonly copies?: readonly number[];
}

const RGB = 2;
const BLACK_IS_ZERO = 1;
const UNASSOCIATED_ALPHA = 2;

function tagsOf(image: WrittenImage, { plane, level, offsets, copies }: Directory): TiffTag[] {
  const { levels, samples, dtype, tile, description } = image;
  const { height, width } = levels[level];
  const short = (tag: number, ...values: number[]): TiffTag => ({ tag, type: 'short', values });
  const long = (tag: number, ...values: number[]): TiffTag => ({ tag, type: 'long', values });
  const reduced = levels.slice(1).map((_, i) => copies?.[i] ?? 0);
  const text = new TextEncoder().encode(`${description}\0`);
  const each = (value: number) => new Array<number>(samples).fill(value);
  return [
    long(254, level > 0 ? 1 : 0),
    long(256, width),
    long(257, height),
    short(258, ...each(8 * itemSize(dtype))),
    short(259, 1),
    short(262, samples > 1 ? RGB : BLACK_IS_ZERO),
    ...(plane === 0 && level === 0 ? [{ tag: 270, type: 'ascii', values: text } as const] : []),
    short(277, samples),
    short(284, 1),
    long(322, tile),
    long(323, tile),
    { tag: 324, type: 'offset', values: offsets },
    { tag: 325, type: 'long', values: new Array<number>(offsets.length).fill(tileBytes(image)) },
    ...(level === 0 && reduced.length > 0 ? [{ tag: 330, type: 'offset', values: reduced } as const] : []),
    ...(samples === 4 ? [short(338, UNASSOCIATED_ALPHA)] : []),
    short(339, ...each(sampleFormat(dtype))),
  ];
}

function sampleFormat(dtype: DType): number {
  if (isComplex(dtype)) return 6;
  if (isFloat(partDType(dtype))) return 3;
  return isSigned(dtype) ? 2 : 1;
}
