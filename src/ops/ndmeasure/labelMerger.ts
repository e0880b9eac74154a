// The host half of labelling: which labels of different blocks are one object, found from the faces of blocks.
import type { TypedArray } from '../../core/dtype';
import type { Accumulator } from '../../core/op';
import { type Region, regionShape, type Shape, shiftRegion, stridesOf } from '../../core/region';
import { LabelForest } from './labelForest';
import { BlockOffsets, flatIndex, LabelMerge } from './labelMerge';

/** What one labelled block tells: flat position of each label's first pixel, and its outermost planes. */
export interface LabelPartial {
  readonly first: Uint32Array;
  /** For each axis its first and its last plane, as {@link faceRegions} orders them. */
  readonly faces: readonly Uint32Array[];
  /** Of images whose equal values connect: the values there. */
  readonly values?: readonly TypedArray[];
}

/** First and last plane of each axis. */
export const faceRegions = (region: Region): Region[] =>
  region.flatMap(([start, stop], axis) => [
    region.map((interval, i) => (i === axis ? ([start, start + 1] as const) : interval)),
    region.map((interval, i) => (i === axis ? ([stop - 1, stop] as const) : interval)),
  ]);

interface Faces {
  readonly region: Region;
  readonly offset: number;
  readonly planes: readonly Uint32Array[];
  readonly values?: readonly TypedArray[];
  /** Neighbours that have not come yet. */
  waiting: number;
}

/** How blocks connect. */
export interface Joining {
  /** Connected offsets that precede a pixel, `rank` each. */
  readonly earlier: Int32Array;
  /** Axes whose last elements are neighbours of the first. */
  readonly wrapAxes: readonly number[];
}

/**
 * Folds blocks in any order. Keeps a node per block label, and the faces of blocks that still wait for a neighbour:
 * memory is O(objects + open faces).
 */
export class LabelMerger implements Accumulator<LabelPartial, LabelMerge> {
  readonly #blocks: BlockOffsets;
  readonly #forest: LabelForest;
  readonly #open = new Map<number, Faces>();
  readonly #neighbours: Neighbour[];

  constructor(
    readonly shape: Shape,
    block: Shape,
    readonly joining: Joining,
  ) {
    this.#blocks = new BlockOffsets(shape, block);
    this.#forest = new LabelForest(shape);
    this.#neighbours = neighboursOf(shape.length, joining.earlier);
  }

  add({ first, faces, values }: LabelPartial, region: Region): void {
    const offset = this.#forest.append(first, region);
    this.#blocks.set(region, offset, offset + first.length);
    const index = this.#blocks.indexOf(region);
    const flat = flatIndex(index, this.#blocks.grid);
    const own: Faces = { region, offset, planes: faces, values, waiting: 0 };
    for (const { direction, steps } of this.#neighbours) {
      const neighbour = this.#neighbour(index, direction);
      if (!neighbour) continue;
      const open = neighbour.flat === flat ? own : this.#open.get(neighbour.flat);
      if (!open) {
        own.waiting++;
        continue;
      }
      this.#merge(own, open, direction, steps, neighbour.shift);
      if (open !== own && --open.waiting === 0) this.#open.delete(neighbour.flat);
    }
    if (own.waiting > 0) this.#open.set(flat, own);
  }

  finish(): LabelMerge {
    const { count, finals } = this.#forest.number();
    return new LabelMerge(this.#blocks.grid, this.#blocks.offsets, finals, count);
  }

  /** The block in a direction, and by how much it is moved to stand there when it is beyond the edge of an axis that wraps. */
  #neighbour(index: readonly number[], direction: readonly number[]) {
    const { grid } = this.#blocks;
    const shift = direction.map(() => 0);
    const other = index.map((i, axis) => {
      const at = i + direction[axis];
      if (at >= 0 && at < grid[axis]) return at;
      shift[axis] = at < 0 ? -this.shape[axis] : this.shape[axis];
      return at < 0 ? grid[axis] - 1 : 0;
    });
    if (shift.some((s, axis) => s !== 0 && !this.joining.wrapAxes.includes(axis))) return undefined;
    return { flat: flatIndex(other, grid), shift };
  }

  /** Unites labels of `a` and `b`, the block in `direction` from it (moved by `shift`), that touch. */
  #merge(a: Faces, b: Faces, direction: readonly number[], steps: Steps, shift: readonly number[]): void {
    const none = direction.map(() => 0);
    const back = direction.map((d) => -d);
    const planeA = facePlane(a, direction, none);
    const planeB = facePlane(b, back, shift);
    for (const step of steps) this.#mergeOffset(planeA, planeB, step, direction);
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
    const inner = Math.max(
      0,
      range.findLastIndex(([start, stop]) => stop - start > 1),
    );
    const length = range[inner][1] - range[inner][0];
    const index = range.map(([start]) => start);
    while (true) {
      let atA = 0;
      let atB = 0;
      for (let axis = 0; axis < index.length; axis++) {
        atA += (index[axis] - a.region[axis][0]) * a.strides[axis];
        atB += (index[axis] + step[axis] - b.region[axis][0]) * b.strides[axis];
      }
      this.#mergeLine(a, b, atA, atB, inner, length);
      let axis = index.length - 1;
      while (axis >= 0 && (axis === inner || ++index[axis] === range[axis][1])) {
        index[axis] = range[axis][0];
        axis--;
      }
      if (axis < 0) return;
    }
  }

  #mergeLine(a: Plane, b: Plane, atA: number, atB: number, axis: number, length: number): void {
    const [stepA, stepB] = [a.strides[axis], b.strides[axis]];
    let previousA = 0;
    let previousB = 0;
    for (let i = 0; i < length; i++, atA += stepA, atB += stepB) {
      const labelA = a.labels[atA];
      const labelB = b.labels[atB];
      if (labelA === 0 || labelB === 0 || (labelA === previousA && labelB === previousB)) continue;
      previousA = labelA;
      previousB = labelB;
      if (a.values && a.values[atA] !== b.values![atB]) continue;
      this.#forest.union(a.offset + labelA - 1, b.offset + labelB - 1);
    }
  }
}

interface Plane {
  readonly region: Region;
  readonly block: Region;
  readonly strides: readonly number[];
  readonly labels: Uint32Array;
  readonly values?: TypedArray;
  readonly offset: number;
}

/** The face of a block towards `direction`, along its first axis that moves; regions are moved by `shift`. */
function facePlane(
  { region, offset, planes, values }: Faces,
  direction: readonly number[],
  shift: readonly number[],
): Plane {
  const axis = direction.findIndex((d) => d !== 0);
  const face = 2 * axis + (direction[axis] > 0 ? 1 : 0);
  const plane = faceRegions(region)[face];
  return {
    region: shiftRegion(plane, shift),
    block: shiftRegion(region, shift),
    strides: stridesOf(regionShape(plane)),
    labels: planes[face],
    values: values?.[face],
    offset,
  };
}

type Steps = readonly (readonly number[])[];

interface Neighbour {
  readonly direction: readonly number[];
  /** Connected offsets from a pixel of a block to one of its neighbour: those that step along every axis that differs. */
  readonly steps: Steps;
}

/** The directions to neighbouring blocks in which pixels connect. */
function neighboursOf(rank: number, earlier: Int32Array): Neighbour[] {
  const offsets: number[][] = [];
  for (let o = 0; o < earlier.length; o += rank) {
    const offset = Array.from(earlier.subarray(o, o + rank));
    offsets.push(
      offset,
      offset.map((d) => -d),
    );
  }
  const all: Neighbour[] = [];
  for (let code = 0; code < 3 ** rank; code++) {
    const direction = Array.from({ length: rank }, (_, axis) => (Math.floor(code / 3 ** axis) % 3) - 1);
    if (direction.every((d) => d === 0)) continue;
    const steps = offsets.filter((step) =>
      step.every((s, axis) => direction[axis] === 0 || s === direction[axis]),
    );
    if (steps.length > 0) all.push({ direction, steps });
  }
  return all;
}
