// Labelling, step 3: points every run start at its root, and marks the roots. One word an invocation. The header
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
  let first = word / params.rowWords * params.width + word % params.rowWords * 32u;
  var marks = 0u;
  for (var starts = runStarts(bits[word]); starts != 0u; starts &= starts - 1u) {
    let bit = firstTrailingBit(starts);
    let root = findRoot(first + bit);
    if (root == first + bit) {
      marks |= 1u << bit;
    } else {
      atomicStore(&parents[first + bit], root);
    }
  }
  roots[word] = marks;
}
