// Labelling, step 3: points every run at its root, and marks where roots start. One word an invocation. The header
// gives `const ROW_CONNECTED: bool`.
#include lib/grid.wgsl;
#include lib/runs.wgsl;

struct Params {
  width: u32,
  rowWords: u32,
  words: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
@group(0) @binding(2) var<storage, read_write> parents: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> roots: array<u32>;

#include lib/unionFind.wgsl;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  if (word >= params.words) {
    return;
  }
  var marks = 0u;
  let current = bits[word];
  for (var starts = runStarts(current); starts != 0u; starts &= starts - 1u) {
    let bit = firstTrailingBit(starts);
    let node = runNode(word, current, bit);
    let root = findRoot(node);
    if (root == node) {
      marks |= 1u << bit;
    } else {
      atomicStore(&parents[node], root);
    }
  }
  roots[word] = marks;
}
