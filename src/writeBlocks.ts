// Computes an array tile by tile and hands its chunks to a writer.
import { itemSize } from './core/dtype';
import { ArgumentError, IncompleteError, SourceError, type WriteFailure } from './core/errors';
import type { GraphNode } from './core/graph';
import {
  chunkRegion,
  chunksIn,
  elementCount,
  type PlacedArray,
  type Region,
  type Shape,
  wholeRegion,
} from './core/region';
import { growChunks, tilesOf } from './core/tiling';
import { walkRegions } from './exec/compute';
import type { ComputeOptions } from './exec/options';
import { tileBudget } from './exec/settings';
import { PendingWrites } from './io/pendingWrites';

/** Takes the chunks of an array. */
export interface BlockWriter {
  /** Where it writes, for errors. */
  readonly key: string;
  readonly chunks: Shape;
  /** Where chunks come in shards: one is finished before the next. */
  readonly shards?: Shape;
  /** Chunks that are there, by their index joined with commas. */
  readonly written: ReadonlySet<string>;
  /** Writes a chunk of what the block covers; it may change again once this returns its promise. */
  write(index: readonly number[], block: PlacedArray): Promise<void>;
  close(): Promise<void>;
  /** Ends without the chunks that could not be computed. */
  closeIncomplete(): Promise<void>;
}

/** Chunks that are written while the next tiles are computed take this part of the tiles' memory. */
const WRITE_SHARE = 8;

/** So many tiles in a row, and the source is taken to be gone. */
const GIVE_UP = 16;

/**
 * Computes tiles of several chunks (as halos and label blocks like it) and hands their chunks on, but for those that
 * are written. Where a source cannot be read, the chunks that need it are left out and the others go on.
 * @throws IncompleteError, at the end, when chunks were left out; the errors of the computation and of the writer
 */
export async function writeBlocks(
  node: GraphNode,
  writer: BlockWriter,
  options: ComputeOptions,
): Promise<void> {
  const { chunks, written } = writer;
  const missing = (tile: Region) => [...chunksIn(tile, chunks)].filter((index) => !written.has(index.join()));
  const regionOf = (index: readonly number[]) => chunkRegion(index, node.shape, chunks);
  const inChunks = (tile: Region) => missing(tile).map(regionOf);
  const chunkBytes = elementCount(chunks) * itemSize(node.dtype);
  const walk = async (tiles: readonly Region[]): Promise<WriteFailure[]> => {
    const writes = new PendingWrites(Math.floor(tileBudget() / WRITE_SHARE / chunkBytes));
    const failures: WriteFailure[] = [];
    let inARow = 0;
    const skip = (region: Region, error: unknown) => {
      if (!(error instanceof SourceError) || ++inARow > GIVE_UP) return false;
      failures.push({ region, error });
      return true;
    };
    try {
      await walkRegions(node, { stage: 'compute', tiles, skip }, options, async (tile, data) => {
        inARow = 0;
        const block = { data, region: tile };
        for (const index of missing(tile)) await writes.add(() => writer.write(index, block));
      });
    } finally {
      await writes.settled();
    }
    return failures;
  };

  const { shards = node.shape } = writer;
  const block = growChunks(
    chunks,
    shards.map((n, axis) => Math.min(n, node.shape[axis])),
  );
  const grid = [...tilesOf(wholeRegion(node.shape), node.shape, shards)].flatMap((shard) => [
    ...tilesOf(shard, node.shape, block),
  ]);
  const failed = await walk(
    grid.flatMap((tile) => {
      const wanted = inChunks(tile);
      return wanted.length === [...chunksIn(tile, chunks)].length ? [tile] : wanted;
    }),
  );
  // A tile may hold chunks that do without what could not be read.
  const failures = failed.length > 0 ? await walk(failed.flatMap(({ region }) => inChunks(region))) : [];
  if (failures.length === 0) return writer.close();
  await writer.closeIncomplete();
  throw new IncompleteError(writer.key, failures);
}

/** The chunk shape to write: that asked for, else the array's, at most 512 along each axis. @throws ArgumentError */
export function writeChunks({ shape, chunks }: GraphNode, asked: Shape | undefined): Shape {
  if (asked === undefined) return chunks.map((n, axis) => evenUnlessWhole(Math.min(n, 512), shape[axis]));
  if (asked.length !== shape.length)
    throw new ArgumentError('chunks', asked, `${shape.length} lengths, one per axis`);
  return asked;
}

/** Pyramids halve chunks. */
const evenUnlessWhole = (n: number, length: number): number => (n % 2 && n > 1 && n < length ? n + 1 : n);
