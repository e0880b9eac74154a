// Correlations down columns and then along rows of planes, in float32, and a pointwise expression over them: a block of
// 8 x ROWS outputs an invocation, 8 x 8 blocks a workgroup. The header (src/ops/gpu/planeWgsl.ts) gives `block`, which is
// written out for the window, ROWS, the sizes of Params, `evaluate` and further buffers.
#include lib/truncate.wgsl;

struct Params {
  width: u32,
  height: u32,
  planes: u32,
  // Elements of a plane of the input.
  inputPlane: u32,
  // Of the window along rows.
  taps: u32,
  zero: u32,
  inputWidth: u32,
  // Where columns begin in `tables`.
  columns: u32,
  // First tap along rows and number of taps, by term.
  lows: vec4u,
  spans: vec4u,
  // What lies beyond the first and the last row, and beside rows, by term.
  fills: array<vec4f, 4>,
  // Weights down columns, term after term.
  down: array<vec4f, DOWN>,
  // Weights along rows of all terms, tap by tap.
  across: array<vec4f, ACROSS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
// Where rows under the window begin in a plane of the input, and then its columns in a row; -1 beyond the edge. Only where
// they are not the output's.
@group(0) @binding(2) var<storage, read> tables: array<i32>;

#include lib/pointwise.wgsl;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = group.y * groups.x + group.x;
  let across = (params.width + 63u) / 64u;
  let down = (params.height + 8u * ROWS - 1u) / (8u * ROWS);
  let x = (index % across * 8u + local % 8u) * 8u;
  let y = (index / across % down * 8u + local / 8u) * ROWS;
  let plane = index / (across * down);
  if (x < params.width && y < params.height && plane < params.planes) {
    block(x, y, plane);
  }
}
