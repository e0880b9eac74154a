// Smallest or largest element at `taps` offsets from each place of a padded block. One output word an invocation. The
// header gives `const MAXIMUM: bool`, `LANES` and what lib/orderKeys.wgsl asks for.
#include lib/grid.wgsl;
#include lib/orderKeys.wgsl;

struct Params {
  paddedShape: vec4u,
  outputShape: vec4u,
  taps: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> offsets: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

fn elements(shape: vec4u) -> u32 {
  return shape.x * shape.y * shape.z * shape.w;
}

fn windowStart(element: u32) -> u32 {
  let size = params.outputShape;
  let row = element / size.w;
  let plane = row / size.z;
  let shape = params.paddedShape;
  return ((plane / size.y * shape.y + plane % size.y) * shape.z + row % size.z) * shape.w + element % size.w;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let count = elements(params.outputShape);
  if (word * LANES >= count) {
    return;
  }
  let last = elements(params.paddedShape) - 1u;
  var bits = 0u;
  for (var lane = 0u; lane < LANES && word * LANES + lane < count; lane++) {
    let start = windowStart(word * LANES + lane);
    var extreme = select(0xffffffffu, 0u, MAXIMUM);
    for (var tap = 0u; tap < params.taps; tap++) {
      // Passes along one axis of several also fill places that no window uses.
      let at = min(start + offsets[tap], last);
      let key = keyOfBits(extractBits(input[at / LANES], at % LANES * BITS, BITS));
      extreme = select(min(extreme, key), max(extreme, key), MAXIMUM);
    }
    bits = insertBits(bits, bitsOf(extreme), lane * BITS, BITS);
  }
  output[word] = bits;
}
