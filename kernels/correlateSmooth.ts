// Correlation of unsigned integers of up to 16 bits with weights that are symmetric and not negative, as of Gaussians. The
// result is SciPy's sum in float64, truncated: most sums in float32 lie further from an integer than they can be wrong by,
// and truncate to the same. Only where one does not, sums are made in float64, as SciPy makes them.
import { fillTile, findRuns, runTableBytes, tileRows, tileWidth } from './tile';

/** Outputs of a block: four vectors of float32. */
const BLOCK: i32 = 16;
/** Room for a block where a line ends in its middle. */
const TAIL_BYTES: usize = 64;
/** Tiles that are summed in float64 at once after one in which every third block had to be. */
const TILES_WITHOUT_TRIAL = 7;
/** With more, the error of float32 sums no longer grows with their number alone. */
const MOST_TAPS: i32 = 16384;

/** Whether all of this holds, and sums are exact enough to tell. `symmetric` says that of the weights. */
export function isSmooth<T>(weights: usize, taps: i32, cval: f64, symmetric: bool): bool {
  if (!symmetric || taps > MOST_TAPS || isSigned<T>() || cval != trunc(cval) || cval < 0 || cval > 65535) return false;
  let total: f64 = 0;
  for (let k = 0; k < taps; k++) {
    const weight = load<f64>(weights + (<usize>k << 3));
    if (!(weight >= 0)) return false;
    total += weight;
  }
  return total < 16384;
}

/** Four truncated sums as NI_Correlate1D makes them; sums of two elements are exact in float32. */
function exactSums(source: usize, stride: usize, weights: usize, half: i32): v128 {
  const centre = source + <usize>half * stride;
  let v = v128.load(centre);
  let w = v128.load64_splat(weights + (<usize>half << 3));
  let low = f64x2.mul(f64x2.promote_low_f32x4(v), w);
  let high = f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1)), w);
  let up = centre + <usize>half * stride;
  while (source < centre) {
    v = f32x4.add(v128.load(source), v128.load(up));
    w = v128.load64_splat(weights);
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(v), w));
    high = f64x2.add(high, f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1)), w));
    source += stride;
    up -= stride;
    weights += 8;
  }
  return v128.shuffle<i64>(i32x4.trunc_sat_f64x2_s_zero(low), i32x4.trunc_sat_f64x2_s_zero(high), 0, 2);
}

/** Whether a sum may truncate otherwise than the exact one; below 1/2 both truncate to 0. */
// @ts-ignore: decorator
@inline
function inDoubt(sum: v128, error: v128): v128 {
  const nearest = f32x4.nearest(sum);
  const close = f32x4.le(f32x4.abs(f32x4.sub(sum, nearest)), f32x4.mul(sum, error));
  return v128.and(close, f32x4.gt(nearest, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function storeWrapped<T>(target: usize, a: v128, b: v128, c: v128, d: v128): void {
  // Narrowing saturates; masking first makes it wrap.
  const mask = i32x4.splat(sizeof<T>() == 2 ? 0xffff : 0xff);
  const low = i16x8.narrow_i32x4_u(v128.and(a, mask), v128.and(b, mask));
  const up = i16x8.narrow_i32x4_u(v128.and(c, mask), v128.and(d, mask));
  if (sizeof<T>() == 2) {
    v128.store(target, low);
    v128.store(target, up, 16);
  } else v128.store(target, i8x16.narrow_i16x8_u(low, up));
}

/** One block of outputs; `narrow` are the weights in float32. Returns whether it took float64, which `exact` asks for. */
function smoothBlock<T>(
  source: usize,
  stride: usize,
  weights: usize,
  narrow: usize,
  half: i32,
  error: f32,
  output: usize,
  exact: bool,
): bool {
  if (!exact) {
    const centre = source + <usize>half * stride;
    let w = v128.load32_splat(narrow + (<usize>half << 2));
    let a = f32x4.mul(v128.load(centre), w);
    let b = f32x4.mul(v128.load(centre, 16), w);
    let c = f32x4.mul(v128.load(centre, 32), w);
    let d = f32x4.mul(v128.load(centre, 48), w);
    let low = source;
    let up = centre + <usize>half * stride;
    while (low < centre) {
      w = v128.load32_splat(narrow);
      a = f32x4.add(a, f32x4.mul(f32x4.add(v128.load(low), v128.load(up)), w));
      b = f32x4.add(b, f32x4.mul(f32x4.add(v128.load(low, 16), v128.load(up, 16)), w));
      c = f32x4.add(c, f32x4.mul(f32x4.add(v128.load(low, 32), v128.load(up, 32)), w));
      d = f32x4.add(d, f32x4.mul(f32x4.add(v128.load(low, 48), v128.load(up, 48)), w));
      low += stride;
      up -= stride;
      narrow += 4;
    }
    const e = f32x4.splat(error);
    const doubt = v128.or(v128.or(inDoubt(a, e), inDoubt(b, e)), v128.or(inDoubt(c, e), inDoubt(d, e)));
    if (!v128.any_true(doubt)) {
      storeWrapped<T>(
        output,
        i32x4.trunc_sat_f32x4_s(a),
        i32x4.trunc_sat_f32x4_s(b),
        i32x4.trunc_sat_f32x4_s(c),
        i32x4.trunc_sat_f32x4_s(d),
      );
      return false;
    }
  }
  storeWrapped<T>(
    output,
    exactSums(source, stride, weights, half),
    exactSums(source + 16, stride, weights, half),
    exactSums(source + 32, stride, weights, half),
    exactSums(source + 48, stride, weights, half),
  );
  return true;
}

/** As `correlate1d`, where {@link isSmooth}; its scratch is enough. */
export function correlateSmooth<T>(
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
  const tail = scratch;
  const narrow = tail + TAIL_BYTES;
  const runs = narrow + ((<usize>taps * sizeof<f64>() + 15) & ~15);
  const tile = runs + runTableBytes(outputLength, taps);
  for (let k: usize = 0; k < <usize>taps; k++) store<f32>(narrow + (k << 2), <f32>load<f64>(weights + (k << 3)));
  findRuns(table, outputLength + taps - 1, runs);
  const half = taps >> 1;
  // Each weight, product and addition may be wrong by 2^-24 of what is there, and nothing is negative.
  const error = <f32>(half + 6) * <f32>5.9604644775390625e-8;
  const width = tileWidth(inner, taps);
  const rows = tileRows(outputLength, inner, taps);
  let untried = 0;
  for (let o = 0; o < outer; o++) {
    const line = input + <usize>o * inputLength * inner * sizeof<T>();
    const result = output + <usize>o * outputLength * inner * sizeof<T>();
    for (let y = 0; y < outputLength; y += rows) {
      const count = min(rows, outputLength - y);
      for (let x = 0; x < inner; x += width) {
        const columns = min(width, inner - x);
        const stride = <usize>columns * sizeof<f32>();
        fillTile<T, f32>(line + <usize>x * sizeof<T>(), inner, columns, table, runs, y, y + count + taps - 1, cval, tile);
        const joined = columns == inner;
        const pieces = joined ? 1 : count;
        const length = joined ? count * columns : columns;
        let blocks = 0;
        let doubtful = 0;
        for (let piece = 0; piece < pieces; piece++) {
          let source = tile + <usize>piece * stride;
          let target = result + (<usize>(y + piece) * inner + x) * sizeof<T>();
          for (let i = 0; i < length; i += BLOCK) {
            const whole = i + BLOCK <= length;
            const to = whole ? target : tail;
            if (smoothBlock<T>(source, stride, weights, narrow, half, error, to, untried > 0)) doubtful++;
            if (!whole) memory.copy(target, tail, <usize>(length - i) * sizeof<T>());
            blocks++;
            source += 64;
            target += <usize>BLOCK * sizeof<T>();
          }
        }
        if (untried > 0) untried--;
        else if (3 * doubtful > blocks) untried = TILES_WITHOUT_TRIAL;
      }
    }
  }
}
