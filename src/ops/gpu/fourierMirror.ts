// The mirrored half of spectra of real lines: CpuKernels.fourierMirror on the GPU.
import type { GpuBufferRef, GpuContext } from '../../core/op';

export interface FourierMirrorCall {
  /** Complex64, dense, seen as [outer, rows, inner]; as is the output. */
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly outer: number;
  readonly inner: number;
  readonly inputFirst: number;
  readonly inputRows: number;
  readonly outputFirst: number;
  readonly outputRows: number;
  /** Rows of the whole spectrum. */
  readonly length: number;
}

export function fourierMirrorGpu(context: GpuContext, call: FourierMirrorCall): void {
  const { input, output, outer, inner, inputFirst, inputRows, outputFirst, outputRows, length } = call;
  const count = outer * outputRows * inner;
  context.dispatch({
    shader: 'fourierMirror',
    uniforms: [count, inputFirst, inputRows, outputFirst, outputRows, inner, length],
    bindings: [input, output],
    invocations: count,
  });
}
