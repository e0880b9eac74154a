// Rows of spectra of `length` rows, from rows of their first halves: the others are conjugates of those in reverse. Complex
// blocks seen as [outer, rows, inner].
#include lib/grid.wgsl;
#include lib/lines.wgsl;

struct Params {
  count: u32,
  inputFirst: u32,
  inputRows: u32,
  outputFirst: u32,
  outputRows: u32,
  inner: u32,
  length: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> output: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let element = flatInvocation(global, groups, 64u);
  if (element >= params.count) {
    return;
  }
  let position = linePosition(element, params.outputRows, params.inner);
  let row = params.outputFirst + position.along;
  let mirrored = row > params.length / 2u;
  let at = select(row, params.length - row, mirrored) - params.inputFirst;
  var value = input[(position.outer * params.inputRows + at) * params.inner + position.inner];
  if (mirrored) {
    value.y = -value.y;
  }
  output[element] = value;
}
