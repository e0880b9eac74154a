// Puts transformed lines of work space [outer, width, inner] into [outer, outputLength, inner], times `scale`. The header is
// fourierLoad's; TO_REAL keeps real parts only.
#include lib/grid.wgsl;
#include lib/lines.wgsl;
#include lib/complex.wgsl;

struct Params {
  count: u32,
  outputLength: u32,
  width: u32,
  inner: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec2f>;
@group(0) @binding(2) var<storage, read> chirp: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let element = flatInvocation(global, groups, 64u);
  if (element >= params.count) {
    return;
  }
  let position = linePosition(element, params.outputLength, params.inner);
  var value = input[(position.outer * params.width + position.along) * params.inner + position.inner];
  if (CHIRP) {
    value = times(value.yx, chirp[position.along]);
  }
  if (INVERSE) {
    value = value.yx;
  }
  value *= params.scale;
  if (TO_REAL) {
    output[element] = value.x;
  } else {
    output[2u * element] = value.x;
    output[2u * element + 1u] = value.y;
  }
}
