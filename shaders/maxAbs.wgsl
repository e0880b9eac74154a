// Largest finite magnitude of float32 values, as bits, into word 0. 16 values an invocation.
#include lib/grid.wgsl;

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> output: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = flatInvocation(global, groups, 64u) * 16u;
  var largest = 0u;
  for (var i = first; i < min(first + 16u, params.count); i++) {
    let magnitude = input[i] & 0x7fffffffu;
    if (magnitude < 0x7f800000u) {
      largest = max(largest, magnitude);
    }
  }
  // Most invocations find a larger one there already.
  if (largest > atomicLoad(&output[0])) {
    atomicMax(&output[0], largest);
  }
}
