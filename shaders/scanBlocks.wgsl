// Rank of bits, step 2: exclusive sums of the block sums in place, and their total after the last. One workgroup.
struct Params {
  blocks: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> blockSums: array<u32>;

var<workgroup> sums: array<u32, 256>;

#include lib/scan.wgsl;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  var carry = 0u;
  for (var first = 0u; first < params.blocks; first += 256u) {
    let at = first + lane;
    var value = 0u;
    if (at < params.blocks) {
      value = blockSums[at];
    }
    let before = scanWorkgroup(lane, value);
    if (at < params.blocks) {
      blockSums[at] = carry + before;
    }
    carry += workgroupUniformLoad(&sums[255]);
  }
  if (lane == 0u) {
    blockSums[params.blocks] = carry;
  }
}
