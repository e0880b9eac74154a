// Correlates the lines of one axis in float32. One element an invocation.
#include lib/grid.wgsl;
#include lib/lines.wgsl;

struct Params {
  count: u32,
  inputLength: u32,
  outputLength: u32,
  inner: u32,
  taps: u32,
  cval: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let element = flatInvocation(global, groups, 64u);
  if (element >= params.count) {
    return;
  }
  let position = linePosition(element, params.outputLength, params.inner);
  let base = position.outer * params.inputLength * params.inner + position.inner;
  var sum = 0.0;
  for (var k = 0u; k < params.taps; k++) {
    let at = table[position.along + k];
    var value = params.cval;
    if (at >= 0) {
      value = input[base + u32(at) * params.inner];
    }
    sum += weights[k] * value;
  }
  output[element] = sum;
}
