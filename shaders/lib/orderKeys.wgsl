// Elements as keys that order unsigned as the values do: -0 before 0, and NaN, all of them alike, after everything. The
// header gives `BITS` and `KIND` (0: unsigned, 1: signed, 2: float).
fn keyOfBits(bits: u32) -> u32 {
  if (KIND == 0u) {
    return bits;
  }
  let sign = 1u << (BITS - 1u);
  if (KIND == 1u) {
    return bits ^ sign;
  }
  let number = select(bits, 0x7fc00000u, (bits & 0x7fffffffu) > 0x7f800000u);
  return number ^ select(sign, 0xffffffffu, number >= sign);
}

fn bitsOf(key: u32) -> u32 {
  let sign = 1u << (BITS - 1u);
  if (KIND == 2u) {
    return key ^ select(0xffffffffu, sign, key >= sign);
  }
  return select(key, key ^ sign, KIND == 1u);
}
