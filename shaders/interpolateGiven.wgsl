// Interpolates at given coordinates. One packed output word an invocation. The header gives what lib/interpolate.wgsl
// and lib/givenCoordinate.wgsl need, `rounded(f32) -> T`, MODE and RANK (axes of the image).
#include lib/grid.wgsl;
#include lib/double.wgsl;
#include lib/spline.wgsl;
#include lib/boundary.wgsl;
#include lib/coordinate.wgsl;
#include lib/place.wgsl;
#include lib/givenCoordinate.wgsl;
#include lib/wide.wgsl;
#include lib/interpolate.wgsl;

struct Params {
  // By axis, aligned right: length, first index of the block, the block's length and stride.
  lengths: vec4i,
  blockStarts: vec4i,
  extents: vec4i,
  strides: vec4i,
  count: u32,
  cval: T,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> coordinates: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

fn valueAt(element: u32) -> T {
  // An end that is not known keeps compilers from writing out what is large already.
  let end = RANK + u32(params.count == 0u);
  for (var slot = 0u; slot < end; slot++) {
    let axis = slot + 4u - RANK;
    let length = params.lengths[axis];
    let tap = placedGiven(coordinates[slot * params.count + element], length);
    if (tap.constant) {
      return params.cval;
    }
    fractions[axis] = tap.fraction;
    rests[axis] = tap.rest;
    for (var i = 0u; i <= ORDER; i++) {
      let at = mapTap(tap.first + i32(i), length);
      // Coordinates that are computed may differ by a last bit from those that the block was chosen by.
      let inside = clamp(at - params.blockStarts[axis], 0, params.extents[axis] - 1);
      taps[axis][i] = select(inside * params.strides[axis], -1, at < 0);
    }
  }
  return interpolated(0);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  if (word * LANES >= params.count) {
    return;
  }
  var bits = 0u;
  // An end that is not known keeps compilers from writing out what is large already.
  let lanes = min(LANES, params.count - word * LANES);
  for (var lane = 0u; lane < lanes; lane++) {
    bits |= encode(valueAt(word * LANES + lane), lane);
  }
  output[word] = bits;
}
