// Walks tiles with bounded concurrency and memory: reads, computes and results overlap.
import type { ExecutorName } from '../core/op';
import type { TileProgram, TileResult } from '../core/program';
import type { PlacedArray, Region } from '../core/region';
import { createController } from '../io/signals';
import { peakBytes, type Surveyor } from '../plan/plan';
import type { DeviceTarget } from './executor';
import type { ComputeOptions } from './options';
import { tileBudget } from './settings';
import type { Planner, TileRunner } from './tileRunner';

export interface TileWalk {
  readonly runner: TileRunner;
  readonly stage: string;
  readonly tiles: Iterable<Region>;
  readonly total: number;
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
  const { runner, stage, total, options } = walk;
  const controller = createController();
  const { signal } = controller;
  const abort = () => controller.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', abort, { once: true });
  const tiles = walk.tiles[Symbol.iterator]();
  const report = (done: number) => options.onProgress?.({ stage, done, total });
  let done = 0;
  const attempt = async (tile: Region) => {
    try {
      return await runner.run((executor, survey) => walk.plan(tile, executor, survey), signal, walk);
    } catch (error) {
      if (signal.aborted || !walk.skip?.(tile, error)) throw error;
      return undefined;
    }
  };
  const lane = async (first?: IteratorResult<Region>): Promise<void> => {
    for (let next = first ?? tiles.next(); !next.done; next = tiles.next()) {
      signal.throwIfAborted();
      const tile = next.value;
      const run = await attempt(tile);
      signal.throwIfAborted();
      if (run) await walk.take(tile, run.result, run.program);
      report(++done);
    }
  };
  report(0);
  const first = tiles.next();
  if (first.done) return;
  // The first program tells how many tiles the budget holds.
  let running: Promise<void>[] = [];
  try {
    const planner: Planner = (executor, survey) => walk.plan(first.value, executor, survey);
    const program = await runner.plan(planner, signal).catch((error) => {
      // The tile will fail again when it is run, and may be skipped then.
      if (signal.aborted || !walk.skip) throw error;
    });
    const lanes = program ? Math.min(total, laneCount(runner, program)) : 1;
    running = Array.from({ length: lanes }, (_, i) => lane(i === 0 ? first : undefined));
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
