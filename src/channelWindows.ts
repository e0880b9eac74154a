// How the channels of a written image are to be displayed, where the caller does not say all of it.
import { type DType, isFloat } from './core/dtype';
import { ArgumentError } from './core/errors';
import type { GraphNode } from './core/graph';
import { resolveGlobals } from './exec/globals';
import type { ComputeOptions } from './exec/options';
import type { OmeAxis, OmeChannel } from './io/omeZarr';
import { LazyArray } from './lazyArray';
import { histogramNode, integerBins } from './ops/ndmeasure/histogram';
import { type Statistics, statisticsNode } from './ops/reductions';

/** What is said of a channel. Default: a label by its number, a colour of a fixed list, active, a window by histogram. */
export type ChannelOptions = Partial<OmeChannel>;

type Window = NonNullable<OmeChannel['window']>;

/** Blue, green, red and on; a single channel is white. */
const COLORS = ['0000FF', '00FF00', 'FF0000', 'FFFF00', 'FF00FF', '00FFFF'];

/** Of the values, so much is shown as black, and as much as full colour. */
const TAIL = 0.001;

const FLOAT_BINS = 4096;

/**
 * The `omero` channels of an image. Windows that are not given are found in a pass over the array (of floats two): `min`
 * and `max` are its extrema, `start` and `end` the 0.1st and 99.9th percentile, of floats to a 4096th of the range. A
 * channel that is not finite has none.
 * @throws ArgumentError unless there is one for every channel; the errors of the computation
 */
export async function describeChannels(
  node: GraphNode,
  axes: readonly OmeAxis[],
  given: readonly ChannelOptions[],
  options: ComputeOptions,
): Promise<OmeChannel[]> {
  const axis = axes.findIndex(({ type, name }) => type === 'channel' || (type === undefined && name === 'c'));
  const count = axis < 0 ? 1 : node.shape[axis];
  if (given.length !== count)
    throw new ArgumentError('channels', `${given.length} channels`, `${count}, as the array has`);
  const image = new LazyArray(node);
  const planes = given.map((_, i) =>
    axis < 0 ? node : image.slice(...node.shape.map((_, a) => (a === axis ? i : null))).node,
  );
  const wanted = planes.filter((_, i) => !given[i].window);
  const found = wanted.length > 0 ? await windowsOf(wanted, node.dtype, options) : [];
  return given.map(({ label, color, active, window }, i) => ({
    label: label ?? (count === 1 ? 'Intensity' : `Channel ${i}`),
    color: color?.replace('#', '') ?? (count === 1 ? 'FFFFFF' : COLORS[i % COLORS.length]),
    active: active ?? true,
    window: window ?? found.shift(),
  }));
}

async function windowsOf(
  planes: readonly GraphNode[],
  dtype: DType,
  options: ComputeOptions,
): Promise<(Window | undefined)[]> {
  const exact = integerBins(dtype);
  const ranges = exact
    ? planes.map(() => exact)
    : (
        await resultsOf<Statistics>(
          planes.map((plane) => statisticsNode(plane)),
          options,
        )
      ).map(rangeOf);
  const nodes = planes.map((plane, i) => {
    const range = ranges[i];
    return range && histogramNode(plane, range.low, range.high, range.bins);
  });
  const counts = await resultsOf<Float64Array>(
    nodes.filter((node) => node !== undefined),
    options,
  );
  return ranges.map((range) => range && percentileWindow(counts.shift()!, range, !isFloat(dtype)));
}

interface Bins {
  readonly low: number;
  readonly high: number;
  readonly bins: number;
}

function rangeOf({ minimum, maximum }: Statistics): Bins | undefined {
  const [low, high] = [Number(minimum), Number(maximum)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  return { low, high: high > low ? high : low + 1, bins: FLOAT_BINS };
}

async function resultsOf<T>(nodes: readonly GraphNode[], options: ComputeOptions): Promise<T[]> {
  const results = await resolveGlobals(nodes, options);
  return nodes.map(({ key }) => results.get(key) as T);
}

function percentileWindow(counts: Float64Array, { low, high, bins }: Bins, rounds: boolean): Window {
  const width = (high - low) / bins;
  const value = (bin: number) => (rounds ? Math.round(low + bin * width) : low + bin * width);
  const tail = counts.reduce((a, b) => a + b, 0) * TAIL;
  const first = counts.findIndex((n) => n > 0);
  const last = counts.findLastIndex((n) => n > 0);
  let start = first;
  for (let below = counts[start]; below <= tail; below += counts[++start]);
  let end = last;
  for (let above = counts[end]; above <= tail; above += counts[--end]);
  // A bin of one value is that value; a window is never empty.
  const upper = (bin: number) => value(width === 1 ? bin : bin + 1);
  return {
    min: value(first),
    max: upper(last),
    start: value(start),
    end: Math.max(upper(end), value(start) + (rounds ? 1 : width)),
  };
}
