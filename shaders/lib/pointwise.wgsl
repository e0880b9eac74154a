// Functions that generated pointwise expressions call (src/ops/gpu/pointwiseWgsl.ts). `params.zero` is the including shader's:
// a constant NaN is an error in WGSL. Needs lib/truncate.wgsl.
fn isNan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

/** Integers in the order of the floats; both zeros are 0. */
fn ordered(x: f32) -> i32 {
  let bits = bitcast<i32>(x);
  return select(bits, i32(-2147483648) - bits, bits < 0);
}

fn special(bits: u32) -> f32 {
  return bitcast<f32>(bits | params.zero);
}

fn minimumFloat(a: f32, b: f32) -> f32 {
  if (isNan(a)) { return a; }
  if (isNan(b)) { return b; }
  return select(b, a, ordered(a) <= ordered(b));
}

fn maximumFloat(a: f32, b: f32) -> f32 {
  if (isNan(a)) { return a; }
  if (isNan(b)) { return b; }
  return select(b, a, ordered(a) >= ordered(b));
}

fn sqrtFloat(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if (isNan(x) || (bits & 0x7fffffffu) == 0u || bits == 0x7f800000u) { return x; }
  if (ordered(x) < 0) { return special(0x7fc00000u); }
  return sqrt(x);
}

/** e^x by n = round(x / ln 2) and a polynomial on the rest: WGSL's own may lose 2 |x| ULP. */
fn expFloat(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let key = ordered(x);
  if (key > ordered(88.72284)) { return special(0x7f800000u); }
  if (key < ordered(-104.0)) { return 0.0; }
  let n = round(x * 1.44269504);
  let r = (x - n * 0.693359375) + n * 2.12194440e-4;
  var p = 1.98412698e-4;
  p = p * r + 1.38888889e-3;
  p = p * r + 8.33333333e-3;
  p = p * r + 4.16666667e-2;
  p = p * r + 0.166666667;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  // 2^n in two factors, since n may lie outside the exponents of normal numbers.
  let half = i32(n) >> 1u;
  let rest = i32(n) - half;
  return p * bitcast<f32>((127 + half) << 23u) * bitcast<f32>((127 + rest) << 23u);
}

fn logFloat(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if (isNan(x) || bits == 0x7f800000u) { return x; }
  if ((bits & 0x7fffffffu) == 0u) { return special(0xff800000u); }
  if ((bits >> 31u) == 1u) { return special(0x7fc00000u); }
  // A denormal is an integer times 2^-149.
  if (bits < 0x00800000u) { return log(f32(bits)) - 103.27893; }
  return log(x);
}

/** The angle of the point (x, y): WGSL's own may lose 4096 ULP. Polynomial of Cephes' atanf on [0, tan(pi / 8)]. */
fn arctan2Float(y: f32, x: f32) -> f32 {
  if (isNan(x) || isNan(y)) { return special(0x7fc00000u); }
  let sizes = vec2u(bitcast<u32>(x), bitcast<u32>(y)) & vec2u(0x7fffffffu);
  let steep = sizes.y > sizes.x;
  let large = max(sizes.x, sizes.y);
  // Equal infinities have a ratio of 1, as equal numbers do.
  var t = 0.0;
  if (large != 0u) { t = bitcast<f32>(min(sizes.x, sizes.y)) / bitcast<f32>(large); }
  if (large == 0x7f800000u) { t = select(0.0, 1.0, sizes.x == sizes.y); }
  var angle = 0.0;
  if (t > 0.41421356) {
    t = (t - 1.0) / (t + 1.0);
    angle = 0.78539816;
  }
  let z = t * t;
  let p = ((8.05374449e-2 * z - 0.138776856) * z + 0.199777106) * z - 0.333329491;
  angle += p * z * t + t;
  if (steep) { angle = 1.57079633 - angle; }
  if (bitcast<i32>(x) < 0) { angle = 3.14159265 - angle; }
  return bitcast<f32>(bitcast<u32>(angle) | (bitcast<u32>(y) & 0x80000000u));
}

fn floorDivideSigned(a: i32, b: i32) -> i32 {
  if (b == 0) { return 0; }
  let quotient = a / b;
  let inexact = a % b != 0;
  return select(quotient, quotient - 1, inexact && (a < 0) != (b < 0));
}

fn remainderSigned(a: i32, b: i32) -> i32 {
  if (b == 0) { return 0; }
  return a - floorDivideSigned(a, b) * b;
}

fn floorDivideUnsigned(a: u32, b: u32) -> u32 {
  if (b == 0u) { return 0u; }
  return a / b;
}

fn remainderUnsigned(a: u32, b: u32) -> u32 {
  if (b == 0u) { return 0u; }
  return a % b;
}

fn powerUnsigned(base: i32, exponent: u32) -> i32 {
  var result = 1;
  var factor = base;
  for (var rest = exponent; rest != 0u; rest >>= 1u) {
    if ((rest & 1u) == 1u) { result *= factor; }
    factor *= factor;
  }
  return result;
}

fn powerSigned(base: i32, exponent: i32) -> i32 {
  if (exponent >= 0) { return powerUnsigned(base, u32(exponent)); }
  if (base == 1) { return 1; }
  return select(0, 1 - 2 * (exponent & 1), base == -1);
}
