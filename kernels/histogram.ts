// Histograms of equal bins as np.histogram counts them: a first guess, corrected against the edges that
// np.linspace makes, with the last bin closed.
import { CHUNK, chunk } from './chunk';
import { DType } from './dtype';
import { widen } from './lanes';

/**
 * Counters that are merged at the end. Neighbours often share a bin, and counting into several tables in turn keeps
 * one increment from waiting for the last.
 */
const COUNTERS = 131072;
const counters = memory.data(131072 * 4, 16);

/** The bin of a value, or -1 outside [low, high]. */
// @ts-ignore: decorator
@inline
function binOf(value: f64, low: f64, high: f64, scale: f64, step: f64, binCount: i32): i32 {
  // Written so that NaN is outside.
  if (!(value >= low && value <= high)) return -1;
  let bin = min(<i32>((value - low) * scale), binCount - 1);
  if (value < <f64>bin * step + low) bin--;
  else if (bin < binCount - 1 && value >= <f64>(bin + 1) * step + low) bin++;
  return bin;
}

// @ts-ignore: decorator
@inline
function add(bins: usize, bin: i32, amount: u32): void {
  const counter = bins + (<usize>bin << 2);
  store<u32>(counter, load<u32>(counter) + amount);
}

/** Bins of four float64 values; `binCount` for those outside [low, high]. The vector form of `binOf`. */
// @ts-ignore: decorator
@inline
function binsOf(a: v128, b: v128, low: v128, high: v128, scale: v128, step: v128, binCount: i32): v128 {
  const guessA = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(f64x2.sub(a, low), scale));
  const guessB = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(f64x2.sub(b, low), scale));
  const last = i32x4.splat(binCount - 1);
  const guess = i32x4.min_s(v128.shuffle<i64>(guessA, guessB, 0, 2), last);
  const binA = f64x2.convert_low_i32x4_s(guess);
  const binB = f64x2.convert_low_i32x4_s(v128.shuffle<i64>(guess, guess, 1, 1));
  const one = f64x2.splat(1);
  const belowA = f64x2.lt(a, f64x2.add(f64x2.mul(binA, step), low));
  const belowB = f64x2.lt(b, f64x2.add(f64x2.mul(binB, step), low));
  const aboveA = f64x2.ge(a, f64x2.add(f64x2.mul(f64x2.add(binA, one), step), low));
  const aboveB = f64x2.ge(b, f64x2.add(f64x2.mul(f64x2.add(binB, one), step), low));
  const below = v128.shuffle<i32>(belowA, belowB, 0, 2, 4, 6);
  const above = v128.andnot(v128.shuffle<i32>(aboveA, aboveB, 0, 2, 4, 6), i32x4.eq(guess, last));
  const insideA = v128.and(f64x2.ge(a, low), f64x2.le(a, high));
  const insideB = v128.and(f64x2.ge(b, low), f64x2.le(b, high));
  const inside = v128.shuffle<i32>(insideA, insideB, 0, 2, 4, 6);
  // Masks are -1 where true.
  return v128.bitselect(i32x4.sub(i32x4.add(guess, below), above), i32x4.splat(binCount), inside);
}

function countElements<T>(input: usize, count: i32, low: f64, high: f64, bins: usize, binCount: i32): void {
  const scale = <f64>binCount / (high - low);
  const step = (high - low) / <f64>binCount;
  const end = input + <usize>count * sizeof<T>();
  if (binCount < min(COUNTERS / 4, count / 4)) {
    const lows = f64x2.splat(low);
    const highs = f64x2.splat(high);
    const scales = f64x2.splat(scale);
    const steps = f64x2.splat(step);
    const table = <usize>(binCount + 1) << 2;
    memory.fill(counters, 0, 4 * table);
    for (let left = count & ~3; left > 0; left -= CHUNK) {
      const size = min(left, CHUNK);
      widen<T, f64>(input, chunk, size);
      input += <usize>size * sizeof<T>();
      for (let i: usize = 0; i < <usize>size << 3; i += 32) {
        const found = binsOf(v128.load(chunk + i), v128.load(chunk + i, 16), lows, highs, scales, steps, binCount);
        add(counters, i32x4.extract_lane(found, 0), 1);
        add(counters + table, i32x4.extract_lane(found, 1), 1);
        add(counters + 2 * table, i32x4.extract_lane(found, 2), 1);
        add(counters + 3 * table, i32x4.extract_lane(found, 3), 1);
      }
    }
    for (let bin = 0; bin < binCount; bin++) {
      const counter = counters + (<usize>bin << 2);
      const lower = load<u32>(counter) + load<u32>(counter + table);
      add(bins, bin, lower + load<u32>(counter + 2 * table) + load<u32>(counter + 3 * table));
    }
  }
  for (; input < end; input += sizeof<T>()) {
    const bin = binOf(<f64>load<T>(input), low, high, scale, step, binCount);
    if (bin >= 0) add(bins, bin, 1);
  }
}

/** Counts the values of a narrow integer type, then puts each distinct value into its bin. */
function countValues<T>(input: usize, count: i32, low: f64, high: f64, bins: usize, binCount: i32): void {
  const distinct = 1 << (8 * <i32>sizeof<T>());
  if (count < distinct) return countElements<T>(input, count, low, high, bins, binCount);
  const other = counters + (<usize>distinct << 2);
  memory.fill(counters, 0, <usize>distinct << 3);
  const end = input + <usize>count * sizeof<T>();
  const perWord = 8 / <i32>sizeof<T>();
  const stop = input + <usize>(count & ~(perWord - 1)) * sizeof<T>();
  const mask = <u64>(distinct - 1);
  const bits = <u64>(8 * sizeof<T>());
  for (; input < stop; input += 8) {
    let values = load<u64>(input);
    for (let i = 0; i < perWord; i += 2) {
      add(counters, <i32>(values & mask), 1);
      add(other, <i32>((values >> bits) & mask), 1);
      values >>= 2 * bits;
    }
  }
  for (; input < end; input += sizeof<T>()) add(counters, <i32>(<u64>load<T>(input) & mask), 1);

  const scale = <f64>binCount / (high - low);
  const step = (high - low) / <f64>binCount;
  for (let i = 0; i < distinct; i++) {
    const amount = load<u32>(counters + (<usize>i << 2)) + load<u32>(other + (<usize>i << 2));
    if (!amount) continue;
    const bin = binOf(<f64>(<T>i), low, high, scale, step, binCount);
    if (bin >= 0) add(bins, bin, amount);
  }
}

export function histogram(
  input: usize,
  dtype: i32,
  count: i32,
  low: f64,
  high: f64,
  bins: usize,
  binCount: i32,
): void {
  switch (dtype) {
    case DType.BOOL:
    case DType.UINT8:
      return countValues<u8>(input, count, low, high, bins, binCount);
    case DType.INT8:
      return countValues<i8>(input, count, low, high, bins, binCount);
    case DType.INT16:
      return countValues<i16>(input, count, low, high, bins, binCount);
    case DType.UINT16:
      return countValues<u16>(input, count, low, high, bins, binCount);
    case DType.INT32:
      return countElements<i32>(input, count, low, high, bins, binCount);
    case DType.UINT32:
      return countElements<u32>(input, count, low, high, bins, binCount);
    case DType.INT64:
      return countElements<i64>(input, count, low, high, bins, binCount);
    case DType.UINT64:
      return countElements<u64>(input, count, low, high, bins, binCount);
    case DType.FLOAT32:
      return countElements<f32>(input, count, low, high, bins, binCount);
    case DType.FLOAT64:
      return countElements<f64>(input, count, low, high, bins, binCount);
    default:
      unreachable();
  }
}
