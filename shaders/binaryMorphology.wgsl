// Erosion or dilation of one-byte booleans, up to 4-D. Four pixels (one output word) an invocation. The header gives
// `const DILATE: bool` and `const BORDER: bool`.
#include lib/grid.wgsl;

struct Params {
  inputShape: vec4i,
  outputShape: vec4i,
  // Position of output pixel 0 inside the input.
  origin: vec4i,
  // Bounds of the offsets.
  low: vec4i,
  high: vec4i,
  offsets: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> offsets: array<vec4i>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

fn flat(p: vec4i, shape: vec4i) -> i32 {
  return ((p.x * shape.y + p.y) * shape.z + p.z) * shape.w + p.w;
}

fn isSet(index: i32) -> bool {
  let i = u32(index);
  return ((input[i / 4u] >> (i % 4u * 8u)) & 0xffu) != 0u;
}

// Erosion looks for an offset that is not set, dilation for one that is.
fn apply(place: vec4i) -> bool {
  let shape = params.inputShape;
  let inside = all(place + params.low >= vec4i(0)) && all(place + params.high < shape);
  for (var k = 0u; k < params.offsets; k++) {
    let p = place + offsets[k];
    var value = BORDER;
    if (inside || (all(p >= vec4i(0)) && all(p < shape))) {
      value = isSet(flat(p, shape));
    }
    if (value == DILATE) {
      return DILATE;
    }
  }
  return !DILATE;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let shape = params.outputShape;
  let count = u32(shape.x * shape.y * shape.z * shape.w);
  if (word * 4u >= count) {
    return;
  }
  var bits = 0u;
  for (var lane = 0u; lane < 4u && word * 4u + lane < count; lane++) {
    let element = i32(word * 4u + lane);
    let row = element / shape.w;
    let plane = row / shape.z;
    let place = vec4i(plane / shape.y, plane % shape.y, row % shape.z, element % shape.w);
    bits |= u32(apply(place + params.origin)) << (lane * 8u);
  }
  output[word] = bits;
}
