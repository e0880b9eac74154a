// Labelling, step 5: replaces the root of every run by its label, the root's rank in raster order, or by what the label is
// called: the header gives `fn finalLabel(label: u32) -> u32`, and `const ROW_CONNECTED: bool`. One word an invocation.
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
@group(0) @binding(5) var<storage, read_write> parents: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  if (word >= params.words) {
    return;
  }
  let current = bits[word];
  for (var starts = runStarts(current); starts != 0u; starts &= starts - 1u) {
    let node = runNode(word, current, firstTrailingBit(starts));
    let root = parents[node];
    let rootWord = root / NODES;
    let start = nodeStart(root, bits[rootWord]);
    let earlier = countOneBits(roots[rootWord] & bitsBelow(start));
    parents[node] = finalLabel(blockSums[rootWord / 2048u] + ranks[rootWord] + earlier + 1u);
  }
}
