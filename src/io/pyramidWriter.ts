// Writes an OME-Zarr pyramid in one pass over full-resolution blocks, which may come in any order.
import { allocate, type DType, isFloat, type TypedArray } from '../core/dtype';
import { ArgumentError, WriteError } from '../core/errors';
import {
  chunkRegion,
  elementCount,
  gridShape,
  type Region,
  regionShape,
  type Shape,
  stridesOf,
} from '../core/region';
import type { OmeAxis } from './omeZarr';
import {
  checkData,
  createZarrWriter,
  type OmeGroupOptions,
  type WritableStore,
  writeOmeZarrGroup,
  type ZarrArrayOptions,
  type ZarrWriter,
} from './writeZarr';
import type { OmeDataset } from './zarrDocuments';
import { checkChunkIndex } from './zarrSource';

/** How 2x2 pixels become one: `mean` for intensities (0.5 rounds up), `nearest` (the first) for labels and masks. */
export type Downsample = 'mean' | 'nearest';

/** What a new pyramid is. */
export interface PyramidOptions
  extends Omit<OmeGroupOptions, 'datasets'>,
    Pick<ZarrArrayOptions, 'shape' | 'chunks' | 'dtype' | 'fillValue' | 'resume'> {
  /** Pixel size at full resolution, per axis. Default 1. */
  readonly scale?: readonly number[];
  /** Position of the first pixel's centre, per axis. Default 0. */
  readonly translation?: readonly number[];
  /** Default: `mean`, but `nearest` for bool and when `imageLabel` is given. */
  readonly downsample?: Downsample;
  /** Number of levels, full resolution included. Default: until y and x are at most 256. */
  readonly levels?: number;
}

/** Receives the blocks of full resolution and writes every level. */
export interface PyramidWriter {
  /** The levels' arrays, full resolution first. */
  readonly levels: readonly ZarrWriter[];
  /**
   * Takes one full-resolution chunk, cut at the edge, C order; each exactly once, in any order, concurrently if
   * liked. Resolves when it, and every lower chunk it completes, is written. Throws as `ZarrWriter.writeChunk`, and
   * ArgumentError for a block that was given before.
   */
  writeBlock(index: readonly number[], data: TypedArray, options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * Takes over what the store has of an earlier attempt: lower chunks that are missing get what is there of theirs.
   * Resolves with the full-resolution chunks there are, by their index joined with commas; they are not to be given.
   * Throws as the store does.
   */
  resume(options?: { signal?: AbortSignal }): Promise<ReadonlySet<string>>;
  /** Ends writing. Throws WriteError when blocks are missing. */
  close(): Promise<void>;
}

/**
 * Creates an OME-Zarr 0.5 image (or label image) with all its levels: metadata now, chunks as blocks arrive. Every
 * level halves y and x, rounding up; other axes stay. Holds only lower chunks not yet complete: for blocks in raster
 * order about one row of chunks per level. Chunk sizes along y and x must be even where there are several chunks
 * (else ArgumentError). Throws as `createZarrWriter` and `writeOmeZarrGroup`.
 */
export async function createPyramidWriter(
  store: WritableStore,
  options: PyramidOptions,
): Promise<PyramidWriter> {
  const { path = '', axes, shape, chunks, dtype, fillValue, resume, signal } = options;
  if (axes.length !== shape.length)
    throw new ArgumentError('axes', axes, `${shape.length} axes, as shape has`);
  const plane = planeAxes(axes);
  const shapes = levelShapes(shape, plane, options.levels);
  for (const axis of shapes.length > 1 ? plane : []) {
    if (chunks[axis] % 2 && chunks[axis] < shape[axis])
      throw new ArgumentError('chunks', chunks, `even sizes along ${axes[axis].name} (for the pyramid)`);
  }
  await writeOmeZarrGroup(store, { ...options, datasets: levelDatasets(shapes.length, plane, options) });
  const dimensionNames = axes.map(({ name }) => name);
  const writers: ZarrWriter[] = [];
  for (const [level, size] of shapes.entries()) {
    const fitted = chunks.map((n, axis) => Math.min(n, size[axis]));
    const array = { shape: size, chunks: fitted, dtype, fillValue, dimensionNames, resume, signal };
    writers.push(await createZarrWriter(store, { ...array, path: `${path}/${level}` }));
  }
  const nearest = dtype === 'bool' || options.imageLabel !== undefined;
  return new Pyramid(writers, plane, options.downsample ?? (nearest ? 'nearest' : 'mean'));
}

/** The positions of y and x: by name, else the last two axes (one, if there is but one). */
function planeAxes(axes: readonly OmeAxis[]): number[] {
  const named = ['y', 'x'].map((name) => axes.findIndex((axis) => axis.name === name)).filter((i) => i >= 0);
  return named.length > 0 ? named : axes.map((_, i) => i).slice(-2);
}

const SMALLEST = 256;

function levelShapes(shape: Shape, plane: readonly number[], levels?: number): Shape[] {
  if (levels !== undefined && !(Number.isInteger(levels) && levels >= 1))
    throw new ArgumentError('levels', levels, 'an integer >= 1');
  const shapes = [shape];
  const more = () =>
    levels ? shapes.length < levels : plane.some((axis) => shapes[shapes.length - 1][axis] > SMALLEST);
  while (more()) {
    shapes.push(shapes[shapes.length - 1].map((n, axis) => (plane.includes(axis) ? Math.ceil(n / 2) : n)));
  }
  return shapes;
}

/** A pixel of level n covers 2^n x 2^n pixels; its centre lies between theirs. */
function levelDatasets(
  count: number,
  plane: readonly number[],
  { axes, scale = axes.map(() => 1), translation = axes.map(() => 0) }: PyramidOptions,
): OmeDataset[] {
  return Array.from({ length: count }, (_, level) => {
    const sizes = scale.map((s, axis) => (plane.includes(axis) ? s * 2 ** level : s));
    return {
      path: String(level),
      scale: sizes,
      translation: translation.map((t, axis) => t + (sizes[axis] - scale[axis]) / 2),
    };
  });
}

interface PartialChunk {
  readonly index: readonly number[];
  readonly region: Region;
  readonly data: TypedArray;
  missing: number;
}

class Pyramid implements PyramidWriter {
  readonly #given = new Set<string>();
  readonly #partial: Map<string, PartialChunk>[];

  constructor(
    readonly levels: readonly ZarrWriter[],
    readonly plane: readonly number[],
    readonly downsample: Downsample,
  ) {
    this.#partial = levels.map(() => new Map());
  }

  async writeBlock(
    index: readonly number[],
    data: TypedArray,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    const [{ shape, chunks, dtype }] = this.levels;
    checkChunkIndex(index, this.levels[0]);
    checkData(data, dtype, elementCount(regionShape(chunkRegion(index, shape, chunks))));
    const name = index.join();
    if (this.#given.has(name)) throw new ArgumentError('index', index, 'a block not given before');
    this.#given.add(name);
    await this.#write(0, index, data, signal);
  }

  async resume({ signal }: { signal?: AbortSignal } = {}): Promise<ReadonlySet<string>> {
    const written = await Promise.all(this.levels.map((level) => level.written({ signal })));
    for (const name of written[0]) this.#given.add(name);
    for (const [level, array] of this.levels.entries()) {
      if (level + 1 === this.levels.length) break;
      for (const name of written[level]) {
        const index = name.split(',').map(Number);
        if (written[level + 1].has(this.#lowerIndex(level, index).join())) continue;
        const complete = this.#reduce(level, index, await array.readChunk(index, { signal }));
        if (complete) await this.#write(level + 1, complete.index, complete.data, signal);
      }
    }
    return written[0];
  }

  async close(): Promise<void> {
    const { shape, chunks, path } = this.levels[0];
    const missing = elementCount(gridShape(shape, chunks)) - this.#given.size;
    if (missing > 0) throw new WriteError(path, `${missing} blocks were never given`);
    await Promise.all(this.levels.map((level) => level.close()));
  }

  /** Writes a chunk of a level while it is reduced into the next one, and whatever that completes. */
  async #write(
    level: number,
    index: readonly number[],
    data: TypedArray,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const written = [this.levels[level].writeChunk(index, data, { signal })];
    if (level + 1 < this.levels.length) {
      const complete = this.#reduce(level, index, data);
      if (complete) written.push(this.#write(level + 1, complete.index, complete.data, signal));
    }
    await Promise.all(written);
  }

  /** Adds a chunk to the one below it; returns that one when nothing is missing any more. */
  #reduce(level: number, index: readonly number[], data: TypedArray): PartialChunk | undefined {
    const from = chunkRegion(index, this.levels[level].shape, this.levels[level].chunks);
    const to: Region = from.map(([start, stop], axis) =>
      this.plane.includes(axis) ? ([start / 2, Math.ceil(stop / 2)] as const) : ([start, stop] as const),
    );
    const target = this.#target(level + 1, this.#lowerIndex(level, index));
    reduceBlock(
      data,
      from,
      target.data,
      target.region,
      to,
      this.plane,
      this.downsample,
      this.levels[0].dtype,
    );
    target.missing -= elementCount(regionShape(to));
    if (target.missing > 0) return undefined;
    this.#partial[level + 1].delete(target.index.join());
    return target;
  }

  /** The chunk of the level below that a chunk is reduced into. */
  #lowerIndex(level: number, index: readonly number[]): number[] {
    const { chunks } = this.levels[level];
    const lower = this.levels[level + 1].chunks;
    return index.map((i, axis) =>
      Math.floor((i * chunks[axis]) / (this.plane.includes(axis) ? 2 : 1) / lower[axis]),
    );
  }

  #target(level: number, index: readonly number[]): PartialChunk {
    const { shape, chunks, dtype } = this.levels[level];
    const known = this.#partial[level].get(index.join());
    if (known) return known;
    const whole = chunkRegion(index, shape, chunks);
    const missing = elementCount(regionShape(whole));
    const target = { index, region: whole, data: allocate(dtype, missing), missing };
    this.#partial[level].set(index.join(), target);
    return target;
  }
}

/** Reduces a block (covering `from`) into the part `to` of a lower chunk (covering `region`). */
function reduceBlock(
  source: TypedArray,
  from: Region,
  target: TypedArray,
  region: Region,
  to: Region,
  plane: readonly number[],
  downsample: Downsample,
  dtype: DType,
): void {
  const rank = from.length;
  const sourceStride = strides(from);
  const targetStride = strides(region);
  const rows = plane.length > 1 ? plane[plane.length - 2] : -1;
  const columns = plane[plane.length - 1];
  const index = to.map(([start]) => start);
  const rounds = !isFloat(dtype);
  const nearest = downsample === 'nearest';
  while (true) {
    let at = 0;
    let into = 0;
    for (let axis = 0; axis < rank; axis++) {
      const i = plane.includes(axis) ? index[axis] * 2 : index[axis];
      at += (i - from[axis][0]) * sourceStride[axis];
      into += (index[axis] - region[axis][0]) * targetStride[axis];
    }
    // One row of the block: along the columns' axis.
    const twoRows = rows >= 0 && index[rows] * 2 + 1 < from[rows][1];
    const below = twoRows ? sourceStride[rows] : 0;
    const step = sourceStride[columns];
    const end = from[columns][1];
    for (let x = to[columns][0]; x < to[columns][1]; x++, at += 2 * step, into += targetStride[columns]) {
      if (nearest) {
        target[into] = source[at];
        continue;
      }
      // Where a pixel is missing at the edge, its neighbour counts twice: the mean of those present.
      const right = 2 * x + 1 < end ? step : 0;
      const sum =
        Number(source[at]) +
        Number(source[at + right]) +
        Number(source[at + below]) +
        Number(source[at + below + right]);
      const mean = rounds ? Math.round(sum / 4) : sum / 4;
      (target as Float64Array)[into] = (typeof source[at] === 'bigint' ? BigInt(mean) : mean) as number;
    }
    index[columns] = to[columns][0];
    let axis = rank - 1;
    for (; axis >= 0; axis--) {
      if (axis === columns) continue;
      if (++index[axis] < to[axis][1]) break;
      index[axis] = to[axis][0];
    }
    if (axis < 0) return;
  }
}

const strides = (region: Region): number[] => stridesOf(regionShape(region));
