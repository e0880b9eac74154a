// Complex64 values from their real and imaginary parts, as bits.
#include lib/grid.wgsl;

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> re: array<u32>;
@group(0) @binding(2) var<storage, read> im: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<vec2u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flatInvocation(global, groups, 64u);
  if (i >= params.count) {
    return;
  }
  output[i] = vec2u(re[i], im[i]);
}
