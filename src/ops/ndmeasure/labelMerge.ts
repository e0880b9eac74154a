// The host half of labelling: union-find over labels that touch across block faces, then SciPy's numbering.
import type { Accumulator } from '../../core/op';
import { gridShape, type Region, regionShape, type Shape, stridesOf } from '../../core/region';

/** What one labelled block tells: flat position of each label's first pixel, and its outermost planes. */
export interface LabelPartial {
  readonly first: Uint32Array;
  /** For each axis its first and its last plane, as {@link faceRegions} orders them. */
  readonly faces: readonly Uint32Array[];
}

/** First and last plane of each axis. */
export const faceRegions = (region: Region): Region[] =>
  region.flatMap(([start, stop], axis) => [
    region.map((interval, i) => (i === axis ? ([start, start + 1] as const) : interval)),
    region.map((interval, i) => (i === axis ? ([stop - 1, stop] as const) : interval)),
  ]);

/** The result: how many objects, and each block's table from block label to final label. */
export class LabelMerge {
  constructor(
    readonly count: number,
    private readonly grid: Shape,
    private readonly offsets: Float64Array,
    private readonly finals: Uint32Array,
  ) {}

  /** Final label of the block's label i + 1. */
  table(index: readonly number[]): Uint32Array {
    const block = flatIndex(index, this.grid);
    return this.finals.slice(this.offsets[2 * block], this.offsets[2 * block + 1]);
  }
}

interface Faces {
  readonly region: Region;
  readonly offset: number;
  readonly planes: readonly Uint32Array[];
}

/** Labels are at most this many: 0 is the background and uint32 the label dtype. */
const MOST_LABELS = 2 ** 32 - 2;

/**
 * Folds blocks in any order. Keeps one parent and one key (position of the first pixel in the whole image) per block
 * label, and the faces of blocks that still wait for a neighbour: memory is O(objects + open faces).
 */
export class LabelMerger implements Accumulator<LabelPartial, LabelMerge> {
  readonly #grid: number[];
  readonly #offsets: Float64Array;
  readonly #open = new Map<number, Faces>();
  readonly #waiting = new Map<number, number>();
  readonly #neighbours: number[][];
  #parents = new Uint32Array(1024);
  #keys = new Float64Array(1024);
  #total = 0;

  constructor(
    readonly shape: Shape,
    readonly block: Shape,
    /** Connected offsets that precede a pixel, `rank` each. */
    readonly earlier: Int32Array,
  ) {
    this.#grid = gridShape(shape, block);
    this.#offsets = new Float64Array(2 * this.#grid.reduce((a, b) => a * b, 1));
    this.#neighbours = neighbourOffsets(shape.length);
  }

  add({ first, faces }: LabelPartial, region: Region): void {
    const offset = this.#append(first, region);
    const index = region.map(([start], axis) => Math.floor(start / this.block[axis]));
    const flat = flatIndex(index, this.#grid);
    this.#offsets.set([offset, offset + first.length], 2 * flat);
    const own: Faces = { region, offset, planes: faces };
    let waiting = 0;
    for (const direction of this.#neighbours) {
      const other = index.map((i, axis) => i + direction[axis]);
      if (other.some((i, axis) => i < 0 || i >= this.#grid[axis])) continue;
      const neighbour = flatIndex(other, this.#grid);
      const open = this.#open.get(neighbour);
      if (!open) {
        waiting++;
        continue;
      }
      this.#merge(own, open, direction);
      const left = this.#waiting.get(neighbour)! - 1;
      this.#waiting.set(neighbour, left);
      if (left === 0) this.#open.delete(neighbour);
    }
    this.#waiting.set(flat, waiting);
    if (waiting > 0) this.#open.set(flat, own);
  }

  finish(): LabelMerge {
    const total = this.#total;
    const roots: number[] = [];
    for (let i = 0; i < total; i++) if (this.#parents[i] === i) roots.push(i);
    const sorted = Float64Array.from(roots, (root) => this.#keys[root]).sort();
    const finals = new Uint32Array(total);
    for (const root of roots) finals[root] = rank(sorted, this.#keys[root]) + 1;
    for (let i = 0; i < total; i++) finals[i] = finals[this.#find(i)];
    return new LabelMerge(roots.length, this.#grid, this.#offsets, finals);
  }

  #append(first: Uint32Array, region: Region): number {
    const offset = this.#total;
    const total = offset + first.length;
    if (total > MOST_LABELS) throw new RangeError(`label: more than ${MOST_LABELS} objects`);
    if (total > this.#parents.length) {
      const capacity = Math.max(total, 2 * this.#parents.length);
      this.#parents = grow(this.#parents, new Uint32Array(capacity));
      this.#keys = grow(this.#keys, new Float64Array(capacity));
    }
    const own = stridesOf(regionShape(region));
    const whole = stridesOf(this.shape);
    for (let i = 0; i < first.length; i++) {
      let key = 0;
      for (let rest = first[i], axis = 0; axis < own.length; axis++) {
        const at = Math.floor(rest / own[axis]);
        rest -= at * own[axis];
        key += (region[axis][0] + at) * whole[axis];
      }
      this.#parents[offset + i] = offset + i;
      this.#keys[offset + i] = key;
    }
    this.#total = total;
    return offset;
  }

  /** Unites labels of `a` and `b`, the block in `direction` from it, that touch by a connected offset. */
  #merge(a: Faces, b: Faces, direction: readonly number[]): void {
    const rank = direction.length;
    const planeA = facePlane(a, direction);
    const planeB = facePlane(
      b,
      direction.map((d) => -d),
    );
    // Offsets from a pixel of `a` to one of `b`: those that step along every axis on which the blocks differ.
    for (let o = 0; o < this.earlier.length; o += rank) {
      for (const sign of [1, -1]) {
        const step = Array.from({ length: rank }, (_, axis) => sign * this.earlier[o + axis]);
        if (step.every((s, axis) => direction[axis] === 0 || s === direction[axis]))
          this.#mergeOffset(planeA, planeB, step, direction);
      }
    }
  }

  #mergeOffset(a: Plane, b: Plane, step: readonly number[], direction: readonly number[]): void {
    // The pixels of `a` whose neighbour lies in `b`.
    const range = a.region.map(([start, stop], axis) => {
      if (direction[axis] > 0) return [a.block[axis][1] - 1, a.block[axis][1]] as const;
      if (direction[axis] < 0) return [a.block[axis][0], a.block[axis][0] + 1] as const;
      return [
        Math.max(start, b.region[axis][0] - step[axis]),
        Math.min(stop, b.region[axis][1] - step[axis]),
      ] as const;
    });
    if (range.some(([start, stop]) => stop <= start)) return;
    const last = range.length - 1;
    const index = range.map(([start]) => start);
    let previousA = 0;
    let previousB = 0;
    while (true) {
      let atA = 0;
      let atB = 0;
      for (let axis = 0; axis <= last; axis++) {
        atA += (index[axis] - a.region[axis][0]) * a.strides[axis];
        atB += (index[axis] + step[axis] - b.region[axis][0]) * b.strides[axis];
      }
      const labelA = a.labels[atA];
      const labelB = b.labels[atB];
      if (labelA !== 0 && labelB !== 0 && (labelA !== previousA || labelB !== previousB)) {
        this.#union(a.offset + labelA - 1, b.offset + labelB - 1);
        previousA = labelA;
        previousB = labelB;
      }
      let axis = last;
      while (axis >= 0 && ++index[axis] === range[axis][1]) index[axis] = range[axis--][0];
      if (axis < 0) return;
    }
  }

  #find(i: number): number {
    const parents = this.#parents;
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]];
      i = parents[i];
    }
    return i;
  }

  /** The root is the label whose first pixel comes first, so a root's key is its object's. */
  #union(a: number, b: number): void {
    const x = this.#find(a);
    const y = this.#find(b);
    if (x === y) return;
    if (this.#keys[x] < this.#keys[y]) this.#parents[y] = x;
    else this.#parents[x] = y;
  }
}

interface Plane {
  readonly region: Region;
  readonly block: Region;
  readonly strides: readonly number[];
  readonly labels: Uint32Array;
  readonly offset: number;
}

/** The face of a block towards `direction`, along its first axis that moves. */
function facePlane({ region, offset, planes }: Faces, direction: readonly number[]): Plane {
  const axis = direction.findIndex((d) => d !== 0);
  const face = 2 * axis + (direction[axis] > 0 ? 1 : 0);
  const plane = faceRegions(region)[face];
  return {
    region: plane,
    block: region,
    strides: stridesOf(regionShape(plane)),
    labels: planes[face],
    offset,
  };
}

/** All directions to neighbouring blocks. */
function neighbourOffsets(rank: number): number[][] {
  const all: number[][] = [];
  for (let code = 0; code < 3 ** rank; code++) {
    const offset = Array.from({ length: rank }, (_, axis) => (Math.floor(code / 3 ** axis) % 3) - 1);
    if (offset.some((d) => d !== 0)) all.push(offset);
  }
  return all;
}

const flatIndex = (index: readonly number[], grid: Shape): number =>
  index.reduce((flat, i, axis) => flat * grid[axis] + i, 0);

function grow<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Position of `value` in an ascending array that holds it. */
function rank(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
