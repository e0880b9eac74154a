// Coordinates and taps beyond the edge, as core/boundary.ts maps them. The header gives `const MODE: u32`, a position in
// GATHER_MODES of src/ops/ndinterp/geometry.ts. Needs lib/double.wgsl.
const CONSTANT = 0u;
const NEAREST = 1u;
const MIRROR = 2u;
const REFLECT = 3u;
const WRAP = 4u;
const GRID_WRAP = 5u;
const GRID_CONSTANT = 6u;

fn floorModulo(a: i32, period: i32) -> i32 {
  let rest = a % period;
  return select(rest, rest + period, rest < 0);
}

fn isInside(c: Split, length: i32) -> bool {
  return c.whole >= 0 && (c.whole < length - 1 || (c.whole == length - 1 && c.rest == 0u && !c.more));
}

fn mapSplit(c: Split, length: i32) -> Split {
  if (MODE == NEAREST || MODE == GRID_CONSTANT || MODE == CONSTANT || isInside(c, length)) {
    return c;
  }
  if (length == 1) {
    return Split(0, 0u, false);
  }
  if (MODE == MIRROR || MODE == REFLECT) {
    let period = select(2 * length - 2, 2 * length, MODE == REFLECT);
    let folded = Split(floorModulo(c.whole, period), c.rest, c.more);
    if (folded.whole < length) {
      return folded;
    }
    let back = negated(folded);
    return Split(back.whole + period - select(0, 1, MODE == REFLECT), back.rest, back.more);
  }
  if (MODE == GRID_WRAP) {
    return Split(floorModulo(c.whole, length), c.rest, c.more);
  }
  // SciPy's wrap has a period of length - 1, and takes negative multiples of it to the end.
  let folded = Split(floorModulo(c.whole, length - 1), c.rest, c.more);
  if (c.whole < 0 && folded.whole == 0 && folded.rest == 0u && !folded.more) {
    return Split(length - 1, 0u, false);
  }
  return folded;
}

// The element for a tap; -1 for the constant. Splines go on as mirrors under constant and wrap.
fn mapTap(index: i32, length: i32) -> i32 {
  if (index >= 0 && index < length) {
    return index;
  }
  if (MODE == GRID_CONSTANT) {
    return -1;
  }
  if (MODE == NEAREST) {
    return clamp(index, 0, length - 1);
  }
  if (MODE == GRID_WRAP) {
    return floorModulo(index, length);
  }
  if (MODE == REFLECT) {
    let folded = floorModulo(index, 2 * length);
    return min(folded, 2 * length - 1 - folded);
  }
  if (length == 1) {
    return 0;
  }
  let folded = floorModulo(index, 2 * length - 2);
  return min(folded, 2 * length - 2 - folded);
}
