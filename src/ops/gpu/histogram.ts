// Histograms, exactly as NumPy counts: bin edges become keys that compare without rounding.
import type { DType } from '../../core/dtype';
import type { GpuBufferRef, GpuContext, GpuPartial } from '../../core/op';
import { ceiling, floor, keyFunction, toKey } from './orderedKey';
import { elementHeader, floatBits, wordCount } from './wgsl';

export interface Histogram {
  readonly input: GpuBufferRef;
  readonly dtype: DType;
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly binCount: number;
}

/** Bins that one workgroup counts in its own memory. */
const LOCAL_BINS = 1024;
const WORDS_PER_INVOCATION = 16;

/** Counts per bin as numpy.histogram over [low, high]; values outside, and NaN, are dropped. */
export function histogramGpu(context: GpuContext, histogram: Histogram): GpuPartial<Uint32Array> {
  const { input, dtype, count, low, high, binCount } = histogram;
  const counts = context.scratch(4 * binCount);
  const buffers = [counts];
  const decode = ([data]: readonly ArrayBuffer[]) => new Uint32Array(data);
  const last = floor(dtype, high);
  const edges = new Uint32Array(binCount);
  let reachable = binCount;
  // The edges of numpy.linspace, to the last bit.
  const step = (high - low) / binCount;
  for (let bin = 0; bin < binCount; bin++) {
    const edge = ceiling(dtype, bin * step + low);
    if (edge === undefined) reachable = Math.min(reachable, bin);
    else edges[bin] = toKey(dtype, edge);
  }
  if (reachable === 0 || last === undefined) return { buffers, decode };
  const groupBins = binCount <= LOCAL_BINS ? binCount : 0;
  context.dispatch({
    shader: 'histogram',
    header: [
      elementHeader(dtype),
      `fn key(value: T) -> u32 { return ${keyFunction(dtype)}(value); }`,
      `const LOCAL_BINS = ${groupBins}u;`,
    ].join('\n'),
    uniforms: [count, reachable, toKey(dtype, last), floatBits(binCount / (high - low)), floatBits(low)],
    bindings: [input, context.constant(edges), counts],
    invocations: Math.ceil(wordCount(dtype, count) / WORDS_PER_INVOCATION),
  });
  return { buffers, decode };
}
