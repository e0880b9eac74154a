// Coordinates that are float32 of any size. Needs lib/place.wgsl; the header gives `const PAD: vec2u`, what is added to
// each of them as a double.

// A finite float32, as a double.
fn doubleOf(bits: u32) -> vec2u {
  var exponent = (bits >> 23u) & 0xffu;
  var mantissa = bits & 0x7fffffu;
  if (exponent == 0u) {
    if (mantissa == 0u) {
      return vec2u(0u, 0u);
    }
    let shift = countLeadingZeros(mantissa) - 8u;
    mantissa = (mantissa << shift) & 0x7fffffu;
    exponent = 1u - shift;
  }
  return vec2u((bits & 0x80000000u) | ((exponent + 896u) << 20u) | (mantissa >> 3u), mantissa << 29u);
}

// A whole number of magnitude 2^30 or more, brought near by whole periods.
fn nearWhole(bits: u32, length: i32) -> i32 {
  let negative = (bits >> 31u) != 0u;
  if (MODE == NEAREST || MODE == GRID_CONSTANT) {
    let end = (1 << 30u) - 1;
    return select(end, -end, negative);
  }
  let period = u32(periodOf(length));
  var rest = ((bits & 0x7fffffu) | 0x800000u) % period;
  for (var i = 150u; i < ((bits >> 23u) & 0xffu); i++) {
    rest = (2u * rest) % period;
  }
  // Where SciPy's wrap has the last element for negative multiples of the period, this must stay negative.
  return select(i32(rest), -i32(select(rest, period, rest == 0u)), negative);
}

fn placedGiven(bits: u32, length: i32) -> Placed {
  let magnitude = bits & 0x7fffffffu;
  let endless = MODE != NEAREST && MODE != GRID_CONSTANT && magnitude == 0x7f800000u;
  // No number; infinite where no element is the only one.
  if (magnitude > 0x7f800000u || (endless && (MODE == CONSTANT || length > 1))) {
    return Placed(0, 0.0, 0u, true);
  }
  var coordinate = vec2u(0u, 0u);
  if (magnitude >= 0x4e800000u) {
    if (MODE == CONSTANT) {
      return Placed(0, 0.0, 0u, true);
    }
    if (!endless) {
      coordinate = wholeDouble(nearWhole(bits, length));
    }
  } else {
    coordinate = doubleOf(bits);
  }
  if (PAD.x != 0u) {
    coordinate = addDouble(coordinate, PAD);
  }
  return placed(coordinate, length);
}
