// The element of a rank in small windows over planes: a word of columns and four rows an invocation, in registers. The
// header (src/ops/gpu/rankWgsl.ts) gives `block`, which is written out for the window, the element type and what
// lib/orderKeys.wgsl asks for.
#include lib/grid.wgsl;
#include lib/orderKeys.wgsl;

struct Params {
  width: u32,
  height: u32,
  planes: u32,
  inputWidth: u32,
  // Elements of a plane of the input.
  inputPlane: u32,
  // The constant's bits.
  value: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
// Rows of the input under the window, and then its columns; -1 beyond the edge.
@group(0) @binding(2) var<storage, read> tables: array<i32>;

fn keyAt(element: u32) -> u32 {
  return keyOfBits(extractBits(input[element / LANES], element % LANES * BITS, BITS));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flatInvocation(global, groups, 64u);
  let across = (params.width + LANES - 1u) / LANES;
  let down = (params.height + 3u) / 4u;
  let plane = index / across / down;
  if (plane < params.planes) {
    block(index % across * LANES, index / across % down * 4u, plane);
  }
}
