// Multiplies a block of a spectrum by a transfer function that is a factor for each row combined with one for each
// column. The header gives `const PARTS: u32` (2: complex) and `const RANK: u32`: the factors' product (0), or the
// transform of a ball of that rank at their sum.
#include lib/grid.wgsl;
#include lib/ball.wgsl;

struct Params {
  count: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> rows: array<f32>;
@group(0) @binding(3) var<storage, read> columns: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flatInvocation(global, groups, 64u);
  if (i >= params.count) {
    return;
  }
  let row = rows[i / params.inner];
  let column = columns[i % params.inner];
  var factor = row * column;
  if (RANK > 0u) {
    factor = ballTransform(row + column, RANK);
  }
  for (var part = 0u; part < PARTS; part++) {
    let at = i * PARTS + part;
    output[at] = input[at] * factor;
  }
}
