// Integers wider than 32 bits: little-endian words, two's complement.
fn widen(value: i32) -> vec2u {
  return vec2u(bitcast<u32>(value), bitcast<u32>(value >> 31u));
}

fn add64(a: vec2u, b: vec2u) -> vec2u {
  let low = a.x + b.x;
  return vec2u(low, a.y + b.y + u32(low < a.x));
}

fn negate64(a: vec2u) -> vec2u {
  return add64(~a, vec2u(1u, 0u));
}

// Unsigned product of two words.
fn multiply32(a: u32, b: u32) -> vec2u {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let low = al * bl;
  let middle = ah * bl + (low >> 16u);
  let middle2 = al * bh + (middle & 0xffffu);
  return vec2u((middle2 << 16u) | (low & 0xffffu), ah * bh + (middle >> 16u) + (middle2 >> 16u));
}

// a * b modulo 2^64.
fn multiply64(a: vec2u, b: u32) -> vec2u {
  return multiply32(a.x, b) + vec2u(0u, a.y * b);
}

fn square(value: i32) -> vec2u {
  let magnitude = u32(abs(value));
  return multiply32(magnitude, magnitude);
}

// a + b of a three-word and an unsigned two-word number.
fn add96(a: vec3u, b: vec2u) -> vec3u {
  let low = a.x + b.x;
  let carry = u32(low < a.x);
  let middle = a.y + b.y;
  let middle2 = middle + carry;
  return vec3u(low, middle2, a.z + u32(middle < a.y) + u32(middle2 < middle));
}
