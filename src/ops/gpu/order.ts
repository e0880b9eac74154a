// Order statistics of windows on the GPU: boxes over planes in registers, other windows element by element. Only boxes
// that are large, or long along three axes, take passes over a padded block.
import type { DType } from '../../core/dtype';
import type { GpuContext } from '../../core/op';
import { elementCount } from '../../core/region';
import { extremumHeader, PLANE_WINDOW } from './extremumWgsl';
import { padBlockGpu } from './padBlock';
import { NETWORK_ROWS, networkHeader } from './rankWgsl';
import { slidingRankGpu } from './slidingRank';
import { isGpuType, rowTarget, scalarBits, wordCount } from './wgsl';
import { type GpuWindow, keysHeader, windowArguments } from './windowPlace';

/** Elements that one output may look at, so that a dispatch over a tile stays short. */
const LOOKS = 4096;
/** Elements that a pass of a box looks at, at most. */
const RADIX = 8;

/** Why the GPU cannot filter this dtype with windows in which `looks` elements are looked at. */
export const orderRefuses = (dtype: DType, looks: number): string | undefined => {
  if (!isGpuType(dtype)) return `${dtype} has no 32-bit keys`;
  return looks > LOOKS ? 'the window has too many elements' : undefined;
};

const paddedShape = ({ outputShape, sizes }: GpuWindow): number[] =>
  outputShape.map((n, axis) => n + sizes[axis] - 1);

/** Smallest (largest) element of each window: of the whole box, or at `offsets`. */
export function extremumGpu(
  context: GpuContext,
  window: GpuWindow & { readonly offsets?: Int32Array; readonly maximum: boolean },
): void {
  const { sizes, offsets, maximum } = window;
  if (offsets) tapsGpu(context, { ...window, offsets }, maximum ? 1 : 0);
  else if (sizes[0] * sizes[1] === 1 && Math.max(...sizes) <= PLANE_WINDOW) planeExtremum(context, window);
  else passesExtremum(context, window);
}

function planeExtremum(context: GpuContext, window: GpuWindow & { readonly maximum: boolean }): void {
  const { dtype, sizes, maximum, outputShape, inputShape, tables, input, cval } = window;
  const [planes, height, width] = [outputShape[0] * outputShape[1], outputShape[2], outputShape[3]];
  const { output, aligned } = rowTarget(context, window.output);
  const positions = Int32Array.from([...tables[2], ...tables[3]]);
  const code = { dtype, maximum, height: sizes[2], constant: positions.includes(-1), aligned };
  context.dispatch({
    shader: 'extremumPlane',
    header: `${keysHeader(dtype)}\n${extremumHeader(code)}`,
    uniforms: [
      ...[width, height, planes, inputShape[3], inputShape[2] * inputShape[3], sizes[3]],
      scalarBits(dtype, cval),
    ],
    bindings: [input, context.constant(positions), output],
    invocations: 64 * planes * Math.ceil(width / 64) * Math.ceil(height / 64),
  });
}

/** In passes along its axes. */
function passesExtremum(context: GpuContext, window: GpuWindow & { readonly maximum: boolean }): void {
  const { dtype, sizes, maximum, outputShape } = window;
  const shape = paddedShape(window);
  const passes = boxPasses(sizes, shape);
  let from = padBlockGpu(context, { ...window, shape });
  passes.forEach((taps, i) => {
    const last = i === passes.length - 1;
    const target = last ? outputShape : shape;
    const words = wordCount(dtype, elementCount(target));
    const to = last ? context.output(window.output) : context.workspace(4 * words);
    context.dispatch({
      shader: 'windowExtremum',
      header: `${keysHeader(dtype)}\nconst MAXIMUM = ${maximum};`,
      uniforms: [...shape, ...target, taps.length],
      bindings: [from, context.constant(taps), to],
      invocations: words,
    });
    from = to;
  });
}

/** The distances at which each pass looks, so that all together cover the box: windows grow RADIX-fold by a pass. */
function boxPasses(sizes: readonly number[], shape: readonly number[]): Uint32Array[] {
  const passes: Uint32Array[] = [];
  sizes.forEach((size, axis) => {
    const stride = elementCount(shape.slice(axis + 1));
    for (let covered = 1; covered < size; ) {
      const next = Math.min(size, RADIX * covered);
      const taps = Math.ceil(next / covered);
      const steps = Array.from({ length: taps }, (_, i) => Math.min(i * covered, next - covered));
      passes.push(Uint32Array.from(steps, (step) => step * stride));
      covered = next;
    }
  });
  return passes;
}

/** The element of `rank` of each window: by `network`, its exchanges, where there is one for few elements. */
export function rankGpu(
  context: GpuContext,
  window: GpuWindow & {
    readonly offsets: Int32Array;
    readonly rank: number;
    readonly network?: readonly number[];
  },
): void {
  const { sizes, network, rank } = window;
  if (network && sizes[0] * sizes[1] === 1) networkRank(context, { ...window, network });
  else if (sizes[2] > 1) slidingRankGpu(context, window);
  else tapsGpu(context, window, 2, rank);
}

function networkRank(
  context: GpuContext,
  window: GpuWindow & {
    readonly offsets: Int32Array;
    readonly rank: number;
    readonly network: readonly number[];
  },
): void {
  const { dtype, offsets, outputShape, inputShape, sizes, tables, cval, input } = window;
  const [planes, height, width] = [outputShape[0] * outputShape[1], outputShape[2], outputShape[3]];
  const { output, aligned } = rowTarget(context, window.output);
  const positions = Int32Array.from([...tables[2], ...tables[3]]);
  const code = {
    ...{ dtype, aligned, network: window.network, rank: window.rank },
    size: [sizes[2], sizes[3]] as const,
    taps: Array.from(
      { length: offsets.length / 4 },
      (_, i) => [offsets[4 * i + 2], offsets[4 * i + 3]] as const,
    ),
    constant: positions.includes(-1),
  };
  context.dispatch({
    shader: 'rankPlane',
    header: `${keysHeader(dtype)}\n${networkHeader(code)}`,
    uniforms: [
      ...[width, height, planes, inputShape[3], inputShape[2] * inputShape[3]],
      scalarBits(dtype, cval),
    ],
    bindings: [input, context.constant(positions), output],
    invocations: planes * wordCount(dtype, width) * Math.ceil(height / NETWORK_ROWS),
  });
}

/** `selection` as shaders/windowTaps.wgsl has it. */
function tapsGpu(
  context: GpuContext,
  window: GpuWindow & { readonly offsets: Int32Array },
  selection: 0 | 1 | 2,
  rank = 0,
): void {
  const { dtype, outputShape } = window;
  context.dispatch({
    shader: 'windowTaps',
    header: `${keysHeader(dtype)}\nconst SELECT = ${selection}u;`,
    ...windowArguments(context, { ...window, rank }, context.output(window.output)),
    invocations: wordCount(dtype, elementCount(outputShape)),
  });
}
