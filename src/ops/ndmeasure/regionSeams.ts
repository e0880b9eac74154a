// Where tiles meet: which neighbourhoods lie wholly inside a tile, and how those that do not are put together.
import type { Interval, Region, Shape } from '../../core/region';
import { contourReach } from './contours';

/**
 * Neighbourhoods are counted at their element, from 0 to one beyond the last of an axis; whichever reach across a seam
 * belong to it. In two dimensions they reach {@link contourReach} to either side, in three only back.
 */
function seamIntervals(length: number, block: number, rank: number): Interval[] {
  const [before, after] = rank === 2 ? [contourReach(2), contourReach(2)] : [0, 1];
  const intervals: [number, number][] = [];
  for (let seam = block; seam < length; seam += block) {
    const [start, stop] = [Math.max(0, seam - before), Math.min(length + 1, seam + after)];
    const last = intervals.at(-1);
    if (last && start <= last[1]) last[1] = stop;
    else intervals.push([start, stop]);
  }
  return intervals;
}

/** What of [0, stop) the intervals leave. */
function between(intervals: readonly Interval[], stop: number): Interval[] {
  const edges = [0, ...intervals.flat(), stop];
  const gaps: Interval[] = [];
  for (let i = 0; i < edges.length; i += 2) if (edges[i] < edges[i + 1]) gaps.push([edges[i], edges[i + 1]]);
  return gaps;
}

/** The elements of a tile whose neighbourhoods need no other tile; past the image's end there is background. */
export function innerBox(region: Region, shape: Shape): Region {
  const [before, after] = shape.length === 2 ? [2, 2] : [1, 0];
  return region.map(([start, stop], axis) => [
    start === 0 ? 0 : start + before,
    stop === shape[axis] ? stop + 1 : stop - after,
  ]);
}

/** How deep the labels along a face are needed by the neighbourhoods across it. */
const depth = (rank: number): number => (rank === 2 ? 2 * contourReach(2) : 1);

/** The layers of a tile along its faces towards other tiles. */
export function stripsOf(region: Region, shape: Shape): Region[] {
  const strips: Region[] = [];
  const part = (axis: number, interval: Interval) =>
    strips.push(region.map((whole, i) => (i === axis ? interval : whole)));
  region.forEach(([start, stop], axis) => {
    const deep = Math.min(depth(shape.length), stop - start);
    if (start > 0) part(axis, [start, start + deep]);
    if (stop < shape[axis]) part(axis, [stop - deep, stop]);
  });
  return strips;
}

/** A slab along seams of one axis: the labels it needs, and the elements to be counted in it. */
export interface SeamBand {
  readonly region: Region;
  readonly boxes: readonly Region[];
}

/** The bands of all seams; every element whose neighbourhood crosses any seam is in one box of one band. */
export function* seamBands(shape: Shape, block: Shape): Generator<SeamBand> {
  const rank = shape.length;
  const reach = contourReach(rank);
  const seams = shape.map((length, axis) => seamIntervals(length, block[axis], rank));
  for (let axis = 0; axis < rank; axis++) {
    for (const interval of seams[axis]) {
      const region = shape.map((length, i): Interval => {
        const [start, stop] = i === axis ? interval : [0, length + 1];
        return [start - reach, stop + reach];
      });
      yield { region, boxes: boxesOf(axis, interval, shape, seams) };
    }
  }
}

/** The band without what belongs to the bands of earlier axes. */
function boxesOf(axis: number, interval: Interval, shape: Shape, seams: readonly Interval[][]): Region[] {
  let boxes: Region[] = [[]];
  for (let i = 0; i < shape.length; i++) {
    const parts: readonly Interval[] =
      i === axis ? [interval] : i < axis ? between(seams[i], shape[i] + 1) : [[0, shape[i] + 1]];
    boxes = boxes.flatMap((box) => parts.map((part) => [...box, part]));
  }
  return boxes;
}
