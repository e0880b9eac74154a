// Coordinates beyond the edge, as mapCoordinate of core/boundary.ts maps them: what is added to them, step by step. Needs
// lib/double.wgsl and lib/boundary.wgsl, and so MODE.
fn wholeDouble(value: i32) -> vec2u {
  if (value == 0) {
    return vec2u(0u, 0u);
  }
  let zeros = countLeadingZeros(u32(abs(value)));
  let bits = u32(abs(value)) << zeros;
  // The hidden bit is dropped.
  let high = ((1054u - zeros) << 20u) | ((bits >> 11u) & 0xfffffu);
  return vec2u(high | (u32(value) & 0x80000000u), bits << 21u);
}

fn exceeds(v: Split, whole: i32) -> bool {
  return v.whole > whole || (v.whole == whole && (v.rest != 0u || v.more));
}

// Whether a coordinate is from the first element to the last.
fn isInside(c: Split, length: i32) -> bool {
  return c.whole >= 0 && !exceeds(c, length - 1);
}

// After how many elements the array comes again.
fn periodOf(length: i32) -> i32 {
  switch MODE {
    case MIRROR: {
      return max(1, 2 * length - 2);
    }
    case REFLECT: {
      return 2 * length;
    }
    case WRAP: {
      return max(1, length - 1);
    }
    default: {
      return length;
    }
  }
}

// The whole periods that bring a coordinate near.
fn periodsOf(c: Split, length: i32) -> i32 {
  let period = periodOf(length);
  if (c.whole >= 0) {
    return -(c.whole / period * period);
  }
  let distance = negated(c);
  switch MODE {
    case MIRROR: {
      return distance.whole / period * period;
    }
    case REFLECT: {
      return select(0, distance.whole / period * period, exceeds(distance, period));
    }
    case WRAP: {
      return (distance.whole / period + 1) * period;
    }
    default: {
      return (max(distance.whole - 1, 0) / period + 1) * period;
    }
  }
}

// What becomes of a coordinate that is near: whether its sign changes, and what is added then, one after the other.
struct Turn {
  opposite: bool,
  first: i32,
  second: i32,
}

fn turnOf(c: Split, below: bool, length: i32) -> Turn {
  if (MODE != MIRROR && MODE != REFLECT) {
    return Turn(false, 0, 0);
  }
  let period = periodOf(length);
  if (!below) {
    let beyond = c.whole >= length;
    return Turn(beyond, select(0, period, beyond), select(0, -1, beyond && MODE == REFLECT));
  }
  let distance = negated(c);
  if (MODE == MIRROR) {
    let far = distance.whole >= length - 1;
    return Turn(!far, select(0, period, far), 0);
  }
  let far = exceeds(distance, length);
  return Turn(!far, select(-1, period, far), 0);
}
