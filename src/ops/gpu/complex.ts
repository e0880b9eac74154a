// Complex blocks and their parts, as bits.
import type { GpuBufferRef, GpuContext } from '../../core/op';

export interface SplitParts {
  /** Complex64, dense. */
  readonly input: GpuBufferRef;
  /** Float32, dense. */
  readonly output: GpuBufferRef;
  /** 0: real, 1: imaginary. */
  readonly part: 0 | 1;
  readonly count: number;
}

export function splitPartsGpu(context: GpuContext, { input, output, part, count }: SplitParts): void {
  context.dispatch({
    shader: 'splitParts',
    uniforms: [count, part],
    bindings: [input, output],
    invocations: count,
  });
}

export interface JoinParts {
  readonly re: GpuBufferRef;
  readonly im: GpuBufferRef;
  /** Complex64, dense. */
  readonly output: GpuBufferRef;
  readonly count: number;
}

export function joinPartsGpu(context: GpuContext, { re, im, output, count }: JoinParts): void {
  context.dispatch({
    shader: 'joinParts',
    uniforms: [count],
    bindings: [re, im, output],
    invocations: count,
  });
}
