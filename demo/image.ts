// The image on show: a pyramid of planes, whatever the axes of its file.
import {
  isTilewiseError,
  type LazyArray,
  type OmeZarrImage,
  openOmeZarr,
  openZarr,
  type Selector,
  type ZarrLocation,
} from 'tilewise';
import { guessChannels } from './palette';

export interface Channel {
  readonly label: string;
  /** #rrggbb */
  readonly color: string;
  readonly window?: { readonly start: number; readonly end: number };
  readonly active: boolean;
}

/** An axis that a slider walks along. */
export interface PlaneAxis {
  readonly name: string;
  readonly length: number;
}

/** Positions on the axes that are not y, x or c, by axis name. */
export type Plane = Readonly<Record<string, number>>;

export interface Level {
  readonly width: number;
  readonly height: number;
  /** Full-resolution pixels per pixel. */
  readonly scale: number;
  /** Side lengths of a tile: whole chunks where their size allows it. */
  readonly tile: readonly [height: number, width: number];
}

export interface Image {
  readonly name: string;
  readonly description: string;
  readonly channels: readonly Channel[];
  readonly levels: readonly Level[];
  readonly planeAxes: readonly PlaneAxis[];
  /** Size of a full-resolution pixel; unit as in OME, undefined when the file names none. */
  readonly pixelSize: { readonly y: number; readonly x: number; readonly unit: string | undefined };
  /** One channel of one plane at a level: axes y, x. */
  plane(level: number, channel: number, plane: Plane): LazyArray;
}

/** Opens an OME-Zarr image, or a plain Zarr array as an image of one level. */
export async function openImage(
  location: ZarrLocation,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<Image> {
  try {
    return describe(omeParts(await openOmeZarr(location, options)), name);
  } catch (error) {
    if (!isTilewiseError(error, 'FormatError')) throw error;
    const array = await openZarr(location, options).catch(() => undefined);
    if (!array || array.rank < 2) throw error;
    return describe(arrayParts(array), name);
  }
}

interface Parts {
  readonly levels: readonly LazyArray[];
  readonly axes: readonly { readonly name: string; readonly unit?: string }[];
  readonly scale: readonly number[];
  readonly channels: readonly Channel[];
  readonly version: string;
  readonly name?: string;
}

function omeParts(image: OmeZarrImage): Parts {
  return {
    levels: Array.from({ length: image.levelCount }, (_, i) => image.level(i)),
    axes: image.axes,
    scale: image.scale(0),
    channels: image.channels.map((channel) => ({ ...channel, color: `#${channel.color}` })),
    version: `OME-Zarr ${image.version}`,
    name: image.name,
  };
}

function arrayParts(array: LazyArray): Parts {
  const { dimensionNames, rank } = array;
  const named = dimensionNames.includes('y') && dimensionNames.includes('x');
  const names = named
    ? dimensionNames.map((name, i) => name ?? `axis ${i}`)
    : Array.from({ length: rank }, (_, i) => 'tczyx'.at(i - rank) ?? `axis ${i}`);
  const axes = names.map((axis) => ({ name: axis }));
  return { levels: [array.rename(names)], axes, scale: names.map(() => 1), channels: [], version: 'Zarr' };
}

function describe(parts: Parts, fallbackName: string): Image {
  const [full] = parts.levels;
  const axisOf = (name: string) => parts.axes.findIndex((axis) => axis.name === name);
  const [y, x, c] = ['y', 'x', 'c'].map(axisOf);
  if (y < 0 || x < 0)
    throw new Error(`${fallbackName}: expected axes y and x, received ${full.dimensionNames}`);
  const others = parts.axes.map((_, axis) => axis).filter((axis) => ![y, x, c].includes(axis));
  const levels = levelsOf(parts.levels, y, x);
  const count = c < 0 ? 1 : full.shape[c];
  return {
    name: parts.name ?? fallbackName,
    description: `${full.shape.join(' × ')} ${full.dtype} · ${levels.length} level${levels.length > 1 ? 's' : ''} · ${parts.version}`,
    channels: parts.channels.length === count ? parts.channels : guessChannels(count),
    levels,
    planeAxes: others
      .map((axis) => ({ name: parts.axes[axis].name, length: full.shape[axis] }))
      .filter(({ length }) => length > 1),
    pixelSize: { y: parts.scale[y], x: parts.scale[x], unit: parts.axes[x].unit },
    plane(level, channel, plane) {
      const array = parts.levels[level];
      const selection: Record<string, Selector> = {};
      if (c >= 0) selection[c] = channel;
      for (const axis of others) {
        // Pyramids may shrink z too.
        const position = (plane[parts.axes[axis].name] ?? 0) * (array.shape[axis] / full.shape[axis]);
        selection[axis] = Math.min(array.shape[axis] - 1, Math.floor(position));
      }
      return array.select(selection);
    },
  };
}

/** The levels of a pyramid of arrays whose axes y and x are at these positions. */
export const levelsOf = (arrays: readonly LazyArray[], y: number, x: number): Level[] =>
  arrays.map(({ shape, chunks }) => ({
    width: shape[x],
    height: shape[y],
    scale: arrays[0].shape[x] / shape[x],
    tile: [tileSize(chunks[y], shape[y]), tileSize(chunks[x], shape[x])],
  }));

/** Around 256 to 512 pixels, in whole chunks if chunks are small enough. */
function tileSize(chunk: number, length: number): number {
  if (chunk >= length) return length <= 1024 ? length : 512;
  if (chunk > 1024) return 512;
  return chunk * Math.max(1, Math.floor(512 / chunk));
}
