// Writing lazy arrays as Zarr, block by block.

import type { TypedArray } from './core/dtype';
import { ArgumentError } from './core/errors';
import type { GraphNode } from './core/graph';
import { chunkRegion, chunksIn, cropBlock, type Region, wholeRegion } from './core/region';
import { growChunks, tilesOf } from './core/tiling';
import { walkRegions } from './exec/compute';
import type { ComputeOptions } from './exec/options';
import type { OmeAxis, OmeChannel } from './io/omeZarr';
import { createPyramidWriter, type Downsample } from './io/pyramidWriter';
import { createZarrWriter, type WritableStore } from './io/writeZarr';
import { anyArrayNode, arrayNode, type LazyArray } from './lazyArray';
import { defaultAxes } from './omeAxes';

export type { Downsample, WritableStore };

export interface WriteZarrOptions extends ComputeOptions {
  /** Path of the array (or group) in the store. Default: its root. */
  readonly path?: string;
  /** Chunk shape written. Default: the array's, at most 512 along each axis. */
  readonly chunks?: readonly number[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  /**
   * Goes on with a write that did not end: chunks that the store has are kept, so they must be of the same data.
   * Default false.
   */
  readonly resume?: boolean;
}

/**
 * Computes an array and writes it as Zarr v3 (zstd), chunk by chunk, in bounded memory. What was written stays a
 * valid Zarr when the call is aborted or fails.
 * @param store a `Map` or any writable zarrita store (in Node, `NodeStore` of `tilewise/node`)
 * @throws WriteError when the store fails; the errors of the computation
 */
export async function writeZarr(
  array: LazyArray,
  store: WritableStore,
  options: WriteZarrOptions = {},
): Promise<void> {
  const node = anyArrayNode(array, 'array');
  const chunks = writeChunks(node, options.chunks);
  const { path, attributes, resume, signal } = options;
  const { shape, dtype, dimensionNames } = node;
  const writer = await createZarrWriter(store, {
    path,
    attributes,
    resume,
    signal,
    shape,
    chunks,
    dtype,
    dimensionNames,
  });
  const written = resume ? await writer.written({ signal }) : NOTHING;
  const write: Write = (index, data) => writer.writeChunk(index, data, { signal });
  await writeChunksOf(node, chunks, written, options, write);
  await writer.close();
}

export interface WriteOmeZarrOptions extends WriteZarrOptions {
  readonly name?: string;
  /** Axes, one per dimension. Default: the dimension names; y, x, z as space, c as channel, t as time. */
  readonly axes?: readonly OmeAxis[];
  /** Size of a pixel along each axis, in the axes' units. Default 1. */
  readonly scale?: readonly number[];
  /** Position of the first pixel's centre along each axis. Default 0. */
  readonly translation?: readonly number[];
  readonly channels?: readonly OmeChannel[];
  /** Writes a label image: the value of `image-label`; levels then hold the nearest pixel, never a mean. */
  readonly imageLabel?: Readonly<Record<string, unknown>>;
  /** How a level is made of the one above. Default `mean`; `nearest` for labels and bool. */
  readonly downsample?: Downsample;
  /** Resolutions to write. Default: down to 256 pixels. */
  readonly levels?: number;
}

/**
 * Computes an array and writes it as an OME-Zarr 0.5 image with all its resolutions, in one pass and bounded memory.
 * @throws as {@link writeZarr}; ArgumentError for axes that do not fit the array
 */
export async function writeOmeZarr(
  array: LazyArray,
  store: WritableStore,
  options: WriteOmeZarrOptions = {},
): Promise<void> {
  const node = arrayNode(array, 'array');
  const axes = options.axes ?? defaultAxes(node);
  const chunks = writeChunks(node, options.chunks);
  const { shape, dtype } = node;
  const { channels, signal } = options;
  const omero = channels ? { channels } : undefined;
  const writer = await createPyramidWriter(store, { ...options, axes, shape, chunks, dtype, omero });
  const written = options.resume ? await writer.resume({ signal }) : NOTHING;
  const write: Write = (index, data) => writer.writeBlock(index, data, { signal });
  await writeChunksOf(node, chunks, written, options, write);
  await writer.close();
}

function writeChunks(node: GraphNode, chunks: readonly number[] | undefined): readonly number[] {
  if (chunks === undefined)
    return node.chunks.map((n, axis) => evenUnlessWhole(Math.min(n, 512), node.shape[axis]));
  if (chunks.length !== node.shape.length)
    throw new ArgumentError('chunks', chunks, `${node.shape.length} lengths, one per axis`);
  return chunks;
}

/** Pyramids halve chunks. */
const evenUnlessWhole = (n: number, length: number): number => (n % 2 && n > 1 && n < length ? n + 1 : n);

type Write = (index: readonly number[], data: TypedArray) => Promise<void>;

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Computes tiles of several chunks (as halos and label blocks like it) and hands their chunks on, but for those that
 * are written.
 */
async function writeChunksOf(
  node: GraphNode,
  chunks: readonly number[],
  written: ReadonlySet<string>,
  options: ComputeOptions,
  write: Write,
): Promise<void> {
  const missing = (tile: Region) => [...chunksIn(tile, chunks)].filter((index) => !written.has(index.join()));
  const regionOf = (index: readonly number[]) => chunkRegion(index, node.shape, chunks);
  const grid = [...tilesOf(wholeRegion(node.shape), node.shape, growChunks(chunks, node.shape))];
  const tiles = grid.flatMap((tile) => {
    const wanted = missing(tile);
    return wanted.length === [...chunksIn(tile, chunks)].length ? [tile] : wanted.map(regionOf);
  });
  await walkRegions(node, { stage: 'compute', tiles, total: tiles.length }, options, async (tile, data) => {
    for (const index of missing(tile)) await write(index, cropBlock(data, tile, regionOf(index)));
  });
}
