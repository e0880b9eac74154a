// Labelling, step 6: spreads the label of each run over it, and 0 over the background. Four pixels an invocation. The header
// gives `const ROW_CONNECTED: bool`.
#include lib/grid.wgsl;
#include lib/runs.wgsl;

struct Params {
  width: u32,
  rowWords: u32,
  words: u32,
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
@group(0) @binding(2) var<storage, read> runLabels: array<u32>;
@group(0) @binding(3) var<storage, read_write> labels: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = flatInvocation(global, groups, 64u) * 4u;
  for (var pixel = first; pixel < min(first + 4u, params.pixels); pixel++) {
    let x = pixel % params.width;
    let word = pixel / params.width * params.rowWords + x / 32u;
    let current = bits[word];
    let bit = x % 32u;
    var label = 0u;
    if (((current >> bit) & 1u) != 0u) {
      label = runLabels[runNode(word, current, bit)];
    }
    labels[pixel] = label;
  }
}
