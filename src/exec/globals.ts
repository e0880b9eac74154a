// Whole-array results: streaming passes over tiles, shared by everyone who waits for them and kept by key.
import { LRUCache } from 'lru-cache';
import type { GraphNode } from '../core/graph';
import { getGlobalOp, getOp } from '../core/op';
import { wholeRegion } from '../core/region';
import { tilesOf } from '../core/tiling';
import { SharedRequests } from '../io/request';
import { type GlobalResults, planTile, topologicalOrder } from '../plan/plan';
import type { ComputeOptions } from './options';
import { forEachTile } from './schedule';
import { TileRunner } from './tileRunner';

/** Results are small next to the images they come from; a few hundred cover every slider of a viewer. */
const results = new LRUCache<string, { readonly value: unknown }>({ max: 256 });
const passes = new SharedRequests();

/** Forgets every cached whole-array result. */
export const clearResults = (): void => results.clear();

/** Finds the results of all global nodes that `roots` depend on, in as few passes over the data as they allow. */
export async function resolveGlobals(
  roots: readonly GraphNode[],
  options: ComputeOptions,
): Promise<GlobalResults> {
  const found = new Map<string, unknown>();
  const wanted = collectGlobals(roots);
  while (wanted.size > 0) {
    for (const [key] of wanted) {
      const known = results.get(key);
      if (!known) continue;
      found.set(key, known.value);
      wanted.delete(key);
    }
    const wave = nextWave(wanted, found);
    if (wave.length === 0) break;
    const key = wave.map((node) => node.key).join();
    const values = await passes.run(
      `${key}@${options.device ?? ''}`,
      (signal) => runPass(wave, found, { ...options, signal }),
      options,
    );
    wave.forEach((node, i) => {
      results.set(node.key, { value: values[i] });
      found.set(node.key, values[i]);
      wanted.delete(node.key);
    });
  }
  return found;
}

/** A result that takes passes of its own, found once for all who wait for it, and kept as those of global nodes are. */
export async function sharedResult<T>(
  key: string,
  find: (options: ComputeOptions) => Promise<T>,
  options: ComputeOptions,
): Promise<T> {
  const known = results.get(key);
  if (known) return known.value as T;
  const value = await passes.run(
    `${key}@${options.device ?? ''}`,
    (signal) => find({ ...options, signal }),
    options,
  );
  results.set(key, { value });
  return value as T;
}

/** All global nodes reachable through inputs and globals. */
export function collectGlobals(roots: readonly GraphNode[]): Map<string, GraphNode> {
  const found = new Map<string, GraphNode>();
  const queue = [...roots];
  const visited = new Set<string>();
  while (queue.length > 0) {
    for (const node of topologicalOrder([queue.pop()!])) {
      if (visited.has(node.key)) continue;
      visited.add(node.key);
      if (!node.source && getOp(node.op).kind === 'global') found.set(node.key, node);
      queue.push(...node.globals);
    }
  }
  return found;
}

/**
 * Global nodes that can share the next pass: everything their tiles need is known, and they see the same tiles. What
 * a node needs only to finish may be found in the same pass.
 */
export function nextWave(
  wanted: ReadonlyMap<string, GraphNode>,
  found: ReadonlyMap<string, unknown>,
): GraphNode[] {
  const ready = [...wanted.values()].filter((node) =>
    [...neededByTiles(node)].every((key) => found.has(key)),
  );
  const grid = (node: GraphNode) => {
    const op = getGlobalOp(node.op);
    return `${op.domain(node.params, node.inputs)}/${op.blockShape(node.params, node.inputs)}`;
  };
  for (const first of new Set(ready.map(grid))) {
    let wave = ready.filter((node) => grid(node) === first);
    // A node whose last step needs a result that neither is known nor comes in this pass must wait, and with it those
    // that need its own.
    for (let before = 0; before !== wave.length; ) {
      before = wave.length;
      const here = new Set(wave.map((node) => node.key));
      wave = wave.filter((node) => node.globals.every((g) => found.has(g.key) || here.has(g.key)));
    }
    if (wave.length > 0) return wave;
  }
  return [];
}

function neededByTiles(node: GraphNode): Set<string> {
  const keys = new Set<string>();
  for (const n of topologicalOrder([node])) {
    const late = n.key === node.key && !getOp(n.op).bind;
    if (!late) for (const g of n.globals) keys.add(g.key);
    if (n.key !== node.key && !n.source && getOp(n.op).kind === 'global') keys.add(n.key);
  }
  return keys;
}

async function runPass(
  wave: readonly GraphNode[],
  globals: GlobalResults,
  options: ComputeOptions,
): Promise<unknown[]> {
  const ops = wave.map((node) => getGlobalOp(node.op));
  const accumulators = wave.map((node, i) => ops[i].accumulate(node.params, node.inputs));
  const shape = ops[0].domain(wave[0].params, wave[0].inputs);
  const block = ops[0].blockShape(wave[0].params, wave[0].inputs);
  const runner = await TileRunner.create(wave, options);
  await forEachTile({
    runner,
    stage: wave.map((node) => node.op).join(' + '),
    tiles: tilesOf(wholeRegion(shape), shape, block),
    plan: (tile, executor, survey) =>
      planTile({ tile, outputs: [], partials: wave, globals, executor, survey }),
    take: (tile, { partials }) => {
      for (const [i, accumulator] of accumulators.entries()) accumulator.add(partials[i], tile);
    },
    options,
  });
  const known = new Map(globals);
  const values = new Array<unknown>(wave.length);
  // Those that need others of the wave to finish come after them.
  const rest = new Set(wave.map((_, i) => i));
  while (rest.size > 0) {
    for (const i of rest) {
      if (!wave[i].globals.every((g) => known.has(g.key))) continue;
      values[i] = accumulators[i].finish(wave[i].globals.map((g) => known.get(g.key)));
      known.set(wave[i].key, values[i]);
      rest.delete(i);
    }
  }
  return values;
}
