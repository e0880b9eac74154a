// Taps beyond the edge, as core/boundary.ts maps them. The header gives `const MODE: u32`, a position in GATHER_MODES of
// src/ops/ndinterp/geometry.ts.
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
