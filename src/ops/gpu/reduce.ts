// Sum, extrema and squares of a block: CpuKernels.reduceBlock on the GPU, exact for integers.
import { type DType, isFloat } from '../../core/dtype';
import type { GpuBufferRef, GpuContext, GpuPartial } from '../../core/op';
import { fromKey } from './orderedKey';
import { elementHeader, floatBits, wordCount } from './wgsl';
import { signed64, unsigned96 } from './wide';

export interface StatisticsPartial {
  /** Exact for integers: a bigint where it may exceed 2^53. */
  readonly sum: number | bigint;
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
  /** Sum of squared distances from the centre. */
  readonly squares: number;
}

export interface Reduce {
  readonly input: GpuBufferRef;
  readonly dtype: DType;
  readonly count: number;
  readonly centre: number;
}

const WORDS_PER_GROUP = 64 * 64;
const ROW = 8;

/** Statistics of `count` elements; a NaN makes all of them NaN. */
export function reduceGpu(context: GpuContext, reduce: Reduce): GpuPartial<StatisticsPartial> {
  const { input, dtype, count, centre } = reduce;
  const groups = Math.ceil(wordCount(dtype, count) / WORDS_PER_GROUP);
  const rows = context.scratch(4 * ROW * groups);
  const bias = dtype === 'uint32' ? 2 ** 31 : 0;
  const float = isFloat(dtype);
  context.dispatch({
    shader: float ? 'reduceFloat' : 'reduceInteger',
    header: float ? '' : `${elementHeader(dtype)}\nconst BIAS = ${bias}u;`,
    uniforms: [count, groups, floatBits(centre)],
    bindings: [input, rows],
    invocations: groups * 64,
  });
  const decode = ([data]: readonly ArrayBuffer[]) =>
    float
      ? decodeFloat(dtype, data, count, centre)
      : decodeInteger(new Uint32Array(data), count, centre, bias);
  return { buffers: [rows], decode };
}

function decodeFloat(dtype: DType, data: ArrayBuffer, count: number, centre: number): StatisticsPartial {
  const words = new Uint32Array(data);
  const floats = new Float32Array(data);
  const rounded = Math.fround(centre);
  let [deviations, squares, minimum, maximum] = [0, 0, Infinity, -Infinity];
  for (let at = 0; at < words.length; at += ROW) {
    if (words[at + 4]) return { sum: NaN, minimum: NaN, maximum: NaN, squares: NaN };
    deviations += floats[at];
    squares += floats[at + 1];
    minimum = Math.min(minimum, fromKey(dtype, words[at + 2]));
    maximum = Math.max(maximum, fromKey(dtype, words[at + 3]));
  }
  // From the centre in float32 back to the one asked for.
  const shift = centre - rounded;
  return {
    sum: deviations + count * rounded,
    minimum,
    maximum,
    squares: squares - 2 * shift * deviations + count * shift * shift,
  };
}

function decodeInteger(words: Uint32Array, count: number, centre: number, bias: number): StatisticsPartial {
  let [deviations, squares] = [0n, 0n];
  let [minimum, maximum] = [Infinity, -Infinity];
  for (let at = 0; at < words.length; at += ROW) {
    deviations += signed64(words, at);
    squares += unsigned96(words, at + 2);
    minimum = Math.min(minimum, words[at + 5] | 0);
    maximum = Math.max(maximum, words[at + 6] | 0);
  }
  // Exactly to the whole number nearest the centre; the rest of the way is well conditioned.
  const whole = Math.round(centre) - bias;
  const [n, c] = [BigInt(count), BigInt(whole)];
  const about = Number(squares - 2n * c * deviations + n * c * c);
  const shift = centre - bias - whole;
  return {
    sum: deviations + n * BigInt(bias),
    minimum: minimum + bias,
    maximum: maximum + bias,
    squares: about - 2 * shift * Number(deviations - n * c) + count * shift * shift,
  };
}
