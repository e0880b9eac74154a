// 1-D correlation along any axis. float32 accumulates in float32; all else follows scipy's NI_Correlate1D in float64,
// operation for operation, so that results agree to the bit. Where those sums are whole numbers, no rounding happens, and
// for up to 16 bits their lowest 16 say the result: they are summed in such. SIMD runs across outputs, never across taps.
import { correlateSmooth, isSmooth } from './correlateSmooth';
import { DType } from './dtype';
import { blockLanes, magnitude, storeBlock } from './lanes';
import { madd } from './madd';
import { fillTile, findRuns, runTableBytes, tileBytes, tileRows, tileWidth } from './tile';

const DBL_EPSILON: f64 = 2.220446049250313e-16;
const ASYMMETRIC = 0;
const SYMMETRIC = 1;
const ANTISYMMETRIC = -1;
/** Room for one block of outputs, where lines end in the middle of a vector. */
const TAIL_BYTES: usize = 64;

function symmetryOf(weights: usize, taps: i32): i32 {
  if (!(taps & 1)) return ASYMMETRIC;
  const centre = weights + (<usize>(taps >> 1) << 3);
  let symmetric = true;
  let antisymmetric = true;
  for (let i = 1; i <= taps >> 1; i++) {
    const after = load<f64>(centre + (<usize>i << 3));
    const before = load<f64>(centre - (<usize>i << 3));
    if (abs(after - before) > DBL_EPSILON) symmetric = false;
    if (abs(after + before) > DBL_EPSILON) antisymmetric = false;
  }
  return symmetric ? SYMMETRIC : antisymmetric ? ANTISYMMETRIC : ASYMMETRIC;
}

/** Whether sums in float64 are whole numbers of up to 32 bits, of which a result of type T is the lowest bits. */
function isWhole<T>(weights: usize, taps: i32, cval: f64): bool {
  let total: f64 = 0;
  for (let k = 0; k < taps; k++) {
    const weight = load<f64>(weights + (<usize>k << 3));
    if (weight != trunc(weight)) return false;
    total += abs(weight);
  }
  return cval == trunc(cval) && total * max(magnitude<T>(), abs(cval)) < 2147483648.0;
}

/** One block of outputs; successive taps are `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function correlateBlock<T, A>(
  source: usize,
  stride: usize,
  weights: usize,
  taps: i32,
  symmetry: i32,
  output: usize,
  small: bool,
): void {
  const half = <usize>(taps >> 1);
  let weight = weights;
  let low = source;
  let a: v128, b: v128, c: v128, d: v128;
  if (symmetry != ASYMMETRIC) {
    const centre = source + half * stride;
    const w = v128.load_splat<A>(weights + half * sizeof<A>());
    a = v128.mul<A>(v128.load(centre), w);
    b = v128.mul<A>(v128.load(centre, 16), w);
    c = v128.mul<A>(v128.load(centre, 32), w);
    d = v128.mul<A>(v128.load(centre, 48), w);
    let up = centre + half * stride;
    if (symmetry == SYMMETRIC) {
      while (low < centre) {
        const w = v128.load_splat<A>(weight);
        a = madd<A>(v128.add<A>(v128.load(low), v128.load(up)), w, a);
        b = madd<A>(v128.add<A>(v128.load(low, 16), v128.load(up, 16)), w, b);
        c = madd<A>(v128.add<A>(v128.load(low, 32), v128.load(up, 32)), w, c);
        d = madd<A>(v128.add<A>(v128.load(low, 48), v128.load(up, 48)), w, d);
        low += stride;
        up -= stride;
        weight += sizeof<A>();
      }
    } else {
      while (low < centre) {
        const w = v128.load_splat<A>(weight);
        a = madd<A>(v128.sub<A>(v128.load(low), v128.load(up)), w, a);
        b = madd<A>(v128.sub<A>(v128.load(low, 16), v128.load(up, 16)), w, b);
        c = madd<A>(v128.sub<A>(v128.load(low, 32), v128.load(up, 32)), w, c);
        d = madd<A>(v128.sub<A>(v128.load(low, 48), v128.load(up, 48)), w, d);
        low += stride;
        up -= stride;
        weight += sizeof<A>();
      }
    }
  } else {
    // The last tap comes first, as in SciPy.
    const last = source + <usize>(taps - 1) * stride;
    const w = v128.load_splat<A>(weights + <usize>(taps - 1) * sizeof<A>());
    a = v128.mul<A>(v128.load(last), w);
    b = v128.mul<A>(v128.load(last, 16), w);
    c = v128.mul<A>(v128.load(last, 32), w);
    d = v128.mul<A>(v128.load(last, 48), w);
    while (low < last) {
      const w = v128.load_splat<A>(weight);
      a = madd<A>(v128.load(low), w, a);
      b = madd<A>(v128.load(low, 16), w, b);
      c = madd<A>(v128.load(low, 32), w, c);
      d = madd<A>(v128.load(low, 48), w, d);
      low += stride;
      weight += sizeof<A>();
    }
  }
  storeBlock<T, A>(output, a, b, c, d, small);
}

/** `count` consecutive outputs. */
function correlateSpan<T, A>(
  source: usize,
  stride: usize,
  count: i32,
  weights: usize,
  taps: i32,
  symmetry: i32,
  output: usize,
  tail: usize,
  small: bool,
): void {
  let i = 0;
  for (; i <= count - blockLanes<A>(); i += blockLanes<A>()) {
    correlateBlock<T, A>(source, stride, weights, taps, symmetry, output, small);
    source += 64;
    output += <usize>blockLanes<A>() * sizeof<T>();
  }
  if (i < count) {
    correlateBlock<T, A>(source, stride, weights, taps, symmetry, tail, small);
    memory.copy(output, tail, <usize>(count - i) * sizeof<T>());
  }
}

/** Windows of more rows do not stay in a first-level cache, where they are not next to each other. */
const DIRECT_TAPS = 8;

/** How many outputs from `y` on have windows of consecutive positions of the input. */
// @ts-ignore: decorator
@inline
function directCount(table: usize, runs: usize, y: i32, outputLength: i32, taps: i32): i32 {
  if (load<i32>(table + (<usize>y << 2)) < 0) return 0;
  return max(min(load<i32>(runs + (<usize>y << 2)) - taps + 1, outputLength) - y, 0);
}

function correlate<T, A>(
  input: usize,
  output: usize,
  outer: i32,
  inputLength: i32,
  outputLength: i32,
  inner: i32,
  table: usize,
  weights: usize,
  taps: i32,
  cval: f64,
  scratch: usize,
): void {
  const symmetry = symmetryOf(weights, taps);
  const tail = scratch;
  const typedWeights = tail + TAIL_BYTES;
  const runs = typedWeights + ((<usize>taps * sizeof<f64>() + 15) & ~15);
  const tile = runs + runTableBytes(outputLength, taps);
  let total: f64 = 0;
  for (let k = 0; k < taps; k++) {
    const weight = load<f64>(weights + (<usize>k << 3));
    store<A>(typedWeights + <usize>k * sizeof<A>(), <A>weight);
    total += abs(weight);
  }
  const small = total * max(magnitude<T>(), abs(cval)) < 2147483648.0;
  findRuns(table, outputLength + taps - 1, runs);

  const width = tileWidth(inner, taps);
  const rows = tileRows(outputLength, inner, taps);
  const pitch = <usize>inner * sizeof<T>();
  const inputEnd = input + <usize>outer * inputLength * pitch;
  const isDirect = isFloat<T>() && sizeof<T>() == sizeof<A>() && (inner == 1 || taps <= DIRECT_TAPS);
  for (let o = 0; o < outer; o++) {
    const line = input + <usize>o * inputLength * pitch;
    const result = output + <usize>o * outputLength * pitch;
    let y = 0;
    while (y < outputLength) {
      let count = min(rows, outputLength - y);
      if (isDirect) {
        let direct = directCount(table, runs, y, outputLength, taps);
        const source = line + <usize>load<i32>(table + (<usize>y << 2)) * pitch;
        // Whole blocks are read.
        if (source + <usize>(direct + taps - 1) * pitch + 64 > inputEnd) direct -= (blockLanes<A>() + inner - 1) / inner;
        if (direct > 0) {
          const target = result + <usize>y * pitch;
          correlateSpan<T, A>(source, pitch, direct * inner, typedWeights, taps, symmetry, target, tail, small);
          y += direct;
          continue;
        }
        // Up to where windows are such again.
        let edge = 1;
        while (edge < count && directCount(table, runs, y + edge, outputLength, taps) == 0) edge++;
        count = edge;
      }
      for (let x = 0; x < inner; x += width) {
        const columns = min(width, inner - x);
        const stride = <usize>columns * sizeof<A>();
        const start = line + <usize>x * sizeof<T>();
        fillTile<T, A>(start, inner, columns, table, runs, y, y + count + taps - 1, cval, tile);
        let target = result + <usize>y * pitch + <usize>x * sizeof<T>();
        if (columns == inner) {
          correlateSpan<T, A>(tile, stride, count * columns, typedWeights, taps, symmetry, target, tail, small);
          continue;
        }
        for (let row = 0; row < count; row++) {
          const source = tile + <usize>row * stride;
          correlateSpan<T, A>(source, stride, columns, typedWeights, taps, symmetry, target, tail, small);
          target += pitch;
        }
      }
      y += count;
    }
  }
}

/** Of an integer type of up to 16 bits. */
function correlateShort<T>(
  input: usize,
  output: usize,
  outer: i32,
  inputLength: i32,
  outputLength: i32,
  inner: i32,
  table: usize,
  weights: usize,
  taps: i32,
  cval: f64,
  scratch: usize,
): void {
  if (isWhole<T>(weights, taps, cval))
    correlate<T, i16>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
  else if (isSmooth<T>(weights, taps, cval, symmetryOf(weights, taps) == SYMMETRIC))
    correlateSmooth<T>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
  else correlate<T, f64>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
}

export function correlate1dScratch(dtype: i32, inputLength: i32, outputLength: i32, inner: i32, taps: i32): usize {
  return TAIL_BYTES + ((<usize>taps * sizeof<f64>() + 15) & ~15) + tileBytes(outputLength, inner, taps);
}

export function correlate1d(
  input: usize,
  output: usize,
  dtype: i32,
  outer: i32,
  inputLength: i32,
  outputLength: i32,
  inner: i32,
  table: usize,
  weights: usize,
  taps: i32,
  cval: f64,
  scratch: usize,
): void {
  switch (dtype) {
    case DType.BOOL:
      return correlate<bool, f64>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.INT8:
      return correlateShort<i8>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.UINT8:
      return correlateShort<u8>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.INT16:
      return correlateShort<i16>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.UINT16:
      return correlateShort<u16>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.INT32:
      return correlate<i32, f64>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.UINT32:
      return correlate<u32, f64>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.INT64:
      return correlate<i64, f64>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.UINT64:
      return correlate<u64, f64>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.FLOAT32:
      return correlate<f32, f32>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    case DType.FLOAT64:
      return correlate<f64, f64>(input, output, outer, inputLength, outputLength, inner, table, weights, taps, cval, scratch);
    default:
      unreachable();
  }
}
