// Renumbering, step 1: enters every label in a hash table with open addressing and notes its first pixel, as a
// complement so that a maximum over zeros finds the minimum. An entry never changes once it is made, and there are more
// slots than pixels: the search ends without any progress guarantee between workgroups.
#include lib/grid.wgsl;

struct Params {
  pixels: u32,
  // Slots - 1; slots are a power of two.
  mask: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> keys: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> firsts: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> slots: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = flatInvocation(global, groups, 64u);
  if (pixel >= params.pixels) {
    return;
  }
  let label = input[pixel];
  if (label == 0u) {
    return;
  }
  // Knuth's multiplicative hash: consecutive labels fall far apart.
  var slot = (label * 2654435761u) & params.mask;
  loop {
    let found = atomicCompareExchangeWeak(&keys[slot], 0u, label);
    if (found.exchanged || found.old_value == label) {
      break;
    }
    // The exchange may fail although the slot is empty: then once more.
    if (found.old_value != 0u) {
      slot = (slot + 1u) & params.mask;
    }
  }
  atomicMax(&firsts[slot], ~pixel);
  slots[pixel] = slot;
}
