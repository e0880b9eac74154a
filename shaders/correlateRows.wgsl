// n-D correlation in float32: eight rows of a column an invocation, side by side, without workgroup memory. The header
// (src/ops/gpu/correlateRowsWgsl.ts) gives `rowsFrom` and `columnSums`, written out for the window's height.
#include lib/grid.wgsl;

struct Params {
  inputShape: vec4u,
  outputShape: vec4u,
  size: vec4u,
  // Where the entries of each axis begin in `tables`: positions along the input axis, -1 beyond the edge.
  starts: vec4u,
  // Elements at each position.
  inner: u32,
  // Invocations, and the first one of this dispatch.
  count: u32,
  first: u32,
  cval: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> tables: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = params.first + flatInvocation(global, groups, 64u);
  if (index >= params.count) {
    return;
  }
  let shape = params.outputShape;
  let stride = shape.w * params.inner;
  let blocks = (shape.z + 7u) / 8u;
  let column = index % stride;
  let plane = index / stride / blocks;
  let y = index / stride % blocks * 8u;
  let place = params.starts + vec4u(plane / shape.y, plane % shape.y, y, column / params.inner);

  let size = params.size;
  let source = params.inputShape;
  let rows = rowsFrom(place.z, params.starts.z + shape.z + size.z - 2u, i32(source.w * params.inner));
  var upper = vec4f(0.0);
  var lower = vec4f(0.0);
  for (var i = 0u; i < size.x; i++) {
    let a = tables[place.x + i];
    for (var j = 0u; j < size.y; j++) {
      let b = tables[place.y + j];
      for (var l = 0u; l < size.w; l++) {
        let d = tables[place.w + l];
        let line = max(vec3i(a, b, d), vec3i(0));
        let first = (u32(line.x) * source.y + u32(line.y)) * source.z * source.w + u32(line.z);
        let weight = (i * size.y + j) * size.z * size.w + l;
        let base = first * params.inner + column % params.inner;
        // Columns are summed on their own, so that rounding does not grow with the window.
        let sums = columnSums(rows, base, (a | b | d) >= 0, weight, size.w);
        upper += sums.upper;
        lower += sums.lower;
      }
    }
  }
  let sums = array<f32, 8>(upper.x, upper.y, upper.z, upper.w, lower.x, lower.y, lower.z, lower.w);
  let at = (plane * shape.z + y) * stride + column;
  for (var row = 0u; row < min(8u, shape.z - y); row++) {
    output[at + row * stride] = sums[row];
  }
}
