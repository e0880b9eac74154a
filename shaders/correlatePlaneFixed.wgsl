// Two correlations of 8- or 16-bit planes in fixed point: down columns and, of what is left when that is truncated, along
// rows. A block of COLUMNS x ROWS outputs an invocation, 8 x 8 blocks a workgroup. The header
// (src/ops/gpu/planeFixedWgsl.ts) gives `block`, which is written out for the window, the element type and the sizes.

struct Params {
  width: u32,
  height: u32,
  planes: u32,
  // Elements of a plane of the input.
  inputPlane: u32,
  // Of the window along rows.
  taps: u32,
  shiftDown: u32,
  shiftAcross: u32,
  // What lies beyond the first and the last row, and beside rows.
  fillDown: i32,
  fillAcross: i32,
  // Digits of weights, tap after tap; and tap by tap.
  down: array<vec4i, DOWN>,
  across: array<vec4i, ACROSS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
// Where rows under the window begin in a plane of the input, and then its columns in a row; -1 beyond the edge.
@group(0) @binding(2) var<storage, read> tables: array<i32>;

fn elementAt(element: u32) -> i32 {
  return i32(decode(input[element / LANES], element % LANES));
}

// Whole parts, truncated towards zero, of a + b 2^16 + c 2^32 + d 2^48 divided by 2^shift; 16 <= shift < 48.
fn truncateRows(a: vec4i, b: vec4i, c: vec4i, d: vec4i, shift: u32) -> vec4i {
  let half = vec4u(16u);
  let b1 = b + (a >> half);
  let c1 = c + (b1 >> half);
  let d1 = d + (c1 >> half);
  let low = (vec4u(b1) << half) | (vec4u(a) & vec4u(0xffffu));
  let high = (d1 << half) | (c1 & vec4i(0xffff));
  var whole = vec4i(0);
  var rest = vec4u(0u);
  if (shift >= 32u) {
    let beyond = vec4u(shift - 32u);
    whole = high >> beyond;
    rest = low | (vec4u(high) & ((vec4u(1u) << beyond) - 1u));
  } else {
    whole = (high << vec4u(32u - shift)) | vec4i(low >> vec4u(shift));
    rest = low & ((vec4u(1u) << vec4u(shift)) - 1u);
  }
  return select(whole, whole + 1, (high < vec4i(0)) & (rest != vec4u(0u)));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = group.y * groups.x + group.x;
  let across = (params.width + 8u * COLUMNS - 1u) / (8u * COLUMNS);
  let down = (params.height + 8u * ROWS - 1u) / (8u * ROWS);
  let x = (index % across * 8u + local % 8u) * COLUMNS;
  let y = (index / across % down * 8u + local / 8u) * ROWS;
  let plane = index / (across * down);
  if (x < params.width && y < params.height && plane < params.planes) {
    block(x, y, plane);
  }
}
