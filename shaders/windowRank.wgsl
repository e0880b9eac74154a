// The element of a rank among `taps` offsets from each window's start: its key is found two bits at a time, as the
// largest one below which no more than `rank` keys lie. One output word an invocation. The header gives what
// lib/orderWindow.wgsl asks for.
#include lib/grid.wgsl;
#include lib/orderWindow.wgsl;

struct Params {
  paddedShape: vec4i,
  outputShape: vec4i,
  taps: u32,
  rank: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> offsets: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

fn keyOfRank(start: u32) -> u32 {
  var found = 0u;
  for (var shift = BITS; shift > 0u;) {
    shift -= 2u;
    let candidates = vec3u(found) + (vec3u(1u, 2u, 3u) << vec3u(shift));
    var below = vec3u(0u);
    for (var tap = 0u; tap < params.taps; tap++) {
      below += vec3u(vec3u(keyOf(start + offsets[tap])) < candidates);
    }
    let steps = vec3u(below <= vec3u(params.rank));
    found += (steps.x + steps.y + steps.z) << shift;
  }
  return found;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let count = outputElements();
  if (word * LANES >= count) {
    return;
  }
  var bits = 0u;
  for (var lane = 0u; lane < LANES && word * LANES + lane < count; lane++) {
    bits = insertBits(bits, bitsOf(keyOfRank(windowStart(word * LANES + lane))), lane * BITS, BITS);
  }
  output[word] = bits;
}
