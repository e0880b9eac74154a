// Interpolation where all taps are inside the block: no edge to look at, and no tables of taps.
import { CHUNK } from './chunk';
import { field, Field } from './gatherTaps';
import { madd } from './madd';

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

// @ts-ignore: decorator
@inline
function isInside(rank: i32, i: i32): bool {
  for (let axis = 0; axis < rank; axis++) {
    const c = load<f64>(placesOf(axis) + (<usize>i << 3));
    const limit = limits + (<usize>axis << 4);
    // Not for NaN either.
    if (!(c >= load<f64>(limit) && c < load<f64>(limit, 8))) return false;
  }
  return true;
}

/** The first of outputs [i, count) whose taps are not all inside. `monotone`: coordinates only rise or only fall. */
export function insideEnd(rank: i32, i: i32, count: i32, monotone: bool): i32 {
  if (monotone && isInside(rank, i) && isInside(rank, count - 1)) return count;
  while (i < count && isInside(rank, i)) i++;
  return i;
}

/** Below (-1), in or above (1) the array along an axis. */
// @ts-ignore: decorator
@inline
function sideOf(params: usize, axis: i32, i: i32): i32 {
  const c = load<f64>(placesOf(axis) + (<usize>i << 3));
  // NaN is above.
  return c < 0 ? -1 : c <= <f64>(field(params, Field.LENGTH, axis) - 1) ? 0 : 1;
}

/** The first of outputs [i, count) in the array along all axes: those before it are the constant under `constant`. */
export function outsideEnd(params: usize, rank: i32, i: i32, count: i32, monotone: bool): i32 {
  for (; i < count; i++) {
    let outside = false;
    for (let axis = 0; axis < rank; axis++) {
      const side = sideOf(params, axis, i);
      if (side == 0) continue;
      if (monotone && side == sideOf(params, axis, count - 1)) return count;
      outside = true;
    }
    if (!outside) return i;
  }
  return i;
}

/** Whether {@link gatherInside} knows this kind. */
export function hasInside<T>(params: usize, rank: i32, order: i32): bool {
  if (isBoolean<T>() || sizeof<T>() == 8 && isInteger<T>()) return false;
  if (order == 1) return rank == 2 || rank == 3;
  return order == 3 && rank == 2 && isFloat<T>() && field(params, Field.STRIDE, 1) == 1;
}

/** Two neighbours along the last axis, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function pair<T>(at: usize, step: usize): v128 {
  if (step != sizeof<T>())
    return f64x2.replace_lane(f64x2.splat(<f64>load<T>(at)), 1, <f64>load<T>(at + step));
  if (isFloat<T>()) return sizeof<T>() == 8 ? v128.load(at) : f64x2.promote_low_f32x4(v128.load64_zero(at));
  if (sizeof<T>() == 4) {
    const v = v128.load64_zero(at);
    return isSigned<T>() ? f64x2.convert_low_i32x4_s(v) : f64x2.convert_low_i32x4_u(v);
  }
  let v: v128;
  if (sizeof<T>() == 2) v = v128.load32_zero(at);
  else {
    v = v128.load16_splat(at);
    v = isSigned<T>() ? i16x8.extend_low_i8x16_s(v) : i16x8.extend_low_i8x16_u(v);
  }
  return f64x2.convert_low_i32x4_s(isSigned<T>() ? i32x4.extend_low_i16x8_s(v) : i32x4.extend_low_i16x8_u(v));
}

// @ts-ignore: decorator
@inline
function between(a: v128, b: v128, t: v128): v128 {
  return f64x2.add(a, f64x2.mul(t, f64x2.sub(b, a)));
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

/** Whole parts of the coordinates at `at` and of the next one: inside the array none is negative. */
// @ts-ignore: decorator
@inline
function wholes(axis: i32, at: usize): v128 {
  return i32x4.trunc_sat_f64x2_s_zero(v128.load(placesOf(axis) + at));
}

/** What is left of them. */
// @ts-ignore: decorator
@inline
function rests(axis: i32, at: usize, whole: v128): v128 {
  return f64x2.sub(v128.load(placesOf(axis) + at), f64x2.convert_low_i32x4_s(whole));
}

/** Bytes from the block's beginning to elements `whole` along an axis. */
// @ts-ignore: decorator
@inline
function bytesAlong(params: usize, axis: i32, whole: v128, step: usize): v128 {
  return i32x4.mul(i32x4.sub(whole, i32x4.splat(field(params, Field.BLOCK_START, axis))), i32x4.splat(<i32>step));
}

/** A place that no output has. */
const SPARE: usize = (CHUNK - 2) << 3;

// @ts-ignore: decorator
@inline
function first(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 0, 0);
}

// @ts-ignore: decorator
@inline
function second(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}

/** Outputs [i, end), two at a time: interpolated along all axes but the last, then along that. */
// @ts-ignore: decorator
@inline
function linear<T>(line: usize, params: usize, rank: i32, i: i32, end: i32, target: usize, step: usize): void {
  const deep = <usize>pitch<T>(params, 0);
  const down = <usize>pitch<T>(params, rank - 2);
  for (; i < end; i += 2) {
    const single = i + 1 == end;
    let at = <usize>i << 3;
    if (single) {
      for (let axis = 0; axis < rank; axis++)
        v128.store(placesOf(axis) + SPARE, v128.load64_splat(placesOf(axis) + at));
      at = SPARE;
    }
    const wholeX = wholes(rank - 1, at);
    const wholeY = wholes(rank - 2, at);
    const y = rests(rank - 2, at, wholeY);
    let offset = i32x4.add(bytesAlong(params, rank - 1, wholeX, step), bytesAlong(params, rank - 2, wholeY, down));
    let z = y;
    if (rank == 3) {
      const wholeZ = wholes(0, at);
      z = rests(0, at, wholeZ);
      offset = i32x4.add(offset, bytesAlong(params, 0, wholeZ, deep));
    }
    const a = line + <usize>i32x4.extract_lane(offset, 0);
    const b = line + <usize>i32x4.extract_lane(offset, 1);
    let atA = between(pair<T>(a, step), pair<T>(a + down, step), first(y));
    let atB = between(pair<T>(b, step), pair<T>(b + down, step), second(y));
    if (rank == 3) {
      atA = between(atA, between(pair<T>(a + deep, step), pair<T>(a + deep + down, step), first(y)), first(z));
      atB = between(atB, between(pair<T>(b + deep, step), pair<T>(b + deep + down, step), second(y)), second(z));
    }
    const low = v128.shuffle<i64>(atA, atB, 0, 2);
    const result = between(low, v128.shuffle<i64>(atA, atB, 1, 3), rests(rank - 1, at, wholeX));
    if (single) store<f64>(target + (<usize>i << 3), f64x2.extract_lane(result, 0));
    else v128.store(target + at, result);
  }
}

function linearPlane<T>(line: usize, params: usize, i: i32, end: i32, target: usize): void {
  const step = <usize>pitch<T>(params, 1);
  if (step == sizeof<T>()) linear<T>(line, params, 2, i, end, target, sizeof<T>());
  else linear<T>(line, params, 2, i, end, target, step);
}

function linearVolume<T>(line: usize, params: usize, i: i32, end: i32, target: usize): void {
  const step = <usize>pitch<T>(params, 2);
  if (step == sizeof<T>()) linear<T>(line, params, 3, i, end, target, sizeof<T>());
  else linear<T>(line, params, 3, i, end, target, step);
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
  const first = madd<f32>(
    v128.load(at),
    v128.shuffle<i32>(a, a, 0, 0, 0, 0),
    f32x4.mul(v128.load(at + down), v128.shuffle<i32>(a, a, 2, 2, 2, 2)),
  );
  const last = madd<f32>(
    v128.load(at + 2 * down),
    v128.shuffle<i32>(b, b, 0, 0, 0, 0),
    f32x4.mul(v128.load(at + 3 * down), v128.shuffle<i32>(b, b, 2, 2, 2, 2)),
  );
  const rows = f32x4.add(first, last);
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
