// Interpolates where coordinates along each axis depend on that axis only. One packed output word an invocation. The
// header gives what lib/interpolate.wgsl needs, `rounded(f32) -> T` and RANK (axes of the arrays).
#include lib/grid.wgsl;
#include lib/spline.wgsl;
#include lib/wide.wgsl;
#include lib/interpolate.wgsl;

struct Params {
  shape: vec4u,
  // Where each axis' positions start in the tables.
  starts: vec4u,
  cval: T,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
// ORDER + 1 element offsets for each position of each axis (-1: the constant); the first is -2 where the whole result is
// the constant.
@group(0) @binding(2) var<storage, read> offsets: array<i32>;
// Coordinates beyond the middle tap: in units of 2^-32 where the result is fixed, else float32.
@group(0) @binding(3) var<storage, read> beyond: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;

fn valueAt(element: u32) -> T {
  let position = positionOf(element, params.shape);
  for (var axis = 0u; axis < 4u; axis++) {
    if (axis < 4u - RANK) {
      continue;
    }
    let at = params.starts[axis] + position[axis];
    fractions[axis] = bitcast<f32>(beyond[at]);
    rests[axis] = beyond[at];
    for (var tap = 0u; tap <= ORDER; tap++) {
      taps[axis][tap] = offsets[at * (ORDER + 1u) + tap];
    }
    if (taps[axis][0] == -2) {
      return params.cval;
    }
  }
  return interpolated(0);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let count = params.shape.x * params.shape.y * params.shape.z * params.shape.w;
  if (word * LANES >= count) {
    return;
  }
  var bits = 0u;
  // An end that is not known keeps compilers from writing out what is large already.
  let lanes = min(LANES, count - word * LANES);
  for (var lane = 0u; lane < lanes; lane++) {
    bits |= encode(valueAt(word * LANES + lane), lane);
  }
  output[word] = bits;
}
