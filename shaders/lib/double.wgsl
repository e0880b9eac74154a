// Float64 sums in 32-bit integers, rounded to nearest even as IEEE says: coordinates decide at edges and half pixels by
// their last bits. A double is vec2u(high word, low word); numbers too small to be normal count as 0, and results must
// be finite.

fn shiftLeft(v: vec2u, n: u32) -> vec2u {
  if (n == 0u) {
    return v;
  }
  if (n >= 32u) {
    return vec2u(v.y << (n - 32u), 0u);
  }
  return vec2u((v.x << n) | (v.y >> (32u - n)), v.y << n);
}

// Lost bits set the last one.
fn shiftRightSticky(v: vec2u, n: u32) -> vec2u {
  if (n == 0u) {
    return v;
  }
  if (n >= 64u) {
    return vec2u(0u, u32((v.x | v.y) != 0u));
  }
  if (n >= 32u) {
    let m = n - 32u;
    let lost = v.y | select(v.x << (32u - m), 0u, m == 0u);
    return vec2u(0u, (v.x >> m) | u32(lost != 0u));
  }
  let lost = v.y << (32u - n);
  return vec2u(v.x >> n, (v.y >> n) | (v.x << (32u - n)) | u32(lost != 0u));
}

fn addWide(a: vec2u, b: vec2u) -> vec2u {
  let low = a.y + b.y;
  return vec2u(a.x + b.x + u32(low < a.y), low);
}

fn subtractWide(a: vec2u, b: vec2u) -> vec2u {
  return vec2u(a.x - b.x - u32(a.y < b.y), a.y - b.y);
}

// The significand with its hidden bit at bit 62.
fn significand(v: vec2u) -> vec2u {
  let high = select(0u, (v.x & 0xfffffu) | 0x100000u, ((v.x >> 20u) & 0x7ffu) != 0u);
  return shiftLeft(vec2u(high, select(0u, v.y, high != 0u)), 10u);
}

fn addDouble(p: vec2u, q: vec2u) -> vec2u {
  let p1 = p.x & 0x7fffffffu;
  let q1 = q.x & 0x7fffffffu;
  let swap = p1 < q1 || (p1 == q1 && p.y < q.y);
  let a = select(p, q, swap);
  let b = select(q, p, swap);
  let exponent = (a.x >> 20u) & 0x7ffu;
  let smaller = shiftRightSticky(significand(b), exponent - ((b.x >> 20u) & 0x7ffu));
  var sum = addWide(significand(a), smaller);
  if (((a.x ^ b.x) >> 31u) != 0u) {
    sum = subtractWide(significand(a), smaller);
  }
  if ((sum.x | sum.y) == 0u) {
    return vec2u(0u, 0u);
  }
  let zeros = select(countLeadingZeros(sum.x), 32u + countLeadingZeros(sum.y), sum.x == 0u);
  sum = shiftLeft(sum, zeros);
  let rounding = sum.y & 0x7ffu;
  var rounded = addWide(sum, vec2u(0u, 0x400u));
  let carry = rounded.x < sum.x;
  if (rounding == 0x400u) {
    rounded.y &= 0xfffff000u;
  }
  // The hidden bit, at bit 52, adds one to the exponent; a carry leaves all others zero.
  let kept = vec2u(rounded.x >> 11u, (rounded.y >> 11u) | (rounded.x << 21u));
  let result = i32(exponent) - i32(zeros) + select(0, 2, carry);
  if (result < 0) {
    return vec2u(0u, 0u);
  }
  return vec2u((a.x & 0x80000000u) | ((u32(result) << 20u) + kept.x), kept.y);
}

// A number as its floor, 32 bits of the rest, and whether more of it follows.
struct Split {
  whole: i32,
  rest: u32,
  more: bool,
}

// Of a double of magnitude below 2^30.
fn splitDouble(v: vec2u) -> Split {
  let exponent = i32((v.x >> 20u) & 0x7ffu) - 1023;
  // Hidden bit at bit 63.
  let bits = shiftLeft(significand(v), 1u);
  var whole = 0u;
  var rest = vec2u(0u, 0u);
  if (exponent >= 0) {
    whole = bits.x >> u32(31 - exponent);
    rest = shiftLeft(bits, u32(exponent) + 1u);
  } else {
    rest = shiftRightSticky(bits, u32(-exponent) - 1u);
  }
  let more = rest.y != 0u;
  if ((v.x >> 31u) == 0u) {
    return Split(i32(whole), rest.x, more);
  }
  return negated(Split(i32(whole), rest.x, more));
}

fn negated(v: Split) -> Split {
  if (v.rest == 0u && !v.more) {
    return Split(-v.whole, 0u, false);
  }
  return Split(-v.whole - 1, select(0u - v.rest, ~v.rest, v.more), v.more);
}
