// Exclusive sum over the includer's `var<workgroup> sums: array<u32, 256>`; call in uniform control flow.
fn scanWorkgroup(lane: u32, value: u32) -> u32 {
  sums[lane] = value;
  workgroupBarrier();
  for (var step = 1u; step < 256u; step <<= 1u) {
    var add = 0u;
    if (lane >= step) {
      add = sums[lane - step];
    }
    workgroupBarrier();
    sums[lane] += add;
    workgroupBarrier();
  }
  return sums[lane] - value;
}
