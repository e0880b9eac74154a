// Renumbering, last step: replaces each pixel's slot by the rank of its label's first pixel.
#include lib/grid.wgsl;

struct Params {
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> firsts: array<u32>;
@group(0) @binding(3) var<storage, read> bits: array<u32>;
@group(0) @binding(4) var<storage, read> ranks: array<u32>;
@group(0) @binding(5) var<storage, read> blockSums: array<u32>;
@group(0) @binding(6) var<storage, read_write> labels: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = flatInvocation(global, groups, 64u);
  if (pixel >= params.pixels) {
    return;
  }
  if (input[pixel] == 0u) {
    labels[pixel] = 0u;
    return;
  }
  let first = ~firsts[labels[pixel]];
  let word = first / 32u;
  let earlier = countOneBits(bits[word] & ((1u << (first % 32u)) - 1u));
  labels[pixel] = blockSums[word / 2048u] + ranks[word] + earlier + 1u;
}
