// One axis of the nearest label within a distance. The header gives `const SEEDED: bool`: whether `distances` holds
// squared distances, or nothing is known but the labels.
#include lib/grid.wgsl;

struct Params {
  elements: u32,
  inputLength: i32,
  outputLength: u32,
  inner: u32,
  // Input position of output 0.
  first: i32,
  reach: i32,
  // The largest squared distance; one more stands for none.
  limit: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> distances: array<u32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> best: array<u32>;
@group(0) @binding(4) var<storage, read_write> nearest: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let element = flatInvocation(global, groups, 64u);
  if (element >= params.elements) {
    return;
  }
  let lane = element % params.inner;
  let line = element / params.inner;
  let center = i32(line % params.outputLength) + params.first;
  let base = line / params.outputLength * u32(params.inputLength) * params.inner + lane;
  var shortest = params.limit + 1u;
  var label = 0u;
  // In ascending order, and only what is nearer replaces: of equals the first one along the axis stays.
  let last = min(params.inputLength - 1, center + params.reach);
  for (var k = max(0, center - params.reach); k <= last; k++) {
    let at = base + u32(k) * params.inner;
    var distance = 0u;
    if (SEEDED) {
      distance = distances[at];
    } else if (labels[at] == 0u) {
      continue;
    }
    distance += u32((k - center) * (k - center));
    if (distance < shortest) {
      shortest = distance;
      label = labels[at];
    }
  }
  best[element] = shortest;
  nearest[element] = label;
}
