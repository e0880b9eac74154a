// Repeats a step over a whole bool array until nothing changes, tile by tile, keeping one bit per element.
import { ArgumentError } from '../core/errors';
import { type ArrayMeta, type GraphNode, pickMeta, sourceNode } from '../core/graph';
import {
  type Interval,
  intersect,
  isEmptyRegion,
  type Region,
  type Shape,
  wholeRegion,
} from '../core/region';
import type { ReadOptions, Source } from '../core/source';
import { tilesOf } from '../core/tiling';
import { PackedBits } from '../io/packedBits';
import { SharedRequests } from '../io/request';
import { tileShape, walkRegions } from './compute';

/** What is repeated. */
export interface Step {
  /** Offsets of the elements that one step's result depends on: first and last along each axis. */
  readonly reach: readonly Interval[];
  /** Whether steps only ever set elements, or only ever clear them. */
  readonly monotone: boolean;
  /** The step, `times` times; where the mask is false the array stays. */
  apply(array: GraphNode, times: number, mask?: GraphNode): GraphNode;
}

/** Most steps in one tile program. */
const MOST_STEPS = 32;

/**
 * The fixed point of `step` from a bool array. Found once, on the first read, and kept: one bit per element, and one
 * more for the mask. Monotone steps run several at once on the tiles near the last changes only, which ends at the
 * same fixed point in any order; others run one at a time on all tiles, with a third bit per element.
 */
export class StableSource implements Source {
  readonly key: string;
  readonly shape: Shape;
  readonly dtype = 'bool';
  readonly chunks: Shape;
  readonly dimensionNames: readonly (string | null)[];
  readonly #array: GraphNode;
  readonly #mask: GraphNode | undefined;
  readonly #step: Step;
  readonly #passes = new SharedRequests();
  #found: PackedBits | undefined;

  constructor(array: GraphNode, step: Step, mask: GraphNode | undefined) {
    // The node of a single step stands for the work in the key.
    this.key = `stable-${step.apply(array, 1, mask).key}`;
    this.shape = array.shape;
    this.chunks = array.chunks;
    this.dimensionNames = array.dimensionNames;
    this.#array = array;
    this.#mask = mask;
    this.#step = step;
  }

  async readChunk(index: readonly number[], options: ReadOptions = {}) {
    this.#found ??= await this.#passes.run('passes', (signal) => this.#find({ ...options, signal }), options);
    return this.#found.readChunk(index, options);
  }

  async #find(options: ReadOptions): Promise<PackedBits> {
    const state = await packed(this.#array, options);
    const mask = this.#mask && sourceNode(await packed(this.#mask, options));
    const find = this.#step.monotone ? settle : repeat;
    return find(this.#step, state, mask, options);
  }
}

/** A bool array computed into packed bits. */
async function packed(array: GraphNode, options: ReadOptions): Promise<PackedBits> {
  const bits = new PackedBits(array);
  await pass(array, allTiles(array), options, (tile, data) => void bits.write(tile, data));
  return bits;
}

function pass(
  node: GraphNode,
  tiles: readonly Region[],
  options: ReadOptions,
  take: Parameters<typeof walkRegions>[3],
): Promise<void> {
  return walkRegions(node, { stage: 'until stable', tiles }, options, take);
}

const allTiles = (array: GraphNode): Region[] => [
  ...tilesOf(wholeRegion(array.shape), array.shape, tileShape(array)),
];

/** Monotone steps, in place. */
async function settle(
  step: Step,
  state: PackedBits,
  mask: GraphNode | undefined,
  options: ReadOptions,
): Promise<PackedBits> {
  const source = sourceNode(state);
  const node = step.apply(source, stepsAtOnce(step, tileShape(source)), mask);
  const tiles = allTiles(source);
  for (let due = tiles; due.length > 0; ) {
    const changes: Region[] = [];
    await pass(node, due, options, (tile, data) => {
      const changed = state.write(tile, data);
      if (changed) changes.push(widened(changed, step.reach));
    });
    due = tiles.filter((tile) => changes.some((changed) => !isEmptyRegion(intersect(tile, changed))));
  }
  return state;
}

/** The elements whose next value depends on `region`. */
const widened = (region: Region, reach: readonly Interval[]): Region =>
  region.map(([start, stop], axis) => [start - reach[axis][1], stop - reach[axis][0]] as const);

/** As many steps as keep the halo of a tile small against the tile. */
function stepsAtOnce({ reach }: Step, tile: Shape): number {
  const room = tile.map((n, axis) => n / (4 * Math.max(1, -reach[axis][0], reach[axis][1])));
  return Math.max(1, Math.min(MOST_STEPS, ...room.map(Math.floor)));
}

/** Steps that may set and clear: one after the other, from one array into the other. */
async function repeat(
  step: Step,
  first: PackedBits,
  mask: GraphNode | undefined,
  options: ReadOptions,
): Promise<PackedBits> {
  let state = first;
  const seen = new Set<string>();
  const meta: ArrayMeta = pickMeta(sourceNode(first));
  for (let changed = true; changed; ) {
    const next = new PackedBits(meta);
    const source = sourceNode(state);
    await pass(step.apply(source, 1, mask), allTiles(source), options, (tile, data) => {
      next.write(tile, data);
    });
    const hash = next.hash();
    changed = hash !== state.hash();
    if (changed && seen.has(hash))
      throw new ArgumentError(
        'iterations',
        'until stable',
        'at least 1 for this image and structure: without the structure’s centre they never become stable',
      );
    seen.add(hash);
    state = next;
  }
  return state;
}
