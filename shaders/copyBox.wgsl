// Copies a box of up to 4-D between packed arrays. One output word an invocation; elements outside the box keep
// their value. The header gives `const LANES: u32` and `const BITS: u32`; elements move as bits.
#include lib/grid.wgsl;

struct Params {
  inputShape: vec4u,
  inputOffset: vec4u,
  outputShape: vec4u,
  outputOffset: vec4u,
  boxShape: vec4u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let shape = params.outputShape;
  let count = shape.x * shape.y * shape.z * shape.w;
  if (word * LANES >= count) {
    return;
  }
  var bits = output[word];
  for (var lane = 0u; lane < LANES; lane++) {
    let element = word * LANES + lane;
    let row = element / shape.w;
    let plane = row / shape.z;
    let at = vec4u(plane / shape.y, plane % shape.y, row % shape.z, element % shape.w) - params.outputOffset;
    // Offsets below the box wrap to huge numbers.
    if (element >= count || any(at >= params.boxShape)) {
      continue;
    }
    let p = at + params.inputOffset;
    let source = ((p.x * params.inputShape.y + p.y) * params.inputShape.z + p.z) * params.inputShape.w + p.w;
    bits = insertBits(bits, input[source / LANES] >> (source % LANES * BITS), lane * BITS, BITS);
  }
  output[word] = bits;
}
