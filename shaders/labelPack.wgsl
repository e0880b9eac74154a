// Labelling, step 1: 32 pixels of a row to one word of bits; each run becomes its own root. One word an
// invocation. The header gives `const ROW_CONNECTED: bool`.
#include lib/grid.wgsl;
#include lib/runs.wgsl;

struct Params {
  width: u32,
  rowWords: u32,
  words: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> bits: array<u32>;
@group(0) @binding(3) var<storage, read_write> parents: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  if (word >= params.words) {
    return;
  }
  let x = word % params.rowWords * 32u;
  let first = word / params.rowWords * params.width + x;
  let count = min(32u, params.width - x);
  // Rows are not padded: a row may start inside a word of four pixels.
  let shift = first % 4u * 8u;
  var packed = 0u;
  for (var k = 0u; k < count; k += 4u) {
    let at = (first + k) / 4u;
    var four = input[at] >> shift;
    if (shift != 0u) {
      four |= input[at + 1u] << (32u - shift);
    }
    let isSet = vec4u((vec4u(four) & vec4u(0xffu, 0xff00u, 0xff0000u, 0xff000000u)) != vec4u(0u));
    packed |= dot(isSet, vec4u(1u, 2u, 4u, 8u)) << k;
  }
  if (count < 32u) {
    packed &= bitsBelow(count);
  }
  bits[word] = packed;
  for (var starts = runStarts(packed); starts != 0u; starts &= starts - 1u) {
    let node = runNode(word, packed, firstTrailingBit(starts));
    parents[node] = node;
  }
}
