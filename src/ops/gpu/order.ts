// Order statistics of windows on the GPU: a padded block is gathered first, so that windows see no edges.
import { type DType, isFloat, isSigned } from '../../core/dtype';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { elementCount } from '../../core/region';
import { flatOffsets, type PaddedBlock, padBlockGpu } from './padBlock';
import { bitsHeader, isGpuType, wordCount } from './wgsl';

export interface GpuWindow extends Omit<PaddedBlock, 'shape'> {
  readonly output: GpuBufferRef;
  /** Four axes each. */
  readonly outputShape: readonly number[];
  readonly sizes: readonly number[];
}

/** Elements that one output may look at, so that a dispatch over a tile stays short. */
const LOOKS = 4096;
/** Elements that a pass of a box looks at, at most. */
const RADIX = 8;

/** Why the GPU cannot filter this dtype with windows in which `looks` elements are looked at. */
export const orderRefuses = (dtype: DType, looks: number): string | undefined => {
  if (!isGpuType(dtype)) return `${dtype} has no 32-bit keys`;
  return looks > LOOKS ? 'the window has too many elements' : undefined;
};

const header = (dtype: DType): string => {
  const kind = isFloat(dtype) ? 2 : isSigned(dtype) ? 1 : 0;
  return `${bitsHeader(dtype)}\nconst KIND = ${kind}u;`;
};

const paddedShape = ({ outputShape, sizes }: GpuWindow): number[] =>
  outputShape.map((n, axis) => n + sizes[axis] - 1);

/** Smallest (largest) element of each window: of the whole box in passes along its axes, or at `offsets`. */
export function extremumGpu(
  context: GpuContext,
  window: GpuWindow & { readonly offsets?: Int32Array; readonly maximum: boolean },
): void {
  const { dtype, sizes, offsets, maximum, outputShape, output } = window;
  const shape = paddedShape(window);
  const passes = offsets ? [flatOffsets(offsets, shape)] : boxPasses(sizes, shape);
  let from = padBlockGpu(context, { ...window, shape });
  passes.forEach((taps, i) => {
    const last = i === passes.length - 1;
    const target = last ? outputShape : shape;
    const words = wordCount(dtype, elementCount(target));
    const to = last ? output : context.scratch(4 * words);
    context.dispatch({
      shader: 'windowExtremum',
      header: `${header(dtype)}\nconst MAXIMUM = ${maximum};`,
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

/** The element of `rank` of each window. */
export function rankGpu(
  context: GpuContext,
  window: GpuWindow & { readonly offsets: Int32Array; readonly rank: number },
): void {
  const { dtype, offsets, rank, outputShape, output } = window;
  const shape = paddedShape(window);
  const taps = flatOffsets(offsets, shape);
  context.dispatch({
    shader: 'windowRank',
    header: header(dtype),
    uniforms: [...shape, ...outputShape, taps.length, rank],
    bindings: [padBlockGpu(context, { ...window, shape }), context.constant(taps), output],
    invocations: wordCount(dtype, elementCount(outputShape)),
  });
}
