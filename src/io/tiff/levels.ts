// A TIFF's image as chunked arrays, one a resolution.
import { allocate, type TypedArray } from '../../core/dtype';
import type { ArrayMeta } from '../../core/graph';
import { chunkRegion, elementCount } from '../../core/region';
import { AXIS_TYPES, type OmeAxis, type OmeChannel } from '../omeZarr';
import { readable } from '../readable';
import { readPixels } from './blocks';
import type { TiffLayout } from './layout';
import type { TiffPlanes } from './planes';

/** One resolution. */
export interface TiffLevel {
  readonly meta: ArrayMeta;
  readonly scale: readonly number[];
  readonly translation: readonly number[];
  /** One chunk: the tiles under it, fetched and decoded. Throws CodecError, NetworkError, FormatError, naming the file. */
  read(index: readonly number[], options: { readonly signal?: AbortSignal }): Promise<TypedArray>;
}

/** An image with its resolutions. */
export interface TiffModel {
  readonly axes: readonly OmeAxis[];
  readonly channels: readonly OmeChannel[];
  readonly levels: readonly TiffLevel[];
}

/** Elements of a chunk of strips, at least; tiles are chunks as they are. */
const STRIP_ELEMENTS = 2 ** 18;

/** Axes are t, c, z, y, x (or page, c, y, x), those of length 1 left out; samples of a pixel are along c. */
export function tiffModel(planes: TiffPlanes): TiffModel {
  const { levels, description } = planes;
  const [full] = levels;
  const stack = stackAxes(planes);
  const sizes = (name: string, { height, width }: TiffLayout) =>
    name === 'y' ? height : name === 'x' ? width : stack.find((axis) => axis.name === name)!.size;
  const names = [...stack.map(({ name }) => name), 'y', 'x'];
  const axes = names.map((name) => ({
    name,
    type: AXIS_TYPES[name],
    unit: description?.units[name as 'x'],
  }));
  const scale = names.map((name) => description?.scale[name as 'x'] ?? 1);
  return {
    axes,
    channels: channelsOf(planes),
    levels: levels.map((layout, level) => {
      const factors = names.map((name) => sizes(name, full) / sizes(name, layout));
      const chunkSizes: Record<string, number> = {
        y: chunkHeight(layout),
        x: layout.blockWidth,
        c: layout.samples,
      };
      const shape = names.map((name) => sizes(name, layout));
      const chunks = names.map((name, axis) => Math.min(chunkSizes[name] ?? 1, shape[axis]));
      return {
        meta: { shape, dtype: layout.dtype, chunks, dimensionNames: names },
        scale: scale.map((size, axis) => size * factors[axis]),
        translation: scale.map((size, axis) => (size * (factors[axis] - 1)) / 2),
        read: (index, { signal }) => readChunk(planes, { level, index, names, shape, chunks }, signal),
      };
    }),
  };
}

/** Axes before y and x; those of the samples are with the channels. */
function stackAxes({ axes, levels: [{ samples }] }: TiffPlanes): { name: string; size: number }[] {
  if (samples === 1) return [...axes];
  const given = axes.find(({ name }) => name === 'c');
  if (given) return axes.map((axis) => (axis === given ? { name: 'c', size: axis.size * samples } : axis));
  const before = axes.filter(({ name }) => name !== 'z');
  return [...before, { name: 'c', size: samples }, ...axes.filter(({ name }) => name === 'z')];
}

/** Strips may be single rows: as many of them are a chunk as make it worth a request. */
function chunkHeight({ strips, blockHeight, width, height }: TiffLayout): number {
  if (!strips) return blockHeight;
  return Math.min(height, blockHeight * Math.ceil(STRIP_ELEMENTS / (blockHeight * width)));
}

interface Chunk {
  readonly level: number;
  readonly index: readonly number[];
  readonly names: readonly string[];
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
}

function readChunk(planes: TiffPlanes, chunk: Chunk, signal?: AbortSignal): Promise<TypedArray> {
  const { level, index, names, shape, chunks } = chunk;
  const region = chunkRegion(index, shape, chunks);
  const place = planes.axes.map(({ name }) => index[names.indexOf(name)]);
  const [y, x] = region.slice(-2);
  const work = async () => {
    const layout = await planes.plane(place, level, signal);
    if (layout) return readPixels(layout, [y, x], 'planar', signal);
    return allocate(planes.levels[level].dtype, elementCount(region.map(([start, stop]) => stop - start)));
  };
  return readable(planes.file, work, signal);
}

const RGB = [
  ['Red', 'FF0000'],
  ['Green', '00FF00'],
  ['Blue', '0000FF'],
];

/** The file's channels, or the colours of its pixels. */
function channelsOf({ description, levels: [{ samples }], axes }: TiffPlanes): readonly OmeChannel[] {
  const colours = samples >= 3 && !axes.some(({ name }) => name === 'c');
  if (colours) return RGB.map(([label, color]) => ({ label, color, active: true }));
  return samples === 1 ? (description?.channels ?? []) : [];
}
