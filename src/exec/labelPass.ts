// A pass over tiles, each of which is asked something of its own about labels.
import type { GraphNode, Params } from '../core/graph';
import type { Region } from '../core/region';
import { planTile } from '../plan/plan';
import { resolveGlobals } from './globals';
import type { ComputeOptions } from './options';
import { forEachTile } from './schedule';
import { TileRunner } from './tileRunner';

export interface LabelPass<Partial> {
  /** Of a global op. */
  readonly node: GraphNode;
  readonly stage: string;
  readonly tiles: readonly Region[];
  /** What is added to the op's parameters for a tile. */
  query(tile: Region): Params;
  /** Receives partial results in the order they are done. */
  take(partial: Partial, tile: Region): void;
}

export async function passOverLabels<Partial>(
  { node, stage, tiles, query, take }: LabelPass<Partial>,
  options: ComputeOptions,
): Promise<void> {
  const runner = await TileRunner.create([node], options);
  const globals = await resolveGlobals(node.inputs, options);
  await forEachTile({
    runner,
    stage,
    tiles,
    plan(tile, executor) {
      const program = planTile({ tile, outputs: [], partials: [node], globals, executor });
      const steps = program.steps.map((step) =>
        step.partial ? { ...step, params: { ...step.params, ...query(tile) } } : step,
      );
      return { ...program, steps };
    },
    take: (tile, { partials: [partial] }) => take(partial as Partial, tile),
    options,
  });
}
