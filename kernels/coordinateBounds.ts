// Where interpolation at given coordinates looks.
import { mapCoordinate, Mode } from './spline';

/** The first of the `order` + 1 taps around coordinate `c`; i32.MIN_VALUE where the result is the constant. */
// @ts-ignore: decorator
@inline
export function firstTap(c: f64, length: i32, order: i32, mode: i32): i32 {
  let at = c;
  if (mode == Mode.NEAREST || mode == Mode.GRID_CONSTANT) at = max(-1e9, min(1e9, c));
  else if (!(c >= 0 && c <= <f64>(length - 1))) at = mapCoordinate(c, length, mode);
  const constant = mode == Mode.NEAREST || mode == Mode.GRID_CONSTANT ? at != at : !(at > -1);
  return constant ? i32.MIN_VALUE : <i32>floor(order & 1 ? at : at + 0.5) - (order >> 1);
}

const firsts = memory.data(4 * 4, 16);

/** Coordinates that are looked at together. */
const BLOCK = 64;
/** Their smallest and largest along each axis. */
const extremes = memory.data(4 * 16, 16);

// @ts-ignore: decorator
@inline
function widenBounds(bounds: usize, axis: usize, low: i32, high: i32): void {
  const into = bounds + (axis << 3);
  store<i32>(into, min(load<i32>(into), low));
  store<i32>(into, max(load<i32>(into, 4), high), 4);
}

/** Whether coordinates [i, i + BLOCK) are all inside the array; if so, `extremes` has their ends. */
function allInside(coordinates: usize, rank: i32, count: i32, i: i32, lengths: usize, pad: f64): bool {
  for (let axis: usize = 0; axis < <usize>rank; axis++) {
    const from = coordinates + (<usize>(<i32>axis * count + i) << 3);
    let low = v128.load(from);
    let high = low;
    let unordered = f64x2.ne(low, low);
    for (let at: usize = 16; at < <usize>BLOCK << 3; at += 16) {
      const c = v128.load(from + at);
      low = f64x2.pmin(low, c);
      high = f64x2.pmax(high, c);
      unordered = v128.or(unordered, f64x2.ne(c, c));
    }
    const least = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1)) + pad;
    const most = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1)) + pad;
    const last = <f64>(load<i32>(lengths + (axis << 2)) - 1);
    if (v128.any_true(unordered) || !(least >= 0 && most <= last)) return false;
    store<f64>(extremes + (axis << 4), least);
    store<f64>(extremes + (axis << 4), most, 8);
  }
  return true;
}

/** Adds the taps around one place; one axis beyond the edge makes the result constant, wherever the others are. */
function addPlace(
  coordinates: usize,
  rank: i32,
  count: i32,
  i: i32,
  lengths: usize,
  order: i32,
  mode: i32,
  pad: f64,
  bounds: usize,
): void {
  for (let axis = 0; axis < rank; axis++) {
    const c = load<f64>(coordinates + (<usize>(axis * count + i) << 3)) + pad;
    const first = firstTap(c, load<i32>(lengths + (<usize>axis << 2)), order, mode);
    if (first == i32.MIN_VALUE) return;
    store<i32>(firsts + (<usize>axis << 2), first);
  }
  for (let at: usize = 0; at < <usize>rank; at++) {
    const first = load<i32>(firsts + (at << 2));
    widenBounds(bounds, at, first, first);
  }
}

export function coordinateBounds(
  coordinates: usize,
  rank: i32,
  count: i32,
  lengths: usize,
  order: i32,
  mode: i32,
  pad: f64,
  bounds: usize,
): void {
  for (let axis: usize = 0; axis < <usize>rank; axis++) {
    store<i32>(bounds + (axis << 3), i32.MAX_VALUE);
    store<i32>(bounds + (axis << 3), i32.MIN_VALUE, 4);
  }
  let i = 0;
  for (; i <= count - BLOCK; i += BLOCK) {
    if (!allInside(coordinates, rank, count, i, lengths, pad)) {
      for (let k = i; k < i + BLOCK; k++) addPlace(coordinates, rank, count, k, lengths, order, mode, pad, bounds);
      continue;
    }
    for (let axis: usize = 0; axis < <usize>rank; axis++) {
      const length = load<i32>(lengths + (axis << 2));
      const low = firstTap(load<f64>(extremes + (axis << 4)), length, order, mode);
      widenBounds(bounds, axis, low, firstTap(load<f64>(extremes + (axis << 4), 8), length, order, mode));
    }
  }
  for (; i < count; i++) addPlace(coordinates, rank, count, i, lengths, order, mode, pad, bounds);
}
