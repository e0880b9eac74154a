// Box copies between packed arrays: crops, pads, faces, concatenation.
import { type DType, isComplex, itemSize, partDType } from '../../core/dtype';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { type Region, regionShape } from '../../core/region';
import { lanes, shape4, wordCount } from './wgsl';

export interface BoxCopy {
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly dtype: DType;
  /** Up to four axes each; all of one length. */
  readonly inputShape: readonly number[];
  readonly inputOffset: readonly number[];
  readonly outputShape: readonly number[];
  readonly outputOffset: readonly number[];
  readonly boxShape: readonly number[];
}

/** Copies a box; the rest of the output stays as it is. Input and output must be different buffers. */
export function copyBoxGpu(context: GpuContext, copy: BoxCopy): void {
  const { input, output, dtype } = copy;
  const padOffset = (offset: readonly number[]) => [
    ...new Array<number>(4 - offset.length).fill(0),
    ...offset,
  ];
  const outputShape = shape4(copy.outputShape, 'outputShape');
  context.dispatch({
    shader: 'copyBox',
    header: `const LANES = ${lanes(dtype)}u;\nconst BITS = ${itemSize(dtype) * 8}u;`,
    uniforms: [
      ...shape4(copy.inputShape, 'inputShape'),
      ...padOffset(copy.inputOffset),
      ...outputShape,
      ...padOffset(copy.outputOffset),
      ...shape4(copy.boxShape, 'boxShape'),
    ],
    bindings: [input, output],
    invocations: wordCount(
      dtype,
      outputShape.reduce((a, b) => a * b, 1),
    ),
  });
}

/** A block covering `whole`, and one covering `part` of it. */
export interface PartCopy {
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly dtype: DType;
  readonly whole: Region;
  readonly part: Region;
}

/** Copies `part` out of the block of `whole`. */
export function cropGpu(context: GpuContext, copy: PartCopy): void {
  const { whole, part, ...buffers } = byParts(copy);
  const { shape, box, offset } = nest(whole, part);
  const none = box.map(() => 0);
  const into = { outputShape: box, outputOffset: none, boxShape: box };
  copyBoxGpu(context, { ...buffers, ...into, inputShape: shape, inputOffset: offset });
}

/** Copies the block of `part` into its place in the block of `whole`. */
export function pasteGpu(context: GpuContext, copy: PartCopy): void {
  const { whole, part, ...buffers } = byParts(copy);
  const { shape, box, offset } = nest(whole, part);
  const none = box.map(() => 0);
  const from = { inputShape: box, inputOffset: none, boxShape: box };
  copyBoxGpu(context, { ...buffers, ...from, outputShape: shape, outputOffset: offset });
}

/** Complex blocks as real ones with a last axis for the two parts. */
function byParts(copy: PartCopy): PartCopy {
  const { dtype, whole, part } = copy;
  if (!isComplex(dtype)) return copy;
  return { ...copy, dtype: partDType(dtype), whole: [...whole, [0, 2]], part: [...part, [0, 2]] };
}

/** `part` inside `whole` with as few axes as possible: an axis that is not cut continues the one before it. */
function nest(whole: Region, part: Region): { shape: number[]; box: number[]; offset: number[] } {
  const shape = [1];
  const box = [1];
  const offset = [0];
  regionShape(whole).forEach((length, axis) => {
    const cut = part[axis][1] - part[axis][0];
    const last = shape.length - 1;
    if (cut === length) {
      shape[last] *= length;
      box[last] *= length;
      offset[last] *= length;
    } else if (shape[last] === 1) {
      shape[last] = length;
      box[last] = cut;
      offset[last] = part[axis][0] - whole[axis][0];
    } else {
      shape.push(length);
      box.push(cut);
      offset.push(part[axis][0] - whole[axis][0]);
    }
  });
  return { shape, box, offset };
}
