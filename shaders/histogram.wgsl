// Counts values per bin by exact comparison of ordered keys. 16 words an invocation, counted per workgroup first
// when the bins fit. The header gives the element type, `fn key(T) -> u32`, `const LOCAL_BINS: u32` (0: count in
// global memory).
#include lib/grid.wgsl;
#include lib/orderedKey.wgsl;

struct Params {
  count: u32,
  bins: u32,
  // Key of the largest value that counts.
  last: u32,
  // Bins per unit of value, for a first guess only.
  scale: f32,
  low: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
// Key of the smallest value of each bin, ascending.
@group(0) @binding(2) var<storage, read> edges: array<u32>;
@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>>;

const WORDS = 16u;
var<workgroup> local: array<atomic<u32>, LOCAL_BINS + 1u>;

fn binOf(value: T, k: u32) -> u32 {
  // The guess may be off by rounding, or anything for infinities: the search below puts it right.
  let guess = clamp((f32(value) - params.low) * params.scale, 0.0, f32(params.bins - 1u));
  var bin = min(u32(guess), params.bins - 1u);
  while (bin > 0u && k < edges[bin]) {
    bin--;
  }
  while (bin + 1u < params.bins && k >= edges[bin + 1u]) {
    bin++;
  }
  return bin;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var bin = lane; bin < LOCAL_BINS; bin += 64u) {
    atomicStore(&local[bin], 0u);
  }
  workgroupBarrier();
  let first = (group.y * groups.x + group.x) * 64u * WORDS + lane;
  for (var i = 0u; i < WORDS; i++) {
    let word = first + i * 64u;
    if (word * LANES >= params.count) {
      break;
    }
    let packed = input[word];
    for (var j = 0u; j < LANES && word * LANES + j < params.count; j++) {
      let value = decode(packed, j);
      let k = key(value);
      if (k < edges[0] || k > params.last) {
        continue;
      }
      let bin = binOf(value, k);
      if (LOCAL_BINS > 0u) {
        atomicAdd(&local[bin], 1u);
      } else {
        atomicAdd(&counts[bin], 1u);
      }
    }
  }
  workgroupBarrier();
  for (var bin = lane; bin < LOCAL_BINS; bin += 64u) {
    let count = atomicLoad(&local[bin]);
    if (count > 0u) {
      atomicAdd(&counts[bin], count);
    }
  }
}
