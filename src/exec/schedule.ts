// Walks tiles with bounded concurrency and memory: reads, computes and results overlap.
import { itemSize } from '../core/dtype';
import type { ExecutorName } from '../core/op';
import type { TileProgram, TileResult } from '../core/program';
import {
  chunkRegion,
  chunksIn,
  elementCount,
  type PlacedArray,
  type Region,
  regionSize,
} from '../core/region';
import type { Source } from '../core/source';
import { chunkCache } from '../io/cache';
import { createController } from '../io/signals';
import { peakBytes, type Surveyor } from '../plan/plan';
import type { DeviceTarget } from './executor';
import type { ComputeOptions } from './options';
import { tileBudget } from './settings';
import { orderTiles } from './tileOrder';
import type { Planner, TileRunner } from './tileRunner';

export interface TileWalk {
  readonly runner: TileRunner;
  readonly stage: string;
  /** In C order. */
  readonly tiles: Iterable<Region>;
  readonly plan: (tile: Region, executor: ExecutorName, survey: Surveyor) => TileProgram;
  /** Where the outputs of the tiles belong. Default: `take` receives them. */
  readonly targets?: readonly PlacedArray[];
  /** Takes outputs on a GPU; those of tiles that run elsewhere are received by `take`. */
  readonly deviceTarget?: DeviceTarget;
  /** Receives results in the order they are done. */
  readonly take: (tile: Region, result: TileResult, program: TileProgram) => void | Promise<void>;
  /** Whether to go on without a tile that could not be computed. Default: never. */
  readonly skip?: (tile: Region, error: unknown) => boolean;
  readonly options: ComputeOptions;
}

/** Runs every tile; rejects with the first failure that is not skipped after stopping the others, or with the signal's reason. */
export async function forEachTile(walk: TileWalk): Promise<void> {
  const { runner, stage, options } = walk;
  const controller = createController();
  const { signal } = controller;
  const abort = () => controller.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', abort, { once: true });
  const tiles = [...walk.tiles];
  const report = (done: number) => options.onProgress?.({ stage, done, total: tiles.length });
  let done = 0;
  const attempt = async (tile: Region) => {
    try {
      return await runner.run((executor, survey) => walk.plan(tile, executor, survey), signal, walk);
    } catch (error) {
      if (signal.aborted || !walk.skip?.(tile, error)) throw error;
      return undefined;
    }
  };
  const lane = async (due: Iterator<Region>): Promise<void> => {
    for (let next = due.next(); !next.done; next = due.next()) {
      signal.throwIfAborted();
      const tile = next.value;
      const run = await attempt(tile);
      signal.throwIfAborted();
      if (run) await walk.take(tile, run.result, run.program);
      report(++done);
    }
  };
  report(0);
  if (tiles.length === 0) return;
  // The first program tells how many tiles the budget holds.
  let running: Promise<void>[] = [];
  try {
    const planner: Planner = (executor, survey) => walk.plan(tiles[0], executor, survey);
    const program = await runner.plan(planner, signal).catch((error) => {
      // The tile will fail again when it is run, and may be skipped then.
      if (signal.aborted || !walk.skip) throw error;
    });
    const lanes = program ? Math.min(tiles.length, laneCount(runner, program)) : 1;
    const due = inReadOrder(tiles, walk)[Symbol.iterator]();
    running = Array.from({ length: lanes }, () => lane(due));
    await Promise.all(running);
  } catch (error) {
    controller.abort(error);
    await Promise.allSettled(running);
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

/** Two more tiles than run at once keep reads ahead of compute, where the budget has room for them. */
function laneCount(runner: TileRunner, program: TileProgram): number {
  const affordable = Math.floor(tileBudget() / Math.max(1, peakBytes(program)));
  return Math.max(1, Math.min(runner.executor.concurrency + 2, affordable));
}

/** The tiles in an order in which few chunks are read twice. */
function inReadOrder(tiles: readonly Region[], { runner, plan }: TileWalk): readonly Region[] {
  const { executor, sources } = runner;
  const inChunks = [...sources.values()].filter((source) => !source.copyInto);
  if (inChunks.length === 0) return tiles;
  const bytesOf = ({ shape, dtype }: Source) => elementCount(shape) * itemSize(dtype);
  // All of it stays cached.
  if (inChunks.reduce((sum, source) => sum + bytesOf(source), 0) <= chunkCache.budget) return tiles;
  // Where data decides what is read, all that may be is too much.
  let surveyed = false;
  const survey = () => {
    surveyed = true;
  };
  const ordered = orderTiles(
    tiles,
    (tile) => chunksRead(plan(tile, executor.name, survey), sources),
    chunkCache.budget,
  );
  return surveyed ? tiles : ordered;
}

/** Bytes of the chunks that a program reads, by their names; of what is in memory there are none. */
function chunksRead(program: TileProgram, sources: ReadonlyMap<string, Source>): Map<string, number> {
  const found = new Map<string, number>();
  for (const { key, region } of program.reads) {
    const source = sources.get(key)!;
    if (source.copyInto) continue;
    for (const index of chunksIn(region, source.chunks)) {
      const length = regionSize(chunkRegion(index, source.shape, source.chunks));
      found.set(`${key}\n${index}`, length * itemSize(source.dtype));
    }
  }
  return found;
}
