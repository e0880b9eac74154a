// The elements of each label for a function of the application: handed over as soon as a label is complete.
import { allocate, itemSize, type TypedArray } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import {
  elementCount,
  gridShape,
  type Region,
  regionShape,
  regionSize,
  type Shape,
  stridesOf,
  wholeRegion,
} from '../core/region';
import { tilesOf } from '../core/tiling';
import { type ElementsPartial, labelElementsNode } from '../ops/ndmeasure/labelElements';
import { rankIn } from '../ops/ndmeasure/labelForest';
import { LabelTiles } from '../ops/ndmeasure/labelTiles';
import type { RegionParams } from '../ops/ndmeasure/regionLabels';
import type { RegionRows } from '../ops/ndmeasure/regionRows';
import { regionsNode } from '../ops/ndmeasure/regions';
import { computeGlobal } from './compute';
import { passOverLabels } from './labelPass';
import type { ComputeOptions } from './options';
import { memoryBudget } from './settings';

/** Elements of one label in C order of the image, and their flat indices in it. */
export interface Elements {
  readonly values: TypedArray;
  /** Empty where they were not asked for. */
  readonly positions: Float64Array;
}

/** Parts of the memory budget: one may hold elements, where that saves a pass over the data. */
const PARTS = 4;

/** Calls `visit` with each of `wanted` (ascending) that occurs. */
export async function visitLabels(
  labelImage: GraphNode,
  image: GraphNode,
  wanted: Uint32Array,
  passPositions: boolean,
  options: ComputeOptions,
  visit: (label: number, elements: Elements) => void,
): Promise<void> {
  const node = labelElementsNode(labelImage, image);
  const { block } = node.params as RegionParams;
  const { shape, dtype } = image;
  const bytes =
    elementCount(shape) * (itemSize(dtype) + (passPositions ? Float64Array.BYTES_PER_ELEMENT : 0));
  const holds = isStacked(shape, block) && bytes <= memoryBudget() / PARTS;
  const walk = holds ? visitStacked : visitTiles;
  await walk({ node, labelImage, image, block, wanted, passPositions, options, visit });
}

interface Visit {
  readonly node: GraphNode;
  readonly labelImage: GraphNode;
  readonly image: GraphNode;
  readonly block: Shape;
  readonly wanted: Uint32Array;
  readonly passPositions: boolean;
  readonly options: ComputeOptions;
  readonly visit: (label: number, elements: Elements) => void;
}

/** Whether all elements of a tile come before those of the next. */
function isStacked(shape: Shape, block: Shape): boolean {
  const first = shape.findIndex((n) => n > 1);
  return gridShape(shape, block).every((tiles, axis) => tiles === 1 || axis <= first);
}

/** Holds the elements of all labels until the last tile has come: one pass. */
async function visitStacked({ node, image, block, wanted, passPositions, options, visit }: Visit) {
  const { shape, dtype } = image;
  const tiles = [...tilesOf(wholeRegion(shape), shape, block)];
  const found = new Map<Region, ElementsPartial>();
  await passOverLabels<ElementsPartial>(
    {
      node,
      stage: 'elements of labels',
      tiles,
      query: () => ({ labels: wanted, placed: passPositions ? wanted : new Uint32Array(0) }),
      take: (partial, tile) => found.set(tile, partial),
    },
    options,
  );
  const counts = new Float64Array(wanted.length);
  const partials = tiles.map((tile) => {
    const { labels, offsets, values, positions } = found.get(tile)!;
    const ranks = Uint32Array.from(labels, (label) => rankIn(wanted, label));
    ranks.forEach((rank, k) => {
      counts[rank] += offsets[k + 1] - offsets[k];
    });
    return { ranks, offsets, values, positions };
  });
  // What functions get they may keep: each label has memory of its own.
  const elements = Array.from(counts, (count) => ({
    values: allocate(dtype, count),
    positions: passPositions ? new Float64Array(count) : NOWHERE,
  }));
  const next = new Float64Array(wanted.length);
  for (const { ranks, offsets, values, positions } of partials)
    ranks.forEach((rank, k) => {
      const [start, stop] = [offsets[k], offsets[k + 1]];
      elements[rank].values.set(values.subarray(start, stop) as never, next[rank]);
      if (passPositions) elements[rank].positions.set(positions.subarray(start, stop), next[rank]);
      next[rank] += stop - start;
    });
  wanted.forEach((label, rank) => {
    if (counts[rank] > 0) visit(label, elements[rank]);
  });
}

/** Two passes: the first finds the tiles of each label. Labels in one tile are never held but for it. */
async function visitTiles(call: Visit): Promise<void> {
  const { node, labelImage, image, block, wanted, passPositions, options, visit } = call;
  const rows = await computeGlobal<RegionRows>(regionsNode(labelImage), options);
  const tiles = new LabelTiles(rows, block, wanted);
  /** Parts of labels that are not complete, and how many elements they have. */
  const waiting = new Map<number, { parts: Elements[]; count: number }>();
  await passOverLabels<ElementsPartial>(
    {
      node,
      stage: 'elements of labels',
      tiles: tiles.tiles(false),
      query(tile) {
        const labels = tiles.labelsIn(tile);
        // What is in several tiles is put in order by its positions.
        return { labels, placed: passPositions ? labels : labels.filter((label) => tiles.isOpen(label)) };
      },
      take({ labels, offsets, values, positions }) {
        const unplaced = values.length - positions.length;
        labels.forEach((label, k) => {
          const [start, stop] = [offsets[k], offsets[k + 1]];
          const placed = start >= unplaced;
          const part = {
            values: values.slice(start, stop) as TypedArray,
            positions: placed ? positions.slice(start - unplaced, stop - unplaced) : NOWHERE,
          };
          if (!tiles.isOpen(label)) {
            visit(label, part);
            return;
          }
          const row = rows.get(label)!;
          const entry = waiting.get(label) ?? { parts: [], count: 0 };
          entry.parts.push(part);
          entry.count += stop - start;
          waiting.set(label, entry);
          if (entry.count < row.count) return;
          waiting.delete(label);
          const box: Region = row.start.map((low, axis) => [low, row.stop[axis]] as const);
          visit(
            label,
            entry.parts.length === 1 ? part : inOrder(entry.parts, entry.count, box, rows.shape, image),
          );
        });
      },
    },
    options,
  );
}

const NOWHERE = new Float64Array(0);

/** Where the elements of a box are few, they are sorted; else each has a place in the box. */
const SPARSE = 16;

/** The parts of a label, each in the order of its tile, as one. */
function inOrder(
  parts: Elements[],
  count: number,
  box: Region,
  shape: readonly number[],
  { dtype }: GraphNode,
): Elements {
  parts.sort((a, b) => a.positions[0] - b.positions[0]);
  const values = allocate(dtype, count);
  const positions = new Float64Array(count);
  let at = 0;
  let ordered = true;
  for (const part of parts) {
    if (at > 0 && part.positions[0] < positions[at - 1]) ordered = false;
    values.set(part.values as never, at);
    positions.set(part.positions, at);
    at += part.values.length;
  }
  // Of tiles one above the other, one part ends before the next begins.
  if (ordered) return { values, positions };
  const order = regionSize(box) <= SPARSE * count ? byPlace(positions, box, shape) : bySorting(positions);
  const [all, places] = [values.slice(), positions.slice()];
  order.forEach((from, i) => {
    values[i] = all[from];
    positions[i] = places[from];
  });
  return { values, positions };
}

const bySorting = (places: Float64Array): Uint32Array =>
  Uint32Array.from(places, (_, i) => i).sort((a, b) => places[a] - places[b]);

function byPlace(places: Float64Array, box: Region, shape: readonly number[]): Uint32Array {
  const whole = stridesOf(shape);
  const own = stridesOf(regionShape(box));
  const table = new Uint32Array(regionSize(box));
  places.forEach((place, i) => {
    let flat = 0;
    for (let rest = place, axis = 0; axis < whole.length; axis++) {
      const along = Math.floor(rest / whole[axis]);
      rest -= along * whole[axis];
      flat += (along - box[axis][0]) * own[axis];
    }
    table[flat] = i + 1;
  });
  return table.filter((entry) => entry > 0).map((entry) => entry - 1);
}
