// Smallest or largest element of boxes over planes: a block of 8 x 8 outputs an invocation, 8 x 8 blocks a workgroup, all
// in registers. The header (src/ops/gpu/extremumWgsl.ts) gives `block`, which is written out for the window's height, the
// element type and what lib/orderKeys.wgsl asks for.
#include lib/orderKeys.wgsl;

struct Params {
  width: u32,
  height: u32,
  planes: u32,
  inputWidth: u32,
  // Elements of a plane of the input.
  inputPlane: u32,
  // Of the window along rows.
  taps: u32,
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
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = group.y * groups.x + group.x;
  let across = (params.width + 63u) / 64u;
  let down = (params.height + 63u) / 64u;
  let x = (index % across * 8u + local % 8u) * 8u;
  let y = (index / across % down * 8u + local / 8u) * 8u;
  let plane = index / (across * down);
  if (x < params.width && y < params.height && plane < params.planes) {
    block(x, y, plane);
  }
}
