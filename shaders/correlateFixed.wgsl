// n-D correlation of an 8- or 16-bit type in fixed point. One packed output word an invocation. The header gives the
// element type and `const LIMBS: u32` (digits of a weight).
#include lib/grid.wgsl;
#include lib/window.wgsl;
#include lib/fixedPoint.wgsl;

struct Params {
  window: Window,
  cval: i32,
  shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> tables: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<i32>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;

alias Total = Sum;

fn addTap(total: ptr<function, Total>, tap: u32, value: i32) {
  for (var limb = 0u; limb < LIMBS; limb++) {
    addProduct(total, limb, weights[tap * LIMBS + limb], value);
  }
}

// Fixed-point sums are exact in any order.
fn endRow(total: ptr<function, Total>) {}

fn elementAt(index: u32) -> i32 {
  return i32(decode(input[index / LANES], index % LANES));
}

fn outside() -> i32 {
  return params.cval;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = params.window.first + flatInvocation(global, groups, 64u);
  let first = word * LANES;
  if (first >= params.window.count) {
    return;
  }
  var bits = 0u;
  for (var lane = 0u; lane < LANES && first + lane < params.window.count; lane++) {
    var total = windowSum(first + lane);
    bits |= encode(T(truncatedSum(&total, params.shift)), lane);
  }
  output[word] = bits;
}
