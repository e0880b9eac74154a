// Fourier transforms of whole lines: CpuKernels.fourier on the GPU, a dispatch a pass over all lines at once.
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { fourierPlan, type Pass, rootsOf } from '../ndfourier/fourierPlan';
import { floatBits } from './wgsl';

export interface FourierLinesCall {
  readonly kind: 'complex' | 'fromReal' | 'toReal';
  readonly inverse: boolean;
  readonly scale: number;
  /** Float32 or complex64, dense, seen as [outer, inputLength, inner]; `lines` is outer * inner. */
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly lines: number;
  readonly inner: number;
  readonly inputLength: number;
  /** Length of the transform. */
  readonly length: number;
  readonly outputLength: number;
}

export function fourierLinesGpu(context: GpuContext, call: FourierLinesCall): void {
  const { kind, inverse, input, output, lines, inner, inputLength, length, outputLength, scale } = call;
  const { passes, convolution } = fourierPlan(length);
  const width = convolution?.length ?? length;
  const chirp = context.constant(new Float32Array(convolution?.chirp ?? [1, 0]));
  const buffers = [context.scratch(8 * lines * width), context.scratch(8 * lines * width)] as const;
  const header = [
    `const FROM_REAL = ${kind === 'fromReal'};`,
    `const TO_REAL = ${kind === 'toReal'};`,
    `const INVERSE = ${inverse};`,
    `const CHIRP = ${convolution !== undefined};`,
  ].join('\n');
  context.dispatch({
    shader: 'fourierLoad',
    header,
    uniforms: [lines * width, inputLength, length, width, inner],
    bindings: [input, chirp, buffers[0]],
    invocations: lines * width,
  });
  let result = runPasses(context, passes, buffers, lines * width, width, inner);
  if (convolution) {
    context.dispatch({
      shader: 'fourierConvolve',
      uniforms: [lines * width, width, inner],
      bindings: [context.constant(new Float32Array(convolution.filter)), buffers[result]],
      invocations: lines * width,
    });
    const turned = result === 0 ? buffers : ([buffers[1], buffers[0]] as const);
    result = buffers.indexOf(turned[runPasses(context, passes, turned, lines * width, width, inner)]);
  }
  context.dispatch({
    shader: 'fourierStore',
    header,
    uniforms: [lines * outputLength, outputLength, width, inner, floatBits(scale)],
    bindings: [buffers[result], chirp, output],
    invocations: lines * outputLength,
  });
}

/** All passes, from the first buffer on; which one holds the result. */
function runPasses(
  context: GpuContext,
  passes: readonly Pass[],
  buffers: readonly [GpuBufferRef, GpuBufferRef],
  count: number,
  width: number,
  inner: number,
): number {
  passes.forEach(({ radix, before, after, twiddles }, i) => {
    const roots = rootsOf(radix);
    const list = Array.from(
      { length: radix },
      (_, k) => `vec2f(${literal(roots[2 * k])}, ${literal(roots[2 * k + 1])})`,
    );
    context.dispatch({
      shader: 'fourierPass',
      header: `const RADIX = ${radix}u;\nconst ROOTS = array<vec2f, ${radix}>(${list.join(', ')});`,
      uniforms: [count / radix, width, inner, before, after],
      bindings: [buffers[i % 2], context.constant(new Float32Array(twiddles)), buffers[(i + 1) % 2]],
      invocations: count / radix,
    });
  });
  return passes.length % 2;
}

const literal = (value: number): string => `${Math.fround(value).toFixed(9)}f`;
