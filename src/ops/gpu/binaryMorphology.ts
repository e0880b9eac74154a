// Binary erosion and dilation: CpuKernels.binaryMorphology on the GPU.
import type { GpuBufferRef, GpuContext } from '../../core/op';

export interface BinaryMorphology {
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  /** Four axes each. */
  readonly inputShape: ArrayLike<number>;
  readonly outputShape: ArrayLike<number>;
  /** Position of output element 0 inside the input. */
  readonly origin: ArrayLike<number>;
  /** Four axes for each of `count` offsets. */
  readonly offsets: Int32Array;
  readonly count: number;
  readonly dilate: boolean;
  /** What lies outside the input: 0 or 1. */
  readonly border: number;
}

/** Output element p is the AND (OR when `dilate`) of the input elements p + origin + offset. */
export function binaryMorphologyGpu(context: GpuContext, morphology: BinaryMorphology): void {
  const { input, output, offsets, count, dilate, border } = morphology;
  const bound = (fold: (a: number, b: number) => number, axis: number) => {
    let result = count > 0 ? offsets[axis] : 0;
    for (let i = axis; i < 4 * count; i += 4) result = fold(result, offsets[i]);
    return result;
  };
  const outputShape = Array.from(morphology.outputShape);
  const elements = outputShape.reduce((a, b) => a * b, 1);
  context.dispatch({
    shader: 'binaryMorphology',
    header: `const DILATE = ${dilate};\nconst BORDER = ${border !== 0};`,
    uniforms: [
      ...Array.from(morphology.inputShape),
      ...outputShape,
      ...Array.from(morphology.origin),
      ...[0, 1, 2, 3].map((axis) => bound(Math.min, axis)),
      ...[0, 1, 2, 3].map((axis) => bound(Math.max, axis)),
      count,
    ],
    bindings: [input, context.constant(count > 0 ? offsets : new Int32Array(4)), output],
    invocations: Math.ceil(elements / 4),
  });
}
