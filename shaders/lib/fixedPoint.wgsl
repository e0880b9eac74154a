// Exact dot products of 16-bit values and fixed-point weights. A weight is LIMBS balanced 16-bit digits, each in
// [-32768, 32767], so digit x value (up to 65535 in magnitude) fits an i32. Each product goes, split in halves, to
// the accumulators of its scale: at most 2 x 65535 a tap, so up to 16384 taps cannot overflow.
alias Sum = array<i32, 4>;

fn addProduct(sum: ptr<function, Sum>, scale: u32, digit: i32, value: i32) {
  let product = digit * value;
  (*sum)[scale] += product & 0xffff;
  (*sum)[scale + 1u] += product >> 16u;
}

// Integer part, truncated towards zero, of the sum divided by 2^shift; 16 <= shift < 48.
fn truncatedSum(sum: ptr<function, Sum>, shift: u32) -> i32 {
  for (var i = 0u; i < 3u; i++) {
    (*sum)[i + 1u] += (*sum)[i] >> 16u;
    (*sum)[i] &= 0xffff;
  }
  let low = (u32((*sum)[1]) << 16u) | u32((*sum)[0]);
  let high = ((*sum)[3] << 16u) | (*sum)[2];
  var floor = 0;
  var fraction = 0u;
  if (shift >= 32u) {
    floor = high >> (shift - 32u);
    fraction = low | (u32(high) & ((1u << (shift - 32u)) - 1u));
  } else {
    floor = (high << (32u - shift)) | i32(low >> shift);
    fraction = low & ((1u << shift) - 1u);
  }
  return select(floor, floor + 1, high < 0 && fraction != 0u);
}
