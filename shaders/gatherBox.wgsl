// The padded block of a windowed filter: elements that tables of positions along each of four axes name, as bits. One
// output word an invocation. The header gives `const LANES: u32` and `const BITS: u32`.
#include lib/grid.wgsl;

struct Params {
  inputShape: vec4i,
  paddedShape: vec4i,
  // Where each axis begins in the table.
  tables: vec4i,
  // The constant's bits, for positions of -1.
  value: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let shape = params.paddedShape;
  let count = u32(shape.x * shape.y * shape.z * shape.w);
  if (word * LANES >= count) {
    return;
  }
  var bits = 0u;
  for (var lane = 0u; lane < LANES && word * LANES + lane < count; lane++) {
    let element = i32(word * LANES + lane);
    let row = element / shape.w;
    let plane = row / shape.z;
    let at = params.tables + vec4i(plane / shape.y, plane % shape.y, row % shape.z, element % shape.w);
    let p = vec4i(table[at.x], table[at.y], table[at.z], table[at.w]);
    var value = params.value;
    if (all(p >= vec4i(0))) {
      let size = params.inputShape;
      let source = u32(((p.x * size.y + p.y) * size.z + p.z) * size.w + p.w);
      value = input[source / LANES] >> (source % LANES * BITS);
    }
    bits = insertBits(bits, value, lane * BITS, BITS);
  }
  output[word] = bits;
}
