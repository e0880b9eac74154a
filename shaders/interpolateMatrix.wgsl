// Interpolates at affine coordinates, which are summed in float64 so that they fall on the same side of edges and half
// pixels as SciPy's. One packed output word an invocation. The header gives what lib/interpolate.wgsl needs,
// `rounded(f32) -> T`, MODE, RANK (interpolated axes) and `const PADDED: bool`.
#include lib/grid.wgsl;
#include lib/double.wgsl;
#include lib/spline.wgsl;
#include lib/boundary.wgsl;
#include lib/coordinate.wgsl;
#include lib/place.wgsl;
#include lib/wide.wgsl;
#include lib/interpolate.wgsl;

struct Params {
  shape: vec4u,
  // Input elements that a step along an output axis moves where it is not interpolated, else 0.
  batchStrides: vec4u,
  // What a step along an output axis moves in the table of prefixes.
  prefixStrides: vec4u,
  // By interpolated axis, aligned right: length, first index of the block, stride.
  lengths: vec4i,
  blockStarts: vec4i,
  strides: vec4i,
  // Output axis of the last interpolated one, entries of a table of prefixes, and of steps.
  lastAxis: u32,
  prefixes: u32,
  steps: u32,
  cval: T,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
// Doubles: for each interpolated axis the sums over all output axes but the last, then for each the terms of the last,
// then the offsets, then the padding.
@group(0) @binding(2) var<storage, read> sums: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

// Tables hold low words first.
fn double(at: u32) -> vec2u {
  return vec2u(sums[2u * at + 1u], sums[2u * at]);
}

// Finds the taps of an interpolated axis (`slot`); false where the result is the constant.
fn place(slot: u32, coordinate: vec2u) -> bool {
  let axis = slot + 4u - RANK;
  let length = params.lengths[axis];
  let tap = placed(coordinate, length);
  if (tap.constant) {
    return false;
  }
  fractions[axis] = tap.fraction;
  rests[axis] = tap.rest;
  for (var i = 0u; i <= ORDER; i++) {
    let at = mapTap(tap.first + i32(i), length);
    taps[axis][i] = select((at - params.blockStarts[axis]) * params.strides[axis], -1, at < 0);
  }
  return true;
}

fn valueAt(element: u32) -> T {
  let position = positionOf(element, params.shape);
  let prefix = dot(position, params.prefixStrides);
  let last = position[params.lastAxis];
  // Ends that are not known keep compilers from writing out what is large already.
  let zero = u32(params.steps == 0u);
  let terms = select(2u, 3u, PADDED) + zero;
  for (var slot = 0u; slot < RANK + zero; slot++) {
    var c = double(slot * params.prefixes + prefix);
    for (var term = 0u; term < terms; term++) {
      let steps = RANK * params.prefixes + slot * params.steps + last;
      let offsets = RANK * (params.prefixes + params.steps) + slot;
      let padding = RANK * (params.prefixes + params.steps + 1u);
      c = addDouble(c, double(select(select(padding, offsets, term == 1u), steps, term == 0u)));
    }
    if (!place(slot, c)) {
      return params.cval;
    }
  }
  return interpolated(i32(dot(position, params.batchStrides)));
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
