// First position of each label's minimum and maximum, and of a NaN, after regionReduce. The header gives the values'
// element type, `fn key(T) -> u32` and `fn isNan(T) -> bool`. Four pixels an invocation.
#include lib/grid.wgsl;
#include lib/orderedKey.wgsl;
#include lib/regionTable.wgsl;

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
  let first = flatInvocation(global, groups, 64u) * 4u;
  for (var pixel = first; pixel < min(first + 4u, params.pixels); pixel++) {
    let label = labels[pixel];
    if (label == 0u || label > params.capacity) {
      continue;
    }
    let at = HEADER + (label - 1u) * ROW;
    let value = decode(values[pixel / LANES], pixel % LANES);
    if (isNan(value)) {
      atomicMax(&table[at + NAN_AT], ~pixel);
      continue;
    }
    let k = key(value);
    if (~k == atomicLoad(&table[at + MINIMUM])) {
      atomicMax(&table[at + MINIMUM_AT], ~pixel);
    }
    if (k == atomicLoad(&table[at + MAXIMUM])) {
      atomicMax(&table[at + MAXIMUM_AT], ~pixel);
    }
  }
}
