// Labelling, step 5: replaces the root at every run start by its label, the root's rank in raster order. One word an
// invocation. The header gives `const ROW_CONNECTED: bool`.
#include lib/grid.wgsl;
#include lib/runs.wgsl;

struct Params {
  width: u32,
  rowWords: u32,
  words: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
@group(0) @binding(2) var<storage, read> roots: array<u32>;
@group(0) @binding(3) var<storage, read> ranks: array<u32>;
@group(0) @binding(4) var<storage, read> blockSums: array<u32>;
@group(0) @binding(5) var<storage, read_write> labels: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  if (word >= params.words) {
    return;
  }
  let first = word / params.rowWords * params.width + word % params.rowWords * 32u;
  for (var starts = runStarts(bits[word]); starts != 0u; starts &= starts - 1u) {
    let at = first + firstTrailingBit(starts);
    let root = labels[at];
    let x = root % params.width;
    let rootWord = root / params.width * params.rowWords + x / 32u;
    let earlier = countOneBits(roots[rootWord] & bitsBelow(x % 32u));
    labels[at] = blockSums[rootWord / 2048u] + ranks[rootWord] + earlier + 1u;
  }
}
