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
  for (let i = 0; i < count; i++) {
    let axis = 0;
    for (; axis < rank; axis++) {
      const c = load<f64>(coordinates + (<usize>(axis * count + i) << 3)) + pad;
      const first = firstTap(c, load<i32>(lengths + (<usize>axis << 2)), order, mode);
      if (first == i32.MIN_VALUE) break;
      store<i32>(firsts + (<usize>axis << 2), first);
    }
    // One axis beyond the edge makes the result constant, wherever the others are.
    if (axis < rank) continue;
    for (let at: usize = 0; at < <usize>rank; at++) {
      const first = load<i32>(firsts + (at << 2));
      const into = bounds + (at << 3);
      store<i32>(into, min(load<i32>(into), first));
      store<i32>(into, max(load<i32>(into, 4), first), 4);
    }
  }
}
