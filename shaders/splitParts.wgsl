// The real (part 0) or imaginary (part 1) parts of complex64 values, as bits.
#include lib/grid.wgsl;

struct Params {
  count: u32,
  part: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flatInvocation(global, groups, 64u);
  if (i >= params.count) {
    return;
  }
  output[i] = input[i][params.part];
}
