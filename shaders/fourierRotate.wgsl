// Multiplies a block of a complex spectrum by a complex number for each row and one for each column.
#include lib/grid.wgsl;

struct Params {
  count: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec2f>;
@group(0) @binding(2) var<storage, read> rows: array<vec2f>;
@group(0) @binding(3) var<storage, read> columns: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> output: array<vec2f>;

fn product(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flatInvocation(global, groups, 64u);
  if (i >= params.count) {
    return;
  }
  output[i] = product(input[i], product(rows[i / params.inner], columns[i % params.inner]));
}
