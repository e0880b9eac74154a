// A value as an integer, and what that cannot say: 1 NaN, 2 +Infinity, 4 -Infinity.
struct Fixed {
  value: i32,
  flags: u32,
}

// A float32 as a multiple of 2^(1 - bits) times the power of two of the block's `largest` magnitude (bits), rounded:
// |value| < 2^bits. Integer operations only, so subnormals and rounding modes do not matter.
fn fixedFloat(value: f32, largest: u32, bits: u32) -> Fixed {
  let word = bitcast<u32>(value);
  let magnitude = word & 0x7fffffffu;
  let negative = (word >> 31u) != 0u;
  if (magnitude >= 0x7f800000u) {
    return Fixed(0, select(select(2u, 4u, negative), 1u, magnitude > 0x7f800000u));
  }
  let exponent = magnitude >> 23u;
  let mantissa = (magnitude & 0x7fffffu) | select(0u, 0x800000u, exponent > 0u);
  let shift = i32(bits) - 24 - i32(max(largest >> 23u, 1u)) + i32(max(exponent, 1u));
  var scaled = 0u;
  if (shift >= 0) {
    scaled = mantissa << u32(shift);
  } else if (shift >= -24) {
    scaled = (mantissa + (1u << u32(-shift - 1))) >> u32(-shift);
  }
  let signed = i32(scaled);
  return Fixed(select(signed, -signed, negative), 0u);
}
