// Computes regions of a lazy array: whole-array results first, then its tiles.
import { allocate, type TypedArray } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import {
  cropBlock,
  isEmptyRegion,
  type Region,
  regionSize,
  type Shape,
  sameRegion,
  wholeRegion,
} from '../core/region';
import type { Source } from '../core/source';
import { growChunks, tilesOf } from '../core/tiling';
import { planTile } from '../plan/plan';
import type { DeviceTarget } from './executor';
import { resolveGlobals } from './globals';
import type { ComputeOptions, OutputOptions } from './options';
import { forEachTile, type TileWalk } from './schedule';
import { TileRunner } from './tileRunner';

/** The data of `region`, C order. */
export async function computeRegion(
  node: GraphNode,
  region: Region,
  options: OutputOptions & { readonly stage?: string } = {},
): Promise<TypedArray> {
  options.signal?.throwIfAborted();
  const target = options.out ?? allocate(node.dtype, regionSize(region));
  if (isEmptyRegion(region)) return target;
  const targets = [{ data: target, region }];
  const tiles = tileWalk(node, region, tileShape(node));
  const stage = options.stage ?? tiles.stage;
  const sources = await walk(node, { ...tiles, stage, targets, take: () => {} }, options);
  if (sameRegion(region, wholeRegion(node.shape))) for (const source of sources) source.done?.();
  return target;
}

/** The tiles in which a node is computed: its chunks, grown. */
export const tileShape = (node: GraphNode): number[] => growChunks(node.chunks, node.shape);

/** Computes every tile of `region` on the grid of `block`, several at once, in the order they are done. */
export async function walkTiles(
  node: GraphNode,
  region: Region,
  block: Shape,
  options: ComputeOptions,
  take: (tile: Region, data: TypedArray) => void | Promise<void>,
): Promise<void> {
  await walkRegions(node, tileWalk(node, region, block), options, take);
}

const tileWalk = (node: GraphNode, region: Region, block: Shape): Pick<TileWalk, 'stage' | 'tiles'> => ({
  stage: 'compute',
  tiles: tilesOf(region, node.shape, block),
});

/** Computes these regions, several at once, in the order they are done. */
export async function walkRegions(
  node: GraphNode,
  tiles: Pick<TileWalk, 'stage' | 'tiles' | 'skip'>,
  options: ComputeOptions,
  take: (tile: Region, data: TypedArray) => void | Promise<void>,
): Promise<void> {
  await walk(
    node,
    {
      ...tiles,
      // Operations on whole blocks may return more than was asked for.
      take: (tile, { outputs }, program) =>
        take(tile, cropBlock(outputs[0], program.outputs[0].region, tile)),
    },
    options,
  );
}

/** Computes `region` onto a GPU: tiles that run on the target's device stay there, others are handed to `take`. */
export async function computeOnDevice(
  node: GraphNode,
  region: Region,
  deviceTarget: DeviceTarget,
  options: ComputeOptions,
  take: (tile: Region, data: TypedArray) => void,
): Promise<void> {
  const receive: TileWalk['take'] = (tile, { outputs }, program) => {
    if (outputs.length > 0) take(tile, cropBlock(outputs[0], program.outputs[0].region, tile));
  };
  await walk(node, { ...tileWalk(node, region, tileShape(node)), deviceTarget, take: receive }, options);
}

/** Walks tiles; returns the sources that they read. */
async function walk(
  node: GraphNode,
  tiles: Omit<TileWalk, 'runner' | 'plan' | 'options'>,
  options: ComputeOptions,
): Promise<Iterable<Source>> {
  // The executor first: where there is none that can do the work, nothing is to be read.
  const runner = await TileRunner.create([node], options);
  const globals = await resolveGlobals([node], options);
  await forEachTile({
    ...tiles,
    runner,
    plan: (tile, executor, survey) =>
      planTile({ tile, outputs: [{ node, region: tile }], partials: [], globals, executor, survey }),
    options,
  });
  return runner.sources.values();
}

/** The result of a global node. */
export async function computeGlobal<T>(node: GraphNode, options: ComputeOptions = {}): Promise<T> {
  options.signal?.throwIfAborted();
  return (await resolveGlobals([node], options)).get(node.key) as T;
}
