// Means over a window along one axis: CpuKernels.uniform1d on the GPU.
import { type DType, isFloat } from '../../core/dtype';
import type { GpuContext } from '../../core/op';
import { FILTER_TYPES, isAligned, type Lines, lineCount, lineUniforms } from './lines';
import { elementHeader, scalarBits, wordCount } from './wgsl';

/** Why the GPU cannot average this dtype. */
export const uniform1dRefuses = (dtype: DType, size: number): string | undefined => {
  if (!FILTER_TYPES.includes(dtype)) return `${dtype} needs 64-bit arithmetic`;
  return size > 32767 ? `a window of ${size} overflows 32-bit sums` : undefined;
};

/** output[o, y, i] = mean of input[o, table[y + k], i] over k < size; integers exactly, divided towards zero. */
export function uniform1dGpu(context: GpuContext, lines: Lines & { readonly size: number }): void {
  const { dtype, size, input, output, table } = lines;
  context.dispatch({
    shader: 'uniform1d',
    header: `${elementHeader(dtype)}\nalias Sum = ${isFloat(dtype) ? 'f32' : 'i32'};\nconst ALIGNED = ${isAligned(lines)};`,
    uniforms: [...lineUniforms(lines, size), scalarBits(dtype, lines.cval)],
    bindings: [input, context.constant(table), output],
    invocations: wordCount(dtype, lineCount(lines)),
  });
}
