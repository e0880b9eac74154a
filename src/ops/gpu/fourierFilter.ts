// Products of spectra and transfer functions: CpuKernels.fourierFilter and fourierRotate on the GPU.
import type { GpuBufferRef, GpuContext } from '../../core/op';

export interface FourierFilterCall {
  /** Float32 or complex64, dense; as is the output. */
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly complex: boolean;
  /** How the factors make one: see `Combination`. */
  readonly combination: 'product' | 'rotation' | 2 | 3;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  /** Elements of the block. */
  readonly count: number;
  /** Elements of a row. */
  readonly inner: number;
}

export function fourierFilterGpu(context: GpuContext, call: FourierFilterCall): void {
  const { input, output, combination, complex, count, inner } = call;
  const [rows, columns] = [call.rows, call.columns].map((f) => context.constant(new Float32Array(f)));
  const rank = typeof combination === 'number' ? combination : 0;
  const rotates = combination === 'rotation';
  context.dispatch({
    shader: rotates ? 'fourierRotate' : 'fourierFilter',
    header: rotates ? '' : `const PARTS = ${complex ? 2 : 1}u;\nconst RANK = ${rank}u;`,
    uniforms: [count, inner],
    bindings: [input, rows, columns, output],
    invocations: count,
  });
}
