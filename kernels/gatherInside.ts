// Interpolation where all taps are inside the block: no edge to look at, and no tables of taps.
import { CHUNK } from './chunk';
import { field, Field } from './gatherTaps';

/** Coordinates of a chunk of outputs, axis after axis. */
export const places = memory.data(4 * 1024 * 8, 16);

// @ts-ignore: decorator
@inline
export function placesOf(axis: i32): usize {
  return places + ((<usize>axis * CHUNK) << 3);
}

/** From where on, and up to where, coordinates along each axis have all their taps in the block (f64 pairs). */
const limits = memory.data(4 * 16, 16);

export function setLimits(params: usize, rank: i32, order: i32): void {
  const before = <f64>(order >> 1) - (order & 1 ? 0 : 0.5);
  for (let axis = 0; axis < rank; axis++) {
    const start = <f64>field(params, Field.BLOCK_START, axis);
    const low = start + before;
    const into = limits + (<usize>axis << 4);
    store<f64>(into, low);
    store<f64>(into, low + <f64>(field(params, Field.EXTENT, axis) - order), 8);
  }
}

/** The first of outputs [i, count) whose taps are not all inside. */
export function insideEnd(rank: i32, i: i32, count: i32): i32 {
  for (; i < count; i++) {
    for (let axis = 0; axis < rank; axis++) {
      const c = load<f64>(placesOf(axis) + (<usize>i << 3));
      const limit = limits + (<usize>axis << 4);
      // Not for NaN either.
      if (!(c >= load<f64>(limit) && c < load<f64>(limit, 8))) return i;
    }
  }
  return i;
}

/** Whether {@link gatherInside} knows this kind. */
export function hasInside<T>(params: usize, rank: i32, order: i32): bool {
  if (isBoolean<T>() || sizeof<T>() == 8 && isInteger<T>()) return false;
  if (order == 1) return rank == 2 || rank == 3;
  return order == 3 && rank == 2 && isFloat<T>() && field(params, Field.STRIDE, 1) == 1;
}

// @ts-ignore: decorator
@inline
function between(a: f64, b: f64, x: f64): f64 {
  return a + x * (b - a);
}

// @ts-ignore: decorator
@inline
function linear<T>(at: usize, step: usize, x: f64): f64 {
  return between(<f64>load<T>(at), <f64>load<T>(at + step), x);
}

// @ts-ignore: decorator
@inline
function bilinear<T>(at: usize, down: usize, step: usize, y: f64, x: f64): f64 {
  return between(linear<T>(at, step, x), linear<T>(at + down, step, x), y);
}

/** Bytes from one element to the next along an interpolated axis. */
// @ts-ignore: decorator
@inline
function pitch<T>(params: usize, axis: i32): isize {
  return <isize>field(params, Field.STRIDE, axis) * sizeof<T>();
}

/** Where element 0 of the whole array would stand. */
// @ts-ignore: decorator
@inline
function origin<T>(line: usize, params: usize, rank: i32): isize {
  let at = <isize>line;
  for (let axis = 0; axis < rank; axis++) at -= <isize>field(params, Field.BLOCK_START, axis) * pitch<T>(params, axis);
  return at;
}

function linearPlane<T>(line: usize, params: usize, i: i32, end: i32, target: usize): void {
  const zero = origin<T>(line, params, 2);
  const down = pitch<T>(params, 0);
  const step = pitch<T>(params, 1);
  for (; i < end; i++) {
    const at = <usize>i << 3;
    const cy = load<f64>(placesOf(0) + at);
    const cx = load<f64>(placesOf(1) + at);
    const y = floor(cy);
    const x = floor(cx);
    const corner = <usize>(zero + <isize>(<i32>y) * down + <isize>(<i32>x) * step);
    store<f64>(target + at, bilinear<T>(corner, down, step, cy - y, cx - x));
  }
}

function linearVolume<T>(line: usize, params: usize, i: i32, end: i32, target: usize): void {
  const zero = origin<T>(line, params, 3);
  const deep = pitch<T>(params, 0);
  const down = pitch<T>(params, 1);
  const step = pitch<T>(params, 2);
  for (; i < end; i++) {
    const at = <usize>i << 3;
    const cz = load<f64>(placesOf(0) + at);
    const cy = load<f64>(placesOf(1) + at);
    const cx = load<f64>(placesOf(2) + at);
    const z = floor(cz);
    const y = floor(cy);
    const x = floor(cx);
    const corner = <usize>(zero + <isize>(<i32>z) * deep + <isize>(<i32>y) * down + <isize>(<i32>x) * step);
    const near = bilinear<T>(corner, down, step, cy - y, cx - x);
    const far = bilinear<T>(corner + deep, down, step, cy - y, cx - x);
    store<f64>(target + at, between(near, far, cz - z));
  }
}

/** Cubic weights along two axes at once, a lane each. */
// @ts-ignore: decorator
@inline
function inner(t: v128): v128 {
  const cubic = f64x2.mul(f64x2.mul(t, t), f64x2.mul(f64x2.sub(t, f64x2.splat(2)), f64x2.splat(0.5)));
  return f64x2.add(cubic, f64x2.splat(2.0 / 3));
}

// @ts-ignore: decorator
@inline
function outer(t: v128): v128 {
  return f64x2.mul(f64x2.mul(t, t), f64x2.mul(t, f64x2.splat(1.0 / 6)));
}

/** Rows of four float32 weighted by the first lanes of w0 to w3, then each element by their second lanes. */
// @ts-ignore: decorator
@inline
function cubicSingle(at: usize, down: usize, w0: v128, w1: v128, w2: v128, w3: v128): f64 {
  const a = v128.shuffle<i64>(f32x4.demote_f64x2_zero(w0), f32x4.demote_f64x2_zero(w1), 0, 2);
  const b = v128.shuffle<i64>(f32x4.demote_f64x2_zero(w2), f32x4.demote_f64x2_zero(w3), 0, 2);
  const rows = f32x4.add(
    f32x4.add(
      f32x4.mul(v128.load(at), v128.shuffle<i32>(a, a, 0, 0, 0, 0)),
      f32x4.mul(v128.load(at + down), v128.shuffle<i32>(a, a, 2, 2, 2, 2)),
    ),
    f32x4.add(
      f32x4.mul(v128.load(at + 2 * down), v128.shuffle<i32>(b, b, 0, 0, 0, 0)),
      f32x4.mul(v128.load(at + 3 * down), v128.shuffle<i32>(b, b, 2, 2, 2, 2)),
    ),
  );
  const all = f32x4.mul(rows, v128.shuffle<i32>(a, b, 1, 3, 5, 7));
  const half = f32x4.add(all, v128.shuffle<i64>(all, all, 1, 0));
  return <f64>(f32x4.extract_lane(half, 0) + f32x4.extract_lane(half, 1));
}

// @ts-ignore: decorator
@inline
function rowSum(at: usize, down: usize, y0: v128, y1: v128, y2: v128, y3: v128): v128 {
  return f64x2.add(
    f64x2.add(f64x2.mul(v128.load(at), y0), f64x2.mul(v128.load(at + down), y1)),
    f64x2.add(f64x2.mul(v128.load(at + 2 * down), y2), f64x2.mul(v128.load(at + 3 * down), y3)),
  );
}

/** The same of float64. */
// @ts-ignore: decorator
@inline
function cubicDouble(at: usize, down: usize, w0: v128, w1: v128, w2: v128, w3: v128): f64 {
  const y0 = v128.shuffle<i64>(w0, w0, 0, 0);
  const y1 = v128.shuffle<i64>(w1, w1, 0, 0);
  const y2 = v128.shuffle<i64>(w2, w2, 0, 0);
  const y3 = v128.shuffle<i64>(w3, w3, 0, 0);
  const all = f64x2.add(
    f64x2.mul(rowSum(at, down, y0, y1, y2, y3), v128.shuffle<i64>(w0, w1, 1, 3)),
    f64x2.mul(rowSum(at + 16, down, y0, y1, y2, y3), v128.shuffle<i64>(w2, w3, 1, 3)),
  );
  return f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1);
}

function cubicPlane<T>(line: usize, params: usize, i: i32, end: i32, target: usize): void {
  const down = pitch<T>(params, 0);
  const step = <isize>sizeof<T>();
  const zero = origin<T>(line, params, 2) - down - step;
  for (; i < end; i++) {
    const into = <usize>i << 3;
    const cy = load<f64>(placesOf(0) + into);
    const cx = load<f64>(placesOf(1) + into);
    const y = floor(cy);
    const x = floor(cx);
    const at = <usize>(zero + <isize>(<i32>y) * down + <isize>(<i32>x) * step);
    const t = f64x2.replace_lane(f64x2.splat(cy - y), 1, cx - x);
    const rest = f64x2.sub(f64x2.splat(1), t);
    const value = sizeof<T>() == 4
      ? cubicSingle(at, down, outer(rest), inner(t), inner(rest), outer(t))
      : cubicDouble(at, down, outer(rest), inner(t), inner(rest), outer(t));
    store<f64>(target + into, value);
  }
}

/** Values of outputs [i, end) of the chunk to `target`. */
export function gatherInside<T>(
  line: usize,
  params: usize,
  rank: i32,
  order: i32,
  i: i32,
  end: i32,
  target: usize,
): void {
  if (order == 3) {
    if (isFloat<T>()) cubicPlane<T>(line, params, i, end, target);
  } else if (rank == 2) {
    linearPlane<T>(line, params, i, end, target);
  } else {
    linearVolume<T>(line, params, i, end, target);
  }
}
