// Labels in any numbering to 1..n by first pixel: a hash table of the labels, ranks by counting bits.
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { rankBits } from './label';

export interface Renumber {
  /** u32 a pixel, 0 for the background. */
  readonly input: GpuBufferRef;
  /** u32 a pixel, written. */
  readonly labels: GpuBufferRef;
  readonly pixels: number;
}

/** Numbers labels as CpuKernels.compressLabels does. Five dispatches. */
export function renumberGpu(context: GpuContext, { input, labels, pixels }: Renumber): void {
  // At most half full, so that probing ends soon; a power of two.
  const slots = 2 ** Math.ceil(Math.log2(2 * pixels));
  const keys = context.scratch(4 * slots);
  const firsts = context.scratch(4 * slots);
  const words = Math.ceil(pixels / 32);
  const bits = context.scratch(4 * words);
  // The labels' buffer holds each pixel's slot until the last step.
  context.dispatch({
    shader: 'renumberInsert',
    uniforms: [pixels, slots - 1],
    bindings: [input, keys, firsts, labels],
    invocations: pixels,
  });
  context.dispatch({
    shader: 'renumberFirsts',
    uniforms: [pixels],
    bindings: [input, labels, firsts, bits],
    invocations: words,
  });
  const { ranks, sums } = rankBits(context, bits, words);
  context.dispatch({
    shader: 'renumberApply',
    uniforms: [pixels],
    bindings: [input, firsts, bits, ranks, sums, labels],
    invocations: pixels,
  });
}
