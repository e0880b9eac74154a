// Smallest or largest element at `taps` offsets from each window's start. One output word an invocation. The header
// gives `const MAXIMUM: bool` and what lib/orderWindow.wgsl asks for.
#include lib/grid.wgsl;
#include lib/orderWindow.wgsl;

struct Params {
  paddedShape: vec4i,
  outputShape: vec4i,
  taps: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> offsets: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let count = outputElements();
  if (word * LANES >= count) {
    return;
  }
  let last = paddedElements() - 1u;
  var bits = 0u;
  for (var lane = 0u; lane < LANES && word * LANES + lane < count; lane++) {
    let start = windowStart(word * LANES + lane);
    var extreme = select(0xffffffffu, 0u, MAXIMUM);
    for (var tap = 0u; tap < params.taps; tap++) {
      // Passes along one axis of several also fill places that no window uses.
      let key = keyOf(min(start + offsets[tap], last));
      extreme = select(min(extreme, key), max(extreme, key), MAXIMUM);
    }
    bits = insertBits(bits, bitsOf(extreme), lane * BITS, BITS);
  }
  output[word] = bits;
}
