/** C's truncation to an integer, modulo 2^32; 0 for NaN and infinities. */
fn truncateFloat(x: f32) -> i32 {
  let bits = bitcast<u32>(x);
  let exponent = i32((bits >> 23u) & 0xffu) - 127;
  if (exponent < 31) { return i32(x); }
  if (exponent >= 55) { return 0; }
  let magnitude = bitcast<i32>(((bits & 0x7fffffu) | 0x800000u) << u32(exponent - 23));
  return select(magnitude, -magnitude, (bits >> 31u) == 1u);
}
