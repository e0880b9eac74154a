// Dispatches a fused pointwise expression.
import type { Expression } from '../../core/expression';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { pointwiseHeader } from './pointwiseWgsl';
import { wordCount } from './wgsl';

export interface PointwiseCall {
  readonly expression: Expression;
  /** Elements of every input and of the output. */
  readonly count: number;
  /** Packed and dense; none may be the output's buffer. */
  readonly inputs: readonly GpuBufferRef[];
  readonly output: GpuBufferRef;
}

export function pointwiseGpu(
  context: GpuContext,
  { expression, count, inputs, output }: PointwiseCall,
): void {
  context.dispatch({
    shader: 'pointwise',
    header: pointwiseHeader(expression, inputs.length),
    uniforms: [count, 0],
    bindings: [...inputs, output],
    invocations: wordCount(expression.dtype, count),
  });
}
