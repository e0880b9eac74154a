// Order statistics of windows on the GPU: a padded block is gathered first, so that windows see no edges.
import { type DType, isFloat, isSigned, itemSize } from '../../core/dtype';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { elementCount } from '../../core/region';
import { isGpuType, lanes, scalarBits, wordCount } from './wgsl';

export interface GpuWindow {
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly dtype: DType;
  /** Four axes each. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly sizes: readonly number[];
  /** Position in the input of each element of the padded block, an axis each; -1 for the constant. */
  readonly tables: readonly Int32Array[];
  readonly cval: number;
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
  return `const LANES = ${lanes(dtype)}u;\nconst BITS = ${8 * itemSize(dtype)}u;\nconst KIND = ${kind}u;`;
};

const paddedShape = ({ outputShape, sizes }: GpuWindow): number[] =>
  outputShape.map((n, axis) => n + sizes[axis] - 1);

/** The input as its windows see it. */
function gather(context: GpuContext, window: GpuWindow): GpuBufferRef {
  const { dtype, tables } = window;
  const shape = paddedShape(window);
  const words = wordCount(dtype, elementCount(shape));
  const padded = context.scratch(4 * words);
  let length = 0;
  const starts = tables.map((table) => {
    length += table.length;
    return length - table.length;
  });
  const joined = new Int32Array(length);
  for (const [axis, table] of tables.entries()) joined.set(table, starts[axis]);
  context.dispatch({
    shader: 'gatherBox',
    header: header(dtype),
    uniforms: [...window.inputShape, ...shape, ...starts, scalarBits(dtype, window.cval)],
    bindings: [window.input, context.constant(joined), padded],
    invocations: words,
  });
  return padded;
}

/** Distances in a padded block of `shape`, from coordinates of four axes. */
function flatten(offsets: Int32Array, shape: readonly number[]): Uint32Array {
  return Uint32Array.from({ length: offsets.length / 4 }, (_, i) => {
    const [a, b, c, d] = offsets.subarray(4 * i, 4 * i + 4);
    return ((a * shape[1] + b) * shape[2] + c) * shape[3] + d;
  });
}

/** Smallest (largest) element of each window: of the whole box in passes along its axes, or at `offsets`. */
export function extremumGpu(
  context: GpuContext,
  window: GpuWindow & { readonly offsets?: Int32Array; readonly maximum: boolean },
): void {
  const { dtype, sizes, offsets, maximum, outputShape, output } = window;
  const shape = paddedShape(window);
  const passes = offsets ? [flatten(offsets, shape)] : boxPasses(sizes, shape);
  let from = gather(context, window);
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
  const taps = flatten(offsets, shape);
  context.dispatch({
    shader: 'windowRank',
    header: header(dtype),
    uniforms: [...shape, ...outputShape, taps.length, rank],
    bindings: [gather(context, window), context.constant(taps), output],
    invocations: wordCount(dtype, elementCount(outputShape)),
  });
}
