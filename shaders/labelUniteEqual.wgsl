// Labelling, step 2 where only equal values connect: unites each pixel with its earlier neighbours of the same value.
// The header gives `const ROW_CONNECTED: bool`: whether neighbours in a row connect.
#include lib/grid.wgsl;

struct Params {
  // d0, d1, d2 and the width.
  shape: vec4u,
  rowWords: u32,
  pixels: u32,
  // Entries of `rows`.
  rowCount: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
// Earlier rows: d0, d1, d2 and a mask of allowed dx in {-1, 0, 1} (bit 0: dx = -1).
@group(0) @binding(2) var<storage, read> rows: array<vec4i>;
@group(0) @binding(3) var<storage, read_write> parents: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read> values: array<u32>;

#include lib/unionFind.wgsl;

// Node of a pixel: all of them have one.
fn nodeOf(pixel: u32) -> u32 {
  let width = params.shape.w;
  return pixel / width * params.rowWords * 32u + pixel % width;
}

// Whether the pixel before is in the same row and has the same value.
fn continues(pixel: u32) -> bool {
  if (!ROW_CONNECTED || pixel % params.shape.w == 0u) {
    return false;
  }
  return values[pixel - 1u] == values[pixel];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = flatInvocation(global, groups, 64u);
  if (pixel >= params.pixels) {
    return;
  }
  let width = params.shape.w;
  let x = pixel % width;
  let row = pixel / width;
  if (((bits[row * params.rowWords + x / 32u] >> (x % 32u)) & 1u) == 0u) {
    return;
  }
  let joined = continues(pixel);
  if (joined) {
    unite(nodeOf(pixel), nodeOf(pixel - 1u));
  }
  let plane = row / params.shape.z;
  let place = vec3i(vec3u(plane / params.shape.y, plane % params.shape.y, row % params.shape.z));
  let size = vec3i(params.shape.xyz);
  for (var k = 0u; k < params.rowCount; k++) {
    let touched = place + rows[k].xyz;
    if (any(touched < vec3i(0)) || any(touched >= size)) {
      continue;
    }
    let other = u32((touched.x * size.y + touched.y) * size.z + touched.z) * width;
    for (var dx = -1; dx <= 1; dx++) {
      let at = i32(x) + dx;
      if (((rows[k].w >> u32(dx + 1)) & 1) == 0 || at < 0 || at >= i32(width)) {
        continue;
      }
      let neighbour = other + u32(at);
      // A link that follows the one of the pixel before joins the same two runs.
      if (values[neighbour] == values[pixel] && !(joined && continues(neighbour))) {
        unite(nodeOf(pixel), nodeOf(neighbour));
      }
    }
  }
}
