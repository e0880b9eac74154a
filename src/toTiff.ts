// Computed images as OME-TIFF files, as they are read.
import { checkInteger } from './core/checks';
import { type DType, itemSize, type TypedArray } from './core/dtype';
import { ArgumentError } from './core/errors';
import type { Region } from './core/region';
import type { ComputeOptions } from './exec/options';
import { LITTLE_ENDIAN_HOST, swapBytes } from './io/byteOrder';
import type { OmeAxis, OmeChannel } from './io/omeZarr';
import { createController } from './io/signals';
import { PLANE_AXES, type PlaneAxis } from './io/tiff/description';
import { planFile, tileBytes, tilesAcross, tilesDown, type WrittenImage } from './io/tiff/filePlan';
import { OME_TYPES, OME_UNITS, writeOmeXml } from './io/tiff/writeOmeXml';
import { LazyArray } from './lazyArray';
import { defaultAxes } from './omeAxes';

/** Options of {@link toTiff}. */
export interface ToTiffOptions extends ComputeOptions {
  readonly name?: string;
  /** Axes, one per dimension. Default: the dimension names; y, x, z as space, c as channel, t as time. */
  readonly axes?: readonly OmeAxis[];
  /** Size of a pixel along each axis, in the axes' units. Default: not said. */
  readonly scale?: readonly number[];
  /** Labels and colours of the channels. */
  readonly channels?: readonly OmeChannel[];
  /** Length of a tile's sides, a multiple of 16. Default 256. */
  readonly tile?: number;
  /** A BigTIFF whatever its size. Default: where the file is larger than 4 GB. */
  readonly bigTiff?: boolean;
}

/**
 * An array as a tiled OME-TIFF: a stream of bytes, of which each row of tiles is computed when it is asked for, so that
 * the image is never whole in memory. `toTiff(…).pipeTo(await handle.createWritable())` saves it, `new Response(…).blob()`
 * holds it. Planes are pages; t, c, z may come before y, x in any order; (…, y, x, c) with 3 or 4 channels of uint8 or uint16
 * are colours. Smaller resolutions, if given, are in the planes' directories (SubIFDs). Nothing is compressed: the length is
 * known from the start, and a target needs no seeking. bool is written as uint8.
 * @param image - an array, or its resolutions, the full one first
 * @returns a stream that fails with the errors of the computation, or the signal's reason; cancelling it stops the work
 * @throws ArgumentError for 64-bit integers, axes that are no t, c, z, y, x, resolutions that do not belong together, a unit
 * that OME-XML has no symbol for, a tile that is no multiple of 16
 */
export function toTiff(
  image: LazyArray | readonly LazyArray[],
  options: ToTiffOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const levels = checkLevels(image);
  const layout = checkAxes(levels[0], options.axes);
  const tile = checkInteger('tile', options.tile ?? 256, 16);
  if (tile % 16 !== 0) throw new ArgumentError('tile', tile, 'a multiple of 16');
  const written = describe(levels, layout, tile, options);
  const controller = createController();
  const bytes = fileBytes(levels, layout, written, {
    ...options,
    signal: combined(options.signal, controller.signal),
  });
  return new ReadableStream({
    async pull(target) {
      const { done, value } = await bytes.next();
      if (done) target.close();
      else target.enqueue(value);
    },
    cancel(reason) {
      controller.abort(reason);
    },
  });
}

const combined = (given: AbortSignal | undefined, own: AbortSignal): AbortSignal =>
  given ? AbortSignal.any([given, own]) : own;

function checkLevels(image: LazyArray | readonly LazyArray[]): LazyArray[] {
  const levels = (Array.isArray(image) ? image : [image]).map((level: LazyArray) =>
    level instanceof LazyArray && level.dtype === 'bool' ? level.astype('uint8') : level,
  );
  const [full] = levels;
  if (!full || !levels.every((level) => level instanceof LazyArray))
    throw new ArgumentError('image', image, 'a LazyArray, or a list of them from the full resolution down');
  if (!OME_TYPES.includes(full.dtype))
    throw new ArgumentError('image', full.dtype, `an array of bool, ${OME_TYPES.join(', ')}`);
  for (const [i, level] of levels.entries())
    if (level.rank !== full.rank || level.dtype !== full.dtype)
      throw new ArgumentError(
        `image[${i}]`,
        `${level.dtype} of ${level.rank} axes`,
        `${full.dtype} of ${full.rank} axes, as the full resolution is`,
      );
  return levels;
}

/** What the axes of the arrays are. */
interface AxisLayout {
  readonly axes: readonly OmeAxis[];
  /** Axes of the planes. */
  readonly stack: readonly PlaneAxis[];
  /** The last axis holds the samples of a pixel. */
  readonly colours: boolean;
}

function checkAxes(full: LazyArray, given: readonly OmeAxis[] | undefined): AxisLayout {
  const axes = given ?? defaultAxes(full);
  if (axes.length !== full.rank)
    throw new ArgumentError('axes', axes, `${full.rank} axes, one per dimension`);
  const names = axes.map(({ name }) => name);
  const samples = full.shape[full.rank - 1];
  const colours =
    names.slice(-3).join('') === 'yxc' &&
    [3, 4].includes(samples) &&
    ['uint8', 'uint16'].includes(full.dtype);
  const planes = colours ? names.slice(0, -1) : names;
  const stack = planes.slice(0, -2) as PlaneAxis[];
  const known = stack.every((name, i) => PLANE_AXES.includes(name) && stack.indexOf(name) === i);
  if (planes.slice(-2).join('') !== 'yx' || !known)
    throw new ArgumentError(
      'axes',
      names,
      't, c, z, each at most once, then y, x (and c: 3 or 4 colours of uint8 or uint16)',
    );
  return { axes, stack, colours };
}

function describe(
  levels: readonly LazyArray[],
  { axes, stack, colours }: AxisLayout,
  tile: number,
  { name, scale, channels = [] }: ToTiffOptions,
): WrittenImage {
  const [full] = levels;
  if (scale && (scale.length !== full.rank || !scale.every((n) => Number.isFinite(n) && n > 0)))
    throw new ArgumentError('scale', scale, `${full.rank} positive numbers, one per axis`);
  const at = (axis: string) => axes.findIndex((candidate) => candidate.name === axis);
  const size = (level: LazyArray, axis: string) => (at(axis) < 0 ? 1 : level.shape[at(axis)]);
  const units = Object.fromEntries(axes.map(({ name: axis, unit }) => [axis, unit]));
  for (const unit of Object.values(units))
    if (unit !== undefined && !OME_UNITS.includes(unit))
      throw new ArgumentError('axes', unit, `units out of ${OME_UNITS.join(', ')}`);
  for (const [i, level] of levels.entries())
    for (const axis of [...stack, 'c'])
      if (size(level, axis) !== size(full, axis))
        throw new ArgumentError(
          `image[${i}]`,
          level.shape,
          `as many planes as the full resolution, [${full.shape}]`,
        );
  const samples = colours ? size(full, 'c') : 1;
  const sizes = {
    t: size(full, 't'),
    c: size(full, 'c'),
    z: size(full, 'z'),
    y: size(full, 'y'),
    x: size(full, 'x'),
  };
  return {
    levels: levels.map((level) => ({ height: size(level, 'y'), width: size(level, 'x') })),
    planes: (sizes.t * sizes.c * sizes.z) / samples,
    samples,
    dtype: full.dtype,
    tile,
    description: writeOmeXml({
      name,
      dtype: full.dtype,
      sizes,
      stack,
      samples,
      scale: scale ? Object.fromEntries(axes.map(({ name: axis }, i) => [axis, scale[i]])) : {},
      units,
      channels,
    }),
  };
}

async function* fileBytes(
  levels: readonly LazyArray[],
  { stack }: AxisLayout,
  image: WrittenImage,
  { bigTiff, onProgress, ...options }: ToTiffOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { samples, planes, tile } = image;
  yield* planFile(image, bigTiff).head;
  const sizes = stack.map((_, axis) => levels[0].shape[axis]);
  const total = planes * image.levels.reduce((sum, level) => sum + tilesDown(level, tile), 0);
  let done = 0;
  for (let plane = 0; plane < planes; plane++) {
    const index = unravel(plane, sizes);
    for (const [i, { height, width }] of image.levels.entries()) {
      for (let top = 0; top < height; top += tile) {
        const rows = [top, Math.min(height, top + tile)] as const;
        const region: Region = [
          ...index.map((n) => [n, n + 1] as const),
          rows,
          [0, width],
          ...(samples > 1 ? [[0, samples] as const] : []),
        ];
        const { data } = await levels[i].read(region, options);
        yield rowOfTiles(data, { rows: rows[1] - rows[0], width }, image);
        onProgress?.({ stage: 'write', done: ++done, total });
      }
    }
  }
}

function unravel(plane: number, sizes: readonly number[]): number[] {
  const index = sizes.map(() => 0);
  let rest = plane;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    index[axis] = rest % sizes[axis];
    rest = Math.floor(rest / sizes[axis]);
  }
  return index;
}

/** Rows of pixels as tiles, one after the other, padded with zeros. */
function rowOfTiles(
  data: TypedArray,
  { rows, width }: { rows: number; width: number },
  image: WrittenImage,
): Uint8Array<ArrayBuffer> {
  const { tile, samples, dtype } = image;
  const pixel = samples * itemSize(dtype);
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const across = tilesAcross({ width, height: rows }, tile);
  const out = new Uint8Array(across * tileBytes(image));
  for (let column = 0; column < across; column++) {
    const left = column * tile;
    const length = Math.min(tile, width - left) * pixel;
    for (let row = 0; row < rows; row++) {
      const from = (row * width + left) * pixel;
      out.set(source.subarray(from, from + length), (column * tile + row) * tile * pixel);
    }
  }
  if (!LITTLE_ENDIAN_HOST) swapBytes(out, partSize(dtype));
  return out;
}

const partSize = (dtype: DType): number =>
  dtype.startsWith('complex') ? itemSize(dtype) / 2 : itemSize(dtype);
