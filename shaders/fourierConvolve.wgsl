// Multiplies the spectra of lines [outer, width, inner] by a filter's, and exchanges their parts for the way back.
#include lib/grid.wgsl;
#include lib/lines.wgsl;
#include lib/complex.wgsl;

struct Params {
  count: u32,
  width: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> filter_: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> data: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let element = flatInvocation(global, groups, 64u);
  if (element >= params.count) {
    return;
  }
  let along = linePosition(element, params.width, params.inner).along;
  data[element] = times(data[element], filter_[along]).yx;
}
