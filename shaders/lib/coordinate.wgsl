// Coordinates beyond the edge, as mapCoordinate of core/boundary.ts maps them, in the same operations on float64: rounding
// decides at half pixels. Needs lib/double.wgsl and lib/boundary.wgsl, and so MODE.
fn opposite(v: vec2u) -> vec2u {
  return vec2u(v.x ^ 0x80000000u, v.y);
}

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

fn mapMirror(x: vec2u, from: Split, length: i32) -> vec2u {
  let period = 2 * length - 2;
  if (from.whole < 0) {
    let y = addDouble(x, wholeDouble(negated(from).whole / period * period));
    if (negated(splitDouble(y)).whole >= length - 1) {
      return addDouble(y, wholeDouble(period));
    }
    return opposite(y);
  }
  let y = addDouble(x, wholeDouble(-(from.whole / period * period)));
  if (splitDouble(y).whole >= length) {
    return addDouble(wholeDouble(period), opposite(y));
  }
  return y;
}

fn mapReflect(x: vec2u, from: Split, length: i32) -> vec2u {
  let period = 2 * length;
  var y = x;
  if (from.whole < 0) {
    let distance = negated(from);
    if (exceeds(distance, period)) {
      y = addDouble(x, wholeDouble(distance.whole / period * period));
    }
    if (exceeds(negated(splitDouble(y)), length)) {
      return addDouble(y, wholeDouble(period));
    }
    return addDouble(opposite(y), wholeDouble(-1));
  }
  y = addDouble(x, wholeDouble(-(from.whole / period * period)));
  if (splitDouble(y).whole >= length) {
    return addDouble(addDouble(wholeDouble(period), opposite(y)), wholeDouble(-1));
  }
  return y;
}

fn mapWrap(x: vec2u, from: Split, period: i32) -> vec2u {
  if (from.whole >= 0) {
    return addDouble(x, wholeDouble(-(from.whole / period * period)));
  }
  let distance = negated(from).whole - select(0, 1, MODE == GRID_WRAP);
  return addDouble(x, wholeDouble((max(distance, 0) / period + 1) * period));
}

// Whether a coordinate is from the first element to the last.
fn isInside(c: Split, length: i32) -> bool {
  return c.whole >= 0 && !exceeds(c, length - 1);
}

// The coordinate that stands for `x`; under constant, nearest and grid-constant itself.
fn mapDouble(x: vec2u, length: i32) -> vec2u {
  let from = splitDouble(x);
  if (MODE == NEAREST || MODE == GRID_CONSTANT || MODE == CONSTANT || isInside(from, length)) {
    return x;
  }
  if (length == 1) {
    return vec2u(0u, 0u);
  }
  if (MODE == MIRROR) {
    return mapMirror(x, from, length);
  }
  if (MODE == REFLECT) {
    return mapReflect(x, from, length);
  }
  return mapWrap(x, from, select(length - 1, length, MODE == GRID_WRAP));
}
