// Which taps stand around a coordinate. Needs lib/double.wgsl, lib/boundary.wgsl and lib/coordinate.wgsl, and so MODE; the
// header gives `const ORDER: u32`, too.
struct Placed {
  // The first tap; the others follow it.
  first: i32,
  // Coordinate beyond the middle tap.
  fraction: f32,
  // Whether the result is the constant, whatever the other axes say.
  constant: bool,
}

// At a coordinate below 2^30 in magnitude.
fn placed(coordinate: vec2u, length: i32) -> Placed {
  if (MODE == CONSTANT && !isInside(splitDouble(coordinate), length)) {
    return Placed(0, 0.0, true);
  }
  let mapped = mapDouble(coordinate, length);
  let c = splitDouble(mapped);
  if (ORDER % 2u == 1u) {
    return Placed(c.whole - i32(ORDER / 2u), f32(c.rest) * exp2(-32.0), false);
  }
  let middle = splitDouble(addDouble(mapped, vec2u(0x3fe00000u, 0u))).whole;
  var fraction = f32(c.whole - middle) + f32(c.rest) * exp2(-32.0);
  if (middle == c.whole + 1) {
    fraction = -f32(0u - c.rest) * exp2(-32.0);
  }
  return Placed(middle - i32(ORDER / 2u), fraction, false);
}
