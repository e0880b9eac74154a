// Puts lines of an array seen as [outer, inputLength, inner] into complex work space [outer, width, inner], filled up with
// zeros. The header gives the bools FROM_REAL, TO_REAL (the line is the first half of a spectrum of `length` that mirrors
// itself), INVERSE (parts are exchanged, which makes a forward transform one back) and CHIRP (times the chirp).
#include lib/grid.wgsl;
#include lib/lines.wgsl;
#include lib/complex.wgsl;

struct Params {
  count: u32,
  inputLength: u32,
  length: u32,
  width: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> chirp: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let element = flatInvocation(global, groups, 64u);
  if (element >= params.count) {
    return;
  }
  let position = linePosition(element, params.width, params.inner);
  let mirrored = TO_REAL && position.along > params.length / 2u;
  let along = select(position.along, params.length - position.along, mirrored);
  var value = vec2f(0.0);
  if (position.along < params.length && along < params.inputLength) {
    let at = (position.outer * params.inputLength + along) * params.inner + position.inner;
    if (FROM_REAL) {
      value.x = input[at];
    } else {
      value = vec2f(input[2u * at], input[2u * at + 1u]);
    }
  }
  if (TO_REAL) {
    if (along == 0u || 2u * along == params.length) {
      value.y = 0.0;
    } else if (mirrored) {
      value.y = -value.y;
    }
  }
  if (INVERSE) {
    value = value.yx;
  }
  if (CHIRP && position.along < params.length) {
    value = times(value, chirp[position.along]);
  }
  output[element] = value;
}
