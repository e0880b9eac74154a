// Renumbering, step 2: marks the first pixel of each label with a bit. One word of 32 pixels an invocation.
#include lib/grid.wgsl;

struct Params {
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> slots: array<u32>;
@group(0) @binding(3) var<storage, read> firsts: array<u32>;
@group(0) @binding(4) var<storage, read_write> bits: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let first = word * 32u;
  if (first >= params.pixels) {
    return;
  }
  var marks = 0u;
  for (var pixel = first; pixel < min(first + 32u, params.pixels); pixel++) {
    if (input[pixel] != 0u && firsts[slots[pixel]] == ~pixel) {
      marks |= 1u << (pixel - first);
    }
  }
  bits[word] = marks;
}
