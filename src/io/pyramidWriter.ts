// Writes an OME-Zarr pyramid in one pass over full-resolution blocks, which may come in any order.
import { allocate, type TypedArray } from '../core/dtype';
import { ArgumentError, WriteError } from '../core/errors';
import {
  chunkRegion,
  chunksIn,
  elementCount,
  gridShape,
  type PlacedArray,
  type Region,
  regionShape,
  regionSize,
  type Shape,
  wholeRegion,
} from '../core/region';
import { DOWNSAMPLES, type Downsample, reducedRegion, reduceInto } from './downsample';
import { type OmeGroupOptions, writeOmeZarrGroup } from './omeGroups';
import type { OmeAxis } from './omeZarr';
import { checkShards } from './shards';
import {
  type ChunkWriteOptions,
  checkData,
  createZarrWriter,
  type WritableStore,
  type ZarrArrayOptions,
  type ZarrWriter,
} from './writeZarr';
import type { OmeDataset } from './zarrDocuments';
import { ZARR_FORMATS } from './zarrFormats';
import { checkChunkIndex } from './zarrSource';

/** What a new pyramid is. */
export interface PyramidOptions
  extends Omit<OmeGroupOptions, 'datasets'>,
    Pick<ZarrArrayOptions, 'shape' | 'chunks' | 'shards' | 'dtype' | 'fillValue' | 'resume'> {
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
  writeBlock(index: readonly number[], data: TypedArray, options?: ChunkWriteOptions): Promise<void>;
  /**
   * Takes over what the store has of an earlier attempt: lower chunks that are missing, or were written before all of
   * theirs were there, get what is there of theirs.
   * Resolves with the full-resolution chunks there are, by their index joined with commas; they are not to be given.
   * Throws as the store does.
   */
  resume(options?: { signal?: AbortSignal }): Promise<ReadonlySet<string>>;
  /** Ends writing. Throws WriteError when blocks are missing. */
  close(options?: { signal?: AbortSignal }): Promise<void>;
  /** Ends writing without the blocks that were never given: lower chunks hold 0 for them, until a `resume`. */
  closeIncomplete(options?: { signal?: AbortSignal }): Promise<void>;
}

/**
 * Creates an OME-Zarr image (or label image) with all its levels: metadata now, chunks as blocks arrive. Every
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
  const downsample = options.downsample ?? defaultDownsample(options);
  if (!DOWNSAMPLES.includes(downsample))
    throw new ArgumentError('downsample', downsample, DOWNSAMPLES.join(', '));
  const format = ZARR_FORMATS[options.version ?? '0.5'];
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
    const shards = options.shards && fittedShards(checkShards(options.shards, chunks), chunks, fitted, size);
    const array = {
      shape: size,
      chunks: fitted,
      shards,
      dtype,
      fillValue,
      dimensionNames,
      resume,
      signal,
      format,
    };
    writers.push(await createZarrWriter(store, { ...array, path: `${path}/${level}` }));
  }
  return new Pyramid(writers, plane, downsample);
}

/** As many chunks in a shard, but no more than there are. */
const fittedShards = (shards: Shape, chunks: Shape, fitted: Shape, size: Shape): Shape =>
  fitted.map((n, axis) => n * Math.min(shards[axis] / chunks[axis], Math.ceil(size[axis] / n)));

const defaultDownsample = ({ dtype, imageLabel }: PyramidOptions): Downsample =>
  dtype === 'bool' || imageLabel ? 'nearest' : 'mean';

/** The positions of y and x: by name, else the last two axes (one, if there is but one). */
function planeAxes(axes: readonly OmeAxis[]): number[] {
  const named = ['y', 'x'].map((name) => axes.findIndex((axis) => axis.name === name)).filter((i) => i >= 0);
  return named.length > 0 ? named : axes.map((_, i) => i).slice(-2);
}

/** Waits for all, also when one fails: nothing is written any more when a failure is told. */
async function allEnded(writes: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(writes);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
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
  /** Writes of the chunks that it is made of: it is there only when they are. */
  readonly sources: Promise<void>[];
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
    { signal, region }: ChunkWriteOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    const [{ shape, chunks, dtype }] = this.levels;
    checkChunkIndex(index, this.levels[0]);
    const block = { data, region: region ?? chunkRegion(index, shape, chunks) };
    checkData(data, dtype, regionSize(block.region));
    const name = index.join();
    if (this.#given.has(name)) throw new ArgumentError('index', index, 'a block not given before');
    this.#given.add(name);
    await this.#write(0, index, block, signal);
  }

  async resume({ signal }: { signal?: AbortSignal } = {}): Promise<ReadonlySet<string>> {
    const written = await Promise.all(this.levels.map((level) => level.written({ signal })));
    for (const name of written[0]) this.#given.add(name);
    for (const [level, array] of this.levels.entries()) {
      if (level + 1 === this.levels.length) break;
      const incomplete = this.#below(level, (name) => !written[level].has(name));
      for (const name of incomplete) written[level + 1].delete(name);
      for (const name of written[level]) {
        const index = name.split(',').map(Number);
        if (written[level + 1].has(this.#lowerIndex(level, index).join())) continue;
        const data = await array.readChunk(index, { signal });
        const region = chunkRegion(index, array.shape, array.chunks);
        const complete = this.#reduce(level, index, { data, region });
        if (complete) await this.#write(level + 1, complete.index, complete, signal);
      }
    }
    return written[0];
  }

  /** The chunks of the level below that those chosen are reduced into. */
  #below(level: number, chosen: (name: string) => boolean): Set<string> {
    const { shape, chunks } = this.levels[level];
    const found = new Set<string>();
    for (const index of chunksIn(wholeRegion(shape), chunks))
      if (chosen(index.join())) found.add(this.#lowerIndex(level, index).join());
    return found;
  }

  async closeIncomplete({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    for (const [level, partial] of this.#partial.entries()) {
      for (const lower of partial.values()) await this.#write(level, lower.index, lower, signal);
      partial.clear();
    }
    await Promise.all(this.levels.map((level) => level.close({ signal })));
  }

  async close(options: { signal?: AbortSignal } = {}): Promise<void> {
    const { shape, chunks, path } = this.levels[0];
    const missing = elementCount(gridShape(shape, chunks)) - this.#given.size;
    if (missing > 0) throw new WriteError(path, `${missing} blocks were never given`);
    await Promise.all(this.levels.map((level) => level.close(options)));
  }

  /** Writes a chunk of a level while it is reduced into the next one, and whatever that completes. */
  async #write(
    level: number,
    index: readonly number[],
    block: PlacedArray,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { data, region } = block;
    const own = this.levels[level].writeChunk(index, data, { signal, region });
    const complete = level + 1 < this.levels.length ? this.#reduce(level, index, block, own) : undefined;
    await allEnded([own, ...(complete ? [this.#writeComplete(level + 1, complete, signal)] : [])]);
  }

  async #writeComplete(
    level: number,
    complete: PartialChunk,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await Promise.all(complete.sources);
    await this.#write(level, complete.index, complete, signal);
  }

  /** Adds a chunk to the one below it; returns that one when nothing is missing any more. */
  #reduce(
    level: number,
    index: readonly number[],
    block: PlacedArray,
    own?: Promise<void>,
  ): PartialChunk | undefined {
    const from = chunkRegion(index, this.levels[level].shape, this.levels[level].chunks);
    const target = this.#target(level + 1, this.#lowerIndex(level, index));
    const { plane, downsample } = this;
    reduceInto(target, block, { plane, downsample, dtype: this.levels[0].dtype }, from);
    if (own) target.sources.push(own);
    target.missing -= regionSize(reducedRegion(from, plane));
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
    const target = { index, region: whole, data: allocate(dtype, missing), sources: [], missing };
    this.#partial[level].set(index.join(), target);
    return target;
  }
}
