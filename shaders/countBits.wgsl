// Rank of bits, step 1: set bits before each word within blocks of 2048 words, and in each block. 256 invocations a
// block.
struct Params {
  words: u32,
  blocks: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
@group(0) @binding(2) var<storage, read_write> ranks: array<u32>;
@group(0) @binding(3) var<storage, read_write> blockSums: array<u32>;

const WORDS = 8u;
var<workgroup> sums: array<u32, 256>;

#include lib/scan.wgsl;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let first = (block * 256u + lane) * WORDS;
  var counts: array<u32, WORDS>;
  var total = 0u;
  for (var k = 0u; k < WORDS; k++) {
    counts[k] = total;
    if (first + k < params.words) {
      total += countOneBits(bits[first + k]);
    }
  }
  let before = scanWorkgroup(lane, total);
  for (var k = 0u; k < WORDS; k++) {
    if (first + k < params.words) {
      ranks[first + k] = before + counts[k];
    }
  }
  if (lane == 255u && block < params.blocks) {
    blockSums[block] = before + total;
  }
}
