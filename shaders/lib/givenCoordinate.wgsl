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

// After how many elements the array comes again.
fn periodOf(length: i32) -> u32 {
  switch MODE {
    case MIRROR: {
      return u32(max(1, 2 * length - 2));
    }
    case REFLECT: {
      return u32(2 * length);
    }
    case WRAP: {
      return u32(max(1, length - 1));
    }
    default: {
      return u32(length);
    }
  }
}

// Of magnitude 2^30 or more: a whole number, brought near by whole periods.
fn placedFar(bits: u32, length: i32) -> Placed {
  let negative = (bits >> 31u) != 0u;
  if (MODE == NEAREST || MODE == GRID_CONSTANT) {
    let end = (1 << 30u) - 1;
    return placed(wholeDouble(select(end, -end, negative)), length);
  }
  let exponent = (bits >> 23u) & 0xffu;
  if (MODE == CONSTANT || exponent == 255u) {
    return Placed(0, 0.0, true);
  }
  let period = periodOf(length);
  var rest = ((bits & 0x7fffffu) | 0x800000u) % period;
  for (var i = 150u; i < exponent; i++) {
    rest = (2u * rest) % period;
  }
  // Where SciPy's wrap has the last element for negative multiples of the period, this must stay negative.
  let whole = select(i32(rest), -i32(select(rest, period, rest == 0u)), negative);
  return placed(wholeDouble(whole), length);
}

fn placedGiven(bits: u32, length: i32) -> Placed {
  let magnitude = bits & 0x7fffffffu;
  // Not a number.
  if (magnitude > 0x7f800000u) {
    return Placed(0, 0.0, true);
  }
  if (magnitude >= 0x4e800000u) {
    return placedFar(bits, length);
  }
  if (PAD.x == 0u) {
    return placed(doubleOf(bits), length);
  }
  return placed(addDouble(doubleOf(bits), PAD), length);
}
