// An order statistic of the elements at `taps` places of each window. One output word an invocation. The header gives
// `const SELECT: u32` (0: the smallest, 1: the largest, 2: the one of `rank`), `LANES` and what lib/orderKeys.wgsl asks for.
#include lib/grid.wgsl;
#include lib/orderKeys.wgsl;
#include lib/windowPlace.wgsl;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> tables: array<i32>;
@group(0) @binding(3) var<storage, read> offsets: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;

fn extreme(place: Place, taps: Taps) -> u32 {
  var found = select(0xffffffffu, 0u, SELECT == 1u);
  for (var tap = 0u; tap < taps.count; tap++) {
    let key = keyAt(place, taps, tap);
    found = select(min(found, key), max(found, key), SELECT == 1u);
  }
  return found;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let shape = params.outputShape;
  let count = shape.x * shape.y * shape.z * shape.w;
  if (word * LANES >= count) {
    return;
  }
  let taps = Taps(0u, params.taps);
  var bits = 0u;
  for (var lane = 0u; lane < LANES && word * LANES + lane < count; lane++) {
    let element = word * LANES + lane;
    let row = element / shape.w;
    let plane = row / shape.z;
    let place = placeOf(vec4u(plane / shape.y, plane % shape.y, row % shape.z, element % shape.w), 1u);
    var key = 0u;
    if (SELECT == 2u) {
      key = keyOfRank(place, taps, 0u, 0xffffffffu, params.rank, params.taps);
    } else {
      key = extreme(place, taps);
    }
    bits = insertBits(bits, bitsOf(key), lane * BITS, BITS);
  }
  output[word] = bits;
}
