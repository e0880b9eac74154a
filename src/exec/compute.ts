// Computes regions of a lazy array: whole-array results first, then its tiles.
import { allocate, type TypedArray } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import { copyRegion, cropBlock, isEmptyRegion, type Region, regionSize, type Shape } from '../core/region';
import type { SharedBlock } from '../core/source';
import { countTiles, growChunks, tilesOf } from '../core/tiling';
import { planTile } from '../plan/plan';
import { resolveGlobals } from './globals';
import type { ComputeOptions } from './options';
import { forEachTile, type TileWalk } from './schedule';
import { TileRunner } from './tileRunner';

/** The data of `region`, C order. */
export async function computeRegion(
  node: GraphNode,
  region: Region,
  options: ComputeOptions = {},
): Promise<TypedArray> {
  options.signal?.throwIfAborted();
  const target = allocate(node.dtype, regionSize(region));
  if (isEmptyRegion(region)) return target;
  await walkTiles(node, region, tileShape(node), options, (tile, data) => {
    copyRegion(data, tile, target, region);
  });
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
  const tiles = tilesOf(region, node.shape, block);
  const total = region.length === 0 ? 1 : countTiles(region, block);
  await walkRegions(node, { stage: 'compute', tiles, total }, options, take);
}

/** Regions to compute; `into`: where the CPU puts them, instead of giving them to the taker. */
export interface RegionWalk extends Pick<TileWalk, 'stage' | 'tiles' | 'total' | 'skip'> {
  readonly into?: SharedBlock;
}

/** Computes these regions, several at once, in the order they are done. */
export async function walkRegions(
  node: GraphNode,
  { into, ...walk }: RegionWalk,
  options: ComputeOptions,
  take: (tile: Region, data: TypedArray) => void | Promise<void>,
): Promise<void> {
  // The executor first: where there is none that can do the work, nothing is to be read.
  const runner = await TileRunner.create([node], options);
  const globals = await resolveGlobals([node], options);
  await forEachTile({
    ...walk,
    runner,
    plan: (tile, executor) => {
      const program = planTile({ tile, outputs: [{ node, region: tile }], partials: [], globals, executor });
      if (!into || executor === 'gpu') return program;
      return { ...program, outputs: [{ ...program.outputs[0], into }] };
    },
    take: (tile, { outputs: [data] }, { outputs: [{ region, into: written }] }) => {
      // Operations on whole blocks may return more than was asked for.
      if (!written) return take(tile, cropBlock(data, region, tile));
    },
    options,
  });
}

/** The result of a global node. */
export async function computeGlobal<T>(node: GraphNode, options: ComputeOptions = {}): Promise<T> {
  options.signal?.throwIfAborted();
  return (await resolveGlobals([node], options)).get(node.key) as T;
}
