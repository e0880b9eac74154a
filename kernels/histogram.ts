// Histograms of equal bins as np.histogram counts them: a first guess, corrected against the edges that
// np.linspace makes, with the last bin closed.
import { DType } from './dtype';

/** Counts of every 16-bit value: cheaper to fill than bins are to find. */
const valueCounts = memory.data(65536 * 4, 16);

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

function countElements<T>(input: usize, count: i32, low: f64, high: f64, bins: usize, binCount: i32): void {
  const scale = <f64>binCount / (high - low);
  const step = (high - low) / <f64>binCount;
  for (let i = 0; i < count; i++) {
    const bin = binOf(<f64>load<T>(input), low, high, scale, step, binCount);
    if (bin >= 0) add(bins, bin, 1);
    input += sizeof<T>();
  }
}

/** Counts values of a narrow integer type first, then puts each distinct value into its bin. */
function countValues<T>(input: usize, count: i32, low: f64, high: f64, bins: usize, binCount: i32): void {
  const distinct = 1 << (8 * <i32>sizeof<T>());
  if (count < distinct) return countElements<T>(input, count, low, high, bins, binCount);
  memory.fill(valueCounts, 0, <usize>distinct << 2);
  const end = input + <usize>count * sizeof<T>();
  const stop = input + <usize>(count & ~3) * sizeof<T>();
  const mask = <u32>(distinct - 1);
  for (; input < stop; input += 4 * sizeof<T>()) {
    add(valueCounts, <u32>load<T>(input) & mask, 1);
    add(valueCounts, <u32>load<T>(input, sizeof<T>()) & mask, 1);
    add(valueCounts, <u32>load<T>(input, 2 * sizeof<T>()) & mask, 1);
    add(valueCounts, <u32>load<T>(input, 3 * sizeof<T>()) & mask, 1);
  }
  for (; input < end; input += sizeof<T>()) add(valueCounts, <u32>load<T>(input) & mask, 1);

  const scale = <f64>binCount / (high - low);
  const step = (high - low) / <f64>binCount;
  for (let i = 0; i < distinct; i++) {
    const amount = load<u32>(valueCounts + (<usize>i << 2));
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
