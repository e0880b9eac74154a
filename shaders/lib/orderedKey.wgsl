// Keys that order unsigned as the values do: offset binary for i32, sign-magnitude folded for f32 (-0 like +0).
fn keyU32(value: u32) -> u32 {
  return value;
}

fn keyI32(value: i32) -> u32 {
  return bitcast<u32>(value) ^ 0x80000000u;
}

fn keyF32(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  if (bits == 0x80000000u) {
    return bits;
  }
  return bits ^ select(0x80000000u, 0xffffffffu, bits >= 0x80000000u);
}
