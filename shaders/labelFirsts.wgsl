// First pixel of each label, as complements so that a maximum over zeros finds the minimum. Four pixels an invocation.
#include lib/grid.wgsl;

struct Params {
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read_write> firsts: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = flatInvocation(global, groups, 64u) * 4u;
  var previous = 0u;
  if (first > 0u && first < params.pixels) {
    previous = labels[first - 1u];
  }
  for (var pixel = first; pixel < min(first + 4u, params.pixels); pixel++) {
    let label = labels[pixel];
    if (label != 0u && label != previous) {
      atomicMax(&firsts[label - 1u], ~pixel);
    }
    previous = label;
  }
}
