// The first taps around given coordinates, smallest and largest along each of RANK axes. 16 elements an invocation.
#include lib/grid.wgsl;
#include lib/double.wgsl;
#include lib/boundary.wgsl;
#include lib/coordinate.wgsl;
#include lib/place.wgsl;
#include lib/givenCoordinate.wgsl;

struct Params {
  lengths: vec4i,
  count: u32,
}

const ELEMENTS = 16u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> coordinates: array<u32>;
// Zero-filled: for each axis 2^31 - first and 2^31 + first, of which the largest count.
@group(0) @binding(2) var<storage, read_write> bounds: array<atomic<u32>, 8>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let start = flatInvocation(global, groups, 64u) * ELEMENTS;
  var low = vec4i(0x7fffffff);
  var high = vec4i(-0x7fffffff);
  for (var i = start; i < min(start + ELEMENTS, params.count); i++) {
    var first = vec4i(0);
    var constant = false;
    for (var axis = 0u; axis < RANK + u32(params.count == 0u); axis++) {
      let tap = placedGiven(coordinates[axis * params.count + i], params.lengths[axis]);
      first[axis] = tap.first;
      constant = constant || tap.constant;
    }
    if (!constant) {
      low = min(low, first);
      high = max(high, first);
    }
  }
  if (low.x > high.x) {
    return;
  }
  for (var axis = 0u; axis < RANK; axis++) {
    atomicMax(&bounds[2u * axis], 0x80000000u - u32(low[axis]));
    atomicMax(&bounds[2u * axis + 1u], 0x80000000u + u32(high[axis]));
  }
}
