// Looks labels up in a table; 0 stays. Four pixels an invocation.
#include lib/grid.wgsl;

struct Params {
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = flatInvocation(global, groups, 64u) * 4u;
  for (var pixel = first; pixel < min(first + 4u, params.pixels); pixel++) {
    let label = input[pixel];
    var renamed = 0u;
    if (label != 0u) {
      renamed = table[label - 1u];
    }
    output[pixel] = renamed;
  }
}
