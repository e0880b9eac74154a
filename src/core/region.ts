// Box arithmetic over regions, and the regular chunk grid.
import { rowCopier } from './copyRow';
import type { TypedArray } from './dtype';
import { RegionError } from './errors';

/** One axis of a region: from start up to, not including, stop. */
export type Interval = readonly [start: number, stop: number];

/** A box of an array: one interval per axis. */
export type Region = readonly Interval[];

export type Shape = readonly number[];

/** The region covering a whole array. */
export const wholeRegion = (shape: Shape): Region => shape.map((n) => [0, n] as const);

export const regionShape = (region: Region): number[] => region.map(([start, stop]) => stop - start);

export const elementCount = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

export const regionSize = (region: Region): number => elementCount(regionShape(region));

export const isEmptyRegion = (region: Region): boolean => region.some(([start, stop]) => stop <= start);

export function sameRegion(a: Region, b: Region): boolean {
  return a.length === b.length && a.every(([start, stop], i) => start === b[i][0] && stop === b[i][1]);
}

/** The overlap; some axis is empty (start >= stop) when there is none. */
export const intersect = (a: Region, b: Region): Region =>
  a.map(([start, stop], i) => [Math.max(start, b[i][0]), Math.min(stop, b[i][1])] as const);

/** The smallest region holding both. */
export const boundingRegion = (a: Region, b: Region): Region =>
  a.map(([start, stop], i) => [Math.min(start, b[i][0]), Math.max(stop, b[i][1])] as const);

export const shiftRegion = (region: Region, offset: readonly number[]): Region =>
  region.map(([start, stop], i) => [start + offset[i], stop + offset[i]] as const);

/** C-order strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Chunks along each axis. */
export const gridShape = (shape: Shape, chunks: Shape): number[] =>
  shape.map((n, i) => Math.ceil(n / chunks[i]));

/** The region of one chunk, cut at the array's edge. */
export const chunkRegion = (index: readonly number[], shape: Shape, chunks: Shape): Region =>
  index.map((i, axis) => [i * chunks[axis], Math.min(shape[axis], (i + 1) * chunks[axis])] as const);

/** The smallest union of whole chunks that holds `region`. */
export const alignToChunks = (region: Region, shape: Shape, chunks: Shape): Region =>
  region.map(([start, stop], axis) => {
    const size = chunks[axis];
    return [Math.floor(start / size) * size, Math.min(shape[axis], Math.ceil(stop / size) * size)] as const;
  });

/** Indices of the chunks that overlap `region`, in C order. */
export function* chunksIn(region: Region, chunks: Shape): Generator<number[]> {
  if (isEmptyRegion(region)) return;
  const first = region.map(([start], axis) => Math.floor(start / chunks[axis]));
  const last = region.map(([, stop], axis) => Math.ceil(stop / chunks[axis]) - 1);
  const index = [...first];
  while (true) {
    yield [...index];
    let axis = index.length - 1;
    while (axis >= 0 && index[axis] === last[axis]) index[axis] = first[axis--];
    if (axis < 0) return;
    index[axis]++;
  }
}

/** Throws a {@link RegionError} unless `region` is a box of integers inside `shape`. */
export function checkRegion(region: Region, shape: Shape, argument = 'region'): Region {
  if (!Array.isArray(region) || region.length !== shape.length)
    throw new RegionError(argument, region, `${shape.length} intervals, one per axis of shape [${shape}]`);
  region.forEach((interval, axis) => {
    const [start, stop] = Array.isArray(interval) ? interval : [];
    const fits =
      Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && start <= stop && stop <= shape[axis];
    if (!fits)
      throw new RegionError(`${argument}[${axis}]`, interval, `0 <= start <= stop <= ${shape[axis]}`);
  });
  return region;
}

/** A typed array (C order) and the region that it covers. */
export interface PlacedArray {
  readonly data: TypedArray;
  readonly region: Region;
}

/**
 * Copies the overlap of `source` (covering exactly `from`) into `target` (covering exactly `to`), or what of it lies in
 * `box`. Both are of one dtype; how many entries an element has (two, if it is complex) shows in the lengths.
 */
export function copyRegion(
  source: TypedArray,
  from: Region,
  target: TypedArray,
  to: Region,
  box: Region = to,
): void {
  const overlap = intersect(intersect(from, to), box);
  if (isEmptyRegion(overlap)) return;
  const entries = target.length / regionSize(to);
  const sourceStrides = stridesOf(regionShape(from));
  const targetStrides = stridesOf(regionShape(to));
  // Axes that are whole on both sides are part of the row.
  let row = entries;
  let axes = overlap.length;
  for (let whole = true; axes > 0 && whole; axes--) {
    const length = overlap[axes - 1][1] - overlap[axes - 1][0];
    row *= length;
    whole = sameLength(length, from[axes - 1]) && sameLength(length, to[axes - 1]);
  }
  let at = 0;
  let into = 0;
  overlap.forEach(([start], axis) => {
    at += (start - from[axis][0]) * sourceStrides[axis] * entries;
    into += (start - to[axis][0]) * targetStrides[axis] * entries;
  });
  const lengths = regionShape(overlap);
  const index = new Array<number>(axes).fill(0);
  const copyRow = rowCopier(source, target);
  while (true) {
    copyRow(at, into, row);
    let axis = axes - 1;
    for (; axis >= 0; axis--) {
      at += sourceStrides[axis] * entries;
      into += targetStrides[axis] * entries;
      if (++index[axis] < lengths[axis]) break;
      index[axis] = 0;
      at -= lengths[axis] * sourceStrides[axis] * entries;
      into -= lengths[axis] * targetStrides[axis] * entries;
    }
    if (axis < 0) return;
  }
}

const sameLength = (length: number, [start, stop]: Interval): boolean => stop - start === length;

/** The data of `to`, a part of what `data` covers (`from`): a copy, or `data` itself when that is all. */
export function cropBlock(data: TypedArray, from: Region, to: Region): TypedArray {
  if (sameRegion(from, to)) return data;
  const out = data.slice(0, (data.length / regionSize(from)) * regionSize(to));
  copyRegion(data, from, out, to);
  return out;
}
