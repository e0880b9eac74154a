// Convex areas of all labels in one pass: tiles finish the objects that lie inside them, and hand over the corners of
// the hulls of those that may go on.
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import { type Accumulator, defineGlobalOp } from '../../core/op';
import { type Region, regionShape, regionSize, type Shape } from '../../core/region';
import { convexArea, hullRows, type RowExtremes } from './convexHull';
import { convexVolume, planeHullRows } from './convexVolume';
import type { LabelMerge } from './labelMerge';
import { LabelTable } from './labelTable';
import { checkLabels } from './labelValues';
import { TileQueue } from './regionAccumulator';
import { type RegionParams, regionNode, tileLabels } from './regionLabels';

/** The objects of one tile, by its labels 1..n. */
export interface HullPartial {
  readonly ids: Uint32Array | null;
  /** Convex area of each that is complete; 0 of the others. */
  readonly areas: Float64Array;
  /** Corner rows of each that may go on, in image coordinates; those of label k + 1 begin at 3 x offsets[k]. */
  readonly rows: RowExtremes;
  readonly offsets: Uint32Array;
}

/** What differs between plane and space. Rows of images in space are numbered through all planes. */
interface HullGeometry {
  readonly area: (rows: RowExtremes) => number;
  readonly corners: (rows: RowExtremes) => RowExtremes;
}

function hullGeometry(shape: Shape): HullGeometry {
  const height = shape[shape.length - 2];
  if (shape.length === 2) return { area: convexArea, corners: hullRows };
  return {
    area: (rows) => convexVolume(rows, height),
    corners: (rows) => planeHullRows(rows, height),
  };
}

/** Convex areas of the labels of a plane, or volumes in space: a {@link LabelTable} of one number each. */
export const regionHulls = defineGlobalOp<RegionParams, HullPartial, LabelTable>({
  name: 'regionHulls',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region) => [region],
  gpuRefuses: () => 'convex hulls are built on the CPU',
  cpu(context, { params, inputs: [labels], output: { region } }) {
    const { pointer, n, ids } = tileLabels(context, labels!, region, params);
    const own = context.view('uint32', pointer, regionSize(region)) as Uint32Array;
    const open = params.connected
      ? labelsOnSeams(own, region, labels!.shape, n)
      : new Uint8Array(n + 1).fill(1);
    const areas = new Float64Array(n);
    const offsets = new Uint32Array(n + 1);
    const corners: RowExtremes[] = [];
    const geometry = hullGeometry(labels!.shape);
    rowsByLabel(own, region, labels!.shape, n).forEach((rows, k) => {
      offsets[k + 1] = offsets[k];
      if (!open[k + 1]) {
        areas[k] = geometry.area(rows);
        return;
      }
      corners.push(geometry.corners(rows));
      offsets[k + 1] += corners[corners.length - 1].length / 3;
    });
    const rows = new Int32Array(3 * offsets[n]);
    let at = 0;
    for (const part of corners) {
      rows.set(part, at);
      at += part.length;
    }
    return { ids, areas, rows, offsets };
  },
  gpu() {
    throw new Error('refused');
  },
  accumulate: (params, [labels]) => new HullAccumulator(params, hullGeometry(labels.shape)),
});

/** By label: whether it occurs along a face behind which the image goes on. */
function labelsOnSeams(labels: Uint32Array, region: Region, shape: Shape, n: number): Uint8Array {
  const found = new Uint8Array(n + 1);
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [start, stop] = region[axis];
    const span = (stop - start) * inner;
    const mark = (at: number) => {
      for (let first = at; first < labels.length; first += span)
        for (let i = 0; i < inner; i++) found[labels[first + i]] = 1;
    };
    if (start > 0) mark(0);
    if (stop < shape[axis]) mark(span - inner);
    inner = span;
  }
  return found;
}

/** For each label 1..n its rows, in image coordinates. */
function rowsByLabel(labels: Uint32Array, region: Region, shape: Shape, n: number): RowExtremes[] {
  const [height, width] = regionShape(region).slice(-2);
  const [[y0], [x0]] = region.slice(-2);
  const firstPlane = region.length === 3 ? region[0][0] : 0;
  const lines = labels.length / width;
  // Entries of three numbers, in order of arrival; each label's are linked from the last to the first.
  let entries = new Int32Array(3 * 1024);
  let previous = new Int32Array(1024);
  const last = new Int32Array(n + 1).fill(-1);
  const counts = new Uint32Array(n + 1);
  let used = 0;
  for (let line = 0; line < lines; line++) {
    const row = (firstPlane + Math.floor(line / height)) * shape[shape.length - 2] + y0 + (line % height);
    const begin = line * width;
    const end = begin + width;
    for (let at = begin; at < end; ) {
      const label = labels[at];
      const start = at;
      while (++at < end && labels[at] === label) {}
      if (label === 0) continue;
      const known = last[label];
      if (known >= 0 && entries[3 * known] === row) {
        entries[3 * known + 2] = x0 + at - 1 - begin;
        continue;
      }
      if (used === previous.length) {
        entries = grown(entries);
        previous = grown(previous);
      }
      entries[3 * used] = row;
      entries[3 * used + 1] = x0 + start - begin;
      entries[3 * used + 2] = x0 + at - 1 - begin;
      previous[used] = known;
      last[label] = used++;
      counts[label]++;
    }
  }
  return Array.from({ length: n }, (_, k) => {
    const rows = new Int32Array(3 * counts[k + 1]);
    let entry = last[k + 1];
    for (let to = rows.length - 3; to >= 0; to -= 3) {
      rows.set(entries.subarray(3 * entry, 3 * entry + 3), to);
      entry = previous[entry];
    }
    return rows;
  });
}

function grown(data: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * data.length);
  larger.set(data);
  return larger;
}

class HullAccumulator implements Accumulator<HullPartial, LabelTable> {
  readonly #queue: TileQueue<HullPartial>;

  constructor(
    readonly params: RegionParams,
    readonly geometry: HullGeometry,
  ) {
    this.#queue = new TileQueue(params.block);
  }

  add(partial: HullPartial, region: Region): void {
    if (partial.ids) checkLabels(partial.ids, this.params.largest);
    this.#queue.push(partial, region);
  }

  finish([merge]: readonly unknown[]): LabelTable {
    const count = this.params.local ? (merge as LabelMerge).count : undefined;
    const areas = new LabelTable({ width: 1, merge: () => {} }, count);
    const parts: { label: number; rows: RowExtremes }[] = [];
    for (const { index, part } of this.#queue.drain()) {
      const names = part.ids ?? (merge as LabelMerge).table(index);
      for (let k = 0; k < part.areas.length; k++) {
        const [start, stop] = [3 * part.offsets[k], 3 * part.offsets[k + 1]];
        if (start === stop) areas.merge(names[k], part.areas, k);
        else parts.push({ label: names[k], rows: part.rows.subarray(start, stop) });
      }
    }
    parts.sort((a, b) => a.label - b.label);
    const area = new Float64Array(1);
    for (let first = 0, next = 0; first < parts.length; first = next) {
      while (next < parts.length && parts[next].label === parts[first].label) next++;
      area[0] = this.geometry.area(joinRows(parts.slice(first, next).map(({ rows }) => rows)));
      areas.merge(parts[first].label, area, 0);
    }
    return areas;
  }
}

/** The rows of several parts of a shape as one list: rows they share are joined. */
function joinRows(parts: readonly RowExtremes[]): RowExtremes {
  if (parts.length === 1) return parts[0];
  const extremes = new Map<number, [number, number]>();
  for (const rows of parts)
    for (let i = 0; i < rows.length; i += 3) {
      const [row, first, last] = rows.subarray(i, i + 3);
      const known = extremes.get(row);
      extremes.set(row, known ? [Math.min(known[0], first), Math.max(known[1], last)] : [first, last]);
    }
  const sorted = [...extremes].sort(([a], [b]) => a - b);
  return Int32Array.from(sorted.flatMap(([row, [first, last]]) => [row, first, last]));
}

/** Rows are numbered in int32. */
const MOST_ROWS = 2 ** 31;

/** A global node whose result is a {@link LabelTable} of convex areas, or volumes. */
export function regionHullsNode(labels: GraphNode): GraphNode {
  const rows = labels.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  if (rows > MOST_ROWS)
    throw new ArgumentError('labelImage', labels.shape, `at most ${MOST_ROWS} rows for convex hulls`);
  return regionNode(regionHulls.name, labels);
}
