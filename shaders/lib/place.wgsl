// Which taps stand around a coordinate. Needs lib/double.wgsl, lib/boundary.wgsl and lib/coordinate.wgsl, and so MODE; the
// header gives `const ORDER: u32`, too.
struct Placed {
  // The first tap; the others follow it.
  first: i32,
  // Coordinate beyond the middle tap.
  fraction: f32,
  // The same in units of 2^-32, for odd orders.
  rest: u32,
  // Whether the result is the constant, whatever the other axes say.
  constant: bool,
}

// At a coordinate below 2^30 in magnitude: mapped in SciPy's operations on float64, whose rounding decides at half pixels.
// One loop, since compilers write out every call.
fn placed(coordinate: vec2u, length: i32) -> Placed {
  let middleTap = i32(ORDER / 2u);
  var y = coordinate;
  var below = false;
  var turn = Turn(false, 0, 0);
  var c = Split(0, 0u, false);
  var step = 0u;
  loop {
    let split = splitDouble(y);
    var whole = 0;
    if (step == 0u) {
      let inside = isInside(split, length);
      if (MODE == CONSTANT && !inside) {
        return Placed(0, 0.0, 0u, true);
      }
      if (inside || MODE == NEAREST || MODE == GRID_CONSTANT) {
        step = 3u;
      } else if (length == 1) {
        return Placed(-middleTap, 0.0, 0u, false);
      } else {
        below = split.whole < 0;
        whole = periodsOf(split, length);
      }
    } else if (step == 1u) {
      turn = turnOf(split, below, length);
      y.x ^= select(0u, 0x80000000u, turn.opposite);
      whole = turn.first;
    } else if (step == 2u) {
      whole = turn.second;
    }
    var term = wholeDouble(whole);
    if (step == 3u) {
      c = split;
      if (ORDER % 2u == 1u) {
        return Placed(c.whole - middleTap, f32(c.rest) * exp2(-32.0), c.rest, false);
      }
      // One half.
      term = vec2u(0x3fe00000u, 0u);
    } else if (step == 4u) {
      var fraction = f32(c.whole - split.whole) + f32(c.rest) * exp2(-32.0);
      if (split.whole == c.whole + 1) {
        fraction = -f32(0u - c.rest) * exp2(-32.0);
      }
      return Placed(split.whole - middleTap, fraction, 0u, false);
    }
    y = addDouble(y, term);
    step++;
  }
}
