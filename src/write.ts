// Writing lazy arrays as Zarr, block by block.

import { type ChannelOptions, describeChannels } from './channelWindows';
import type { GraphNode } from './core/graph';
import type { ComputeOptions } from './exec/options';
import type { Downsample } from './io/downsample';
import type { OmeAxis } from './io/omeZarr';
import { createPyramidWriter } from './io/pyramidWriter';
import { withLock } from './io/targetLock';
import { createZarrWriter, type WritableStore } from './io/writeZarr';
import type { OmeVersion } from './io/zarrFormats';
import { anyArrayNode, arrayNode, type LazyArray } from './lazyArray';
import { defaultAxes } from './omeAxes';
import { writeBlocks, writeChunks } from './writeBlocks';

export type { ChannelOptions, Downsample, OmeVersion, WritableStore };

export interface WriteZarrOptions extends ComputeOptions {
  /** Path of the array (or group) in the store. Default: its root. */
  readonly path?: string;
  /** Chunk shape written. Default: the array's, at most 512 along each axis. */
  readonly chunks?: readonly number[];
  /**
   * Shape of shards: so many chunks (multiples of their shape) in one file, for stores where many files cost. A shard is
   * put together in memory, compressed, and written when it is complete; a resume makes anew those that were not. Of a
   * pyramid, lower levels hold about a row of shards. Default: none; Zarr v3 only.
   */
  readonly shards?: readonly number[];
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
 * @throws WriteError when the store fails; LockedError when another call, page or process writes there; IncompleteError,
 * when all else is written, where sources could not be read; the errors of the computation
 */
export async function writeZarr(
  array: LazyArray,
  store: WritableStore,
  options: WriteZarrOptions = {},
): Promise<void> {
  const node = anyArrayNode(array, 'array');
  const chunks = writeChunks(node, options.chunks);
  const { path, attributes, resume, signal, shards } = options;
  const { shape, dtype, dimensionNames } = node;
  await withLock(store, path, async () => {
    const array = { path, attributes, resume, signal, shape, chunks, shards, dtype, dimensionNames };
    const writer = await createZarrWriter(store, array);
    const end = () => writer.close({ signal });
    await writeBlocks(
      node,
      {
        key: writer.path,
        chunks,
        shards,
        written: resume ? await writer.written({ signal }) : NOTHING,
        write: (index, { data, region }) => writer.writeChunk(index, data, { signal, region }),
        close: end,
        closeIncomplete: end,
      },
      options,
    );
  });
}

export interface WriteOmeZarrOptions extends WriteZarrOptions {
  /** 0.5 is Zarr v3, 0.4 is Zarr v2. Default 0.5. */
  readonly version?: OmeVersion;
  readonly name?: string;
  /** Axes, one per dimension. Default: the dimension names; y, x, z as space, c as channel, t as time. */
  readonly axes?: readonly OmeAxis[];
  /** Size of a pixel along each axis, in the axes' units. Default 1. */
  readonly scale?: readonly number[];
  /** Position of the first pixel's centre along each axis. Default 0. */
  readonly translation?: readonly number[];
  /**
   * How channels are to be displayed (`omero`), one per channel. Those without a window get one from their histogram,
   * for which the array is computed once more, before it is written: from the 0.1st to the 99.9th percentile.
   */
  readonly channels?: readonly ChannelOptions[];
  /** Writes a label image: the value of `image-label`; levels then hold the nearest pixel, never a mean. */
  readonly imageLabel?: Readonly<Record<string, unknown>>;
  /** How a level is made of the one above. Default `mean`; `nearest` for labels and bool. */
  readonly downsample?: Downsample;
  /** Resolutions to write. Default: down to 256 pixels. */
  readonly levels?: number;
}

/**
 * Computes an array and writes it as an OME-Zarr image with all its resolutions, in one pass and bounded memory.
 * @throws as {@link writeZarr}, where IncompleteError leaves 0 in the lower resolutions until a `resume` succeeds;
 * ArgumentError for axes or channels that do not fit the array
 */
export async function writeOmeZarr(
  array: LazyArray,
  store: WritableStore,
  options: WriteOmeZarrOptions = {},
): Promise<void> {
  await writeImage(arrayNode(array, 'array'), store, options);
}

/** Writes an image, and calls `begun` when its metadata is there. */
export async function writeImage(
  node: GraphNode,
  store: WritableStore,
  options: WriteOmeZarrOptions,
  begun: () => Promise<void> = async () => {},
): Promise<void> {
  const axes = options.axes ?? defaultAxes(node);
  const chunks = writeChunks(node, options.chunks);
  const { shape, dtype } = node;
  const { signal, path = '', resume } = options;
  await withLock(store, path, async () => {
    const channels = options.channels && (await describeChannels(node, axes, options.channels, options));
    const omero = channels && { channels };
    const writer = await createPyramidWriter(store, { ...options, axes, shape, chunks, dtype, omero });
    await begun();
    await writeBlocks(
      node,
      {
        key: writer.levels[0].path,
        chunks,
        shards: options.shards,
        written: resume ? await writer.resume({ signal }) : NOTHING,
        write: (index, { data, region }) => writer.writeBlock(index, data, { signal, region }),
        close: () => writer.close({ signal }),
        closeIncomplete: () => writer.closeIncomplete({ signal }),
      },
      options,
    );
  });
}

const NOTHING: ReadonlySet<string> = new Set();
