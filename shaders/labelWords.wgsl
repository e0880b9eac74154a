// A word for each label, after the largest label. The header says what a pixel does to its label's word:
// `fn contribute(entry: ptr<storage, atomic<u32>, read_write>, value: u32)`.
#include lib/grid.wgsl;

struct Params {
  pixels: u32,
  capacity: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<u32>;
@group(0) @binding(3) var<storage, read_write> table: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = flatInvocation(global, groups, 64u);
  if (pixel >= params.pixels) {
    return;
  }
  let label = labels[pixel];
  if (label == 0u) {
    return;
  }
  atomicMax(&table[0], label);
  if (label <= params.capacity) {
    contribute(&table[label], values[pixel]);
  }
}
