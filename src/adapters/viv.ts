/**
 * A computed image as Viv's loaders give images: a `PixelSource` a resolution.
 *
 * @example
 * {@includeCode ../../docs/examples/viv.mjs}
 *
 * @module adapters/viv
 */
import type { DType } from '../core/dtype';
import { ArgumentError, RegionError } from '../core/errors';
import type { Interval } from '../core/region';
import type { LazyArray } from '../lazyArray';
import { planeTile } from './pictureLevels';
import { checkPyramid, type Levels, type PyramidOptions } from './pyramid';

export type { Levels, PyramidOptions };

/** Viv's names of dtypes. */
export type VivDtype = 'Uint8' | 'Uint16' | 'Uint32' | 'Int8' | 'Int16' | 'Int32' | 'Float32' | 'Float64';

const DTYPES: Partial<Record<DType, VivDtype>> = {
  bool: 'Uint8',
  uint8: 'Uint8',
  uint16: 'Uint16',
  uint32: 'Uint32',
  int8: 'Int8',
  int16: 'Int16',
  int32: 'Int32',
  float32: 'Float32',
  float64: 'Float64',
};

/** One plane, or a tile of it, in C order. */
export interface VivPixelData {
  readonly data:
    | Uint8Array<ArrayBuffer>
    | Uint16Array<ArrayBuffer>
    | Uint32Array<ArrayBuffer>
    | Int8Array<ArrayBuffer>
    | Int16Array<ArrayBuffer>
    | Int32Array<ArrayBuffer>
    | Float32Array<ArrayBuffer>
    | Float64Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Which plane is wanted: an index for every axis but y and x. */
export interface VivSelection {
  readonly selection: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
}

/** What Viv's layers read; assignable to `PixelSource<Names>` of `@vivjs/types`. `Names` are the axes before y. */
export interface VivPixelSource<Names extends string[] = string[]> {
  readonly shape: number[];
  readonly dtype: VivDtype;
  readonly labels: [...Names, 'y', 'x'] | [...Names, 'y', 'x', '_c'];
  readonly tileSize: number;
  readonly meta: { readonly physicalSizes?: Record<string, { size: number; unit: string }> };
  getRaster(plane: VivSelection): Promise<VivPixelData>;
  getTile(tile: VivSelection & { readonly x: number; readonly y: number }): Promise<VivPixelData>;
  onTileError(error: Error): void;
}

export interface VivOptions extends PyramidOptions {
  /** Side of a tile in pixels, a power of two. Default: the largest that fits in a chunk of the full resolution. */
  readonly tileSize?: number;
  /** Called with the error of a tile that could not be computed. Default: it is logged. */
  readonly onError?: (error: Error) => void;
}

/** What Viv takes for a tile it no longer wants (`SIGNAL_ABORTED` of `@vivjs/loaders`). */
const ABORTED = '__vivSignalAborted';

/**
 * The loader of a Viv layer: one source a resolution. Tiles are computed when they are asked for, and cancelled when
 * Viv no longer wants them. Make new ones when parameters change: Viv then reads again.
 * @param levels resolutions of one image, the full one first, of at least y and x; interleaved colours (3 or 4) last
 * @throws ArgumentError for levels without y and x axes, 64-bit integers (see `LazyArray.astype`), a tile size that is
 * no power of two
 */
export function vivPixelSources<Names extends string[] = string[]>(
  levels: Levels,
  options: VivOptions = {},
): VivPixelSource<Names>[] {
  const pyramid = checkPyramid(levels, options);
  const [full] = pyramid.levels;
  const names = pyramid.axes.map(({ name }) => name);
  const colours = names.at(-1) === 'c' && [3, 4].includes(full.shape[full.rank - 1]);
  const labels = colours ? [...names.slice(0, -1), '_c'] : names;
  const [y, x] = labels.slice(colours ? -3 : -2, colours ? -1 : undefined);
  if (y !== 'y' || x !== 'x')
    throw new ArgumentError('axes', names, 'axes that end in y, x (and c for interleaved colours)');
  const dtype = DTYPES[full.dtype];
  if (!dtype) throw new ArgumentError('levels', full.dtype, `one of ${Object.keys(DTYPES).join(', ')}`);
  const tileSize = options.tileSize ?? largestTile(full, labels);
  if (!Number.isInteger(Math.log2(tileSize)) || tileSize < 1)
    throw new ArgumentError('tileSize', tileSize, 'a power of two');
  const { onError = (error) => console.error(error) } = options;
  return pyramid.levels.map((level, i) => {
    const { scale } = pyramid.datasets[i];
    const physicalSizes = Object.fromEntries(
      pyramid.axes.flatMap(({ name, unit }, axis) => (unit ? [[name, { size: scale[axis], unit }]] : [])),
    );
    const read = (selection: VivSelection, rows: Interval, columns: Interval) =>
      readPlane(level, labels, selection, rows, columns);
    const [height, width] = [level.shape[labels.indexOf('y')], level.shape[labels.indexOf('x')]];
    return {
      shape: [...level.shape],
      dtype,
      labels: labels as VivPixelSource<Names>['labels'],
      tileSize,
      meta: { physicalSizes },
      getRaster: (plane) => read(plane, [0, height], [0, width]),
      getTile(tile) {
        const { y, x } = planeTile([height, width], tileSize, tile.x, tile.y);
        return read(tile, y, x);
      },
      onTileError(error) {
        // Viv asks for tiles beyond the image too.
        if (!(error instanceof RegionError)) onError(error);
      },
    };
  });
}

function largestTile({ chunks }: LazyArray, labels: readonly string[]): number {
  const side = Math.min(chunks[labels.indexOf('y')], chunks[labels.indexOf('x')]);
  return 2 ** Math.floor(Math.log2(side));
}

async function readPlane(
  level: LazyArray,
  labels: readonly string[],
  { selection, signal }: VivSelection,
  rows: Interval,
  columns: Interval,
): Promise<VivPixelData> {
  const region = labels.map((name, axis): Interval => {
    if (name === 'y') return rows;
    if (name === 'x') return columns;
    if (name === '_c') return [0, level.shape[axis]];
    const index = selection[name] ?? 0;
    return [index, index + 1];
  });
  try {
    const { data } = await level.read(region, { signal });
    return {
      data: data as VivPixelData['data'],
      width: columns[1] - columns[0],
      height: rows[1] - rows[0],
    };
  } catch (error) {
    if (signal?.aborted) throw ABORTED;
    throw error;
  }
}
