// Order statistics of a window: the smallest and the largest element, and the element of a rank.
import { checkFinite, checkInteger } from '../../core/checks';
import { DTYPES, type DType, isFloat, itemSize, valueRange } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, pickMeta } from '../../core/graph';
import { defineBlockOp } from '../../core/op';
import { regionSize } from '../../core/region';
import { castNode } from '../elementwise';
import { extremumGpu, orderRefuses, rankGpu } from '../gpu/order';
import { NETWORK_TAPS } from '../gpu/rankWgsl';
import { selectionNetwork } from './network';
import { type RankParams, rankCpu } from './rankCpu';
import {
  parseWindow,
  type WindowOptions,
  type WindowParams,
  windowCount,
  windowDemand,
  windowGeometry,
  windowOffsets,
} from './window';
import { walkBoxes } from './windowBoxes';

type ExtremumParams = WindowParams & { readonly maximum: boolean };

/** A padded block of this many bytes stays in a second-level cache. */
const EXTREMUM_BYTES = 1 << 17;

export const windowExtremum = defineBlockOp<ExtremumParams>({
  name: 'windowExtremum',
  demand: (region, params, [input]) => [windowDemand(region, params, input.shape)],
  gpuRefuses: (params, _inputs, { dtype }) => orderRefuses(dtype, params.offsets ? windowCount(params) : 1),
  cpu(context, step) {
    const { params, output } = step;
    const { kernels } = context;
    const bytes = itemSize(output.dtype);
    const dtype = DTYPES.indexOf(output.dtype);
    const walk = walkBoxes(context, step, EXTREMUM_BYTES / bytes);
    const target = context.output(output);
    const sizes = context.constant(Int32Array.from(walk.geometry.sizes));
    const count = params.offsets ? windowCount(params) : 0;
    const offsets = count > 0 ? context.constant(windowOffsets(params)) : 0;
    const scratch = context.scratch(4 * count);
    walk.visit((padded, box, elements) => {
      kernels.orderKeys(padded, dtype, elements, 0);
      if (params.maximum) kernels.complementKeys(padded, elements * bytes);
      if (count > 0) kernels.extremumFootprint(padded, target, bytes, box, offsets, count, scratch);
      else kernels.extremumBox(padded, target, bytes, box, sizes);
    });
    if (params.maximum) kernels.complementKeys(target, regionSize(output.region) * bytes);
    kernels.orderKeys(target, dtype, regionSize(output.region), 1);
  },
  gpu(context, { params, inputs: [input], output }) {
    const geometry = windowGeometry(params, output);
    extremumGpu(context, {
      ...geometry,
      input: context.input(input!, geometry.region),
      output,
      dtype: output.dtype,
      cval: params.cval,
      offsets: params.offsets ? windowOffsets(params) : undefined,
      maximum: params.maximum,
    });
  },
});

export const windowRank = defineBlockOp<RankParams>({
  name: 'windowRank',
  demand: (region, params, [input]) => [windowDemand(region, params, input.shape)],
  gpuRefuses: (params, _inputs, { dtype }) => orderRefuses(dtype, 4 * itemSize(dtype) * windowCount(params)),
  cpu: rankCpu,
  gpu(context, { params, inputs: [input], output }) {
    const geometry = windowGeometry(params, output);
    const count = windowCount(params);
    rankGpu(context, {
      ...geometry,
      input: context.input(input!, geometry.region),
      output,
      dtype: output.dtype,
      cval: params.cval,
      offsets: windowOffsets(params),
      rank: params.rank,
      network: count <= NETWORK_TAPS ? selectionNetwork(count, params.rank) : undefined,
    });
  },
});

/** The smallest (or largest) element of the window around each pixel; output dtype = input dtype. */
export function extremumNode(input: GraphNode, maximum: boolean, options: WindowOptions): GraphNode {
  return extremumOf(input, maximum, parseWindow(input.shape.length, options));
}

function extremumOf(input: GraphNode, maximum: boolean, window: WindowParams): GraphNode {
  if (windowCount(window) === 1 && !window.offsets) return input;
  return withConstant(input, window, windowExtremum.name, { ...window, maximum });
}

/** The element of `rank` (0 the smallest; negative from the largest) of the window around each pixel. */
export function rankNode(input: GraphNode, rank: number, options: WindowOptions): GraphNode {
  const window = parseWindow(input.shape.length, options);
  const count = windowCount(window);
  const checked = checkInteger('rank', rank, -count, count - 1);
  return rankOf(input, checked < 0 ? checked + count : checked, window);
}

/** The middle element; the upper one of two. */
export function medianNode(input: GraphNode, options: WindowOptions): GraphNode {
  const window = parseWindow(input.shape.length, options);
  return rankOf(input, windowCount(window) >> 1, window);
}

/** The element below which `percentile` percent of the window lie; negative from the largest. */
export function percentileNode(input: GraphNode, percentile: number, options: WindowOptions): GraphNode {
  const window = parseWindow(input.shape.length, options);
  const given = checkFinite('percentile', percentile);
  if (given < -100 || given > 100)
    throw new ArgumentError('percentile', percentile, 'a number from -100 to 100');
  const positive = given < 0 ? given + 100 : given;
  const count = windowCount(window);
  const rank = positive === 100 ? count - 1 : Math.trunc((count * positive) / 100);
  return rankOf(input, rank, window);
}

function rankOf(input: GraphNode, rank: number, window: WindowParams): GraphNode {
  const last = windowCount(window) - 1;
  if (rank === 0 || rank === last) return extremumOf(input, rank !== 0, window);
  return withConstant(input, window, windowRank.name, { ...window, rank });
}

/**
 * SciPy compares in float64 and casts the result. That only differs from comparing in the image's own type where the
 * constant beyond the edge lies outside of it: then a wider type is filtered, and the result cast.
 */
function withConstant(
  input: GraphNode,
  { cval, modes }: WindowParams,
  op: string,
  params: WindowParams,
): GraphNode {
  const make = (node: GraphNode) => createNode(op, pickMeta(node), params, [node]);
  const { dtype } = input;
  const used = modes.some((mode) => mode === 'constant' || mode === 'grid-constant');
  if (!used || isFloat(dtype) || inRange(dtype, cval)) return make(input);
  const wide = itemSize(dtype) <= 2 && inRange('int32', cval) ? 'int32' : 'float64';
  return castNode(make(castNode(input, wide)), dtype);
}

function inRange(dtype: DType, value: number): boolean {
  const [low, high] = valueRange(dtype);
  const whole = Math.trunc(value);
  return whole >= low && (itemSize(dtype) === 8 ? whole < high : whole <= high);
}
