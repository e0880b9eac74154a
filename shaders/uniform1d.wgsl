// Means over a window along one axis. One packed output word an invocation. The header gives the element type,
// `alias Sum` (i32: exact, divided towards zero; f32) and `const ALIGNED: bool` as in correlate1dFixed.
#include lib/grid.wgsl;
#include lib/lines.wgsl;

struct Params {
  count: u32,
  inputLength: u32,
  outputLength: u32,
  inner: u32,
  size: u32,
  cval: Sum,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

// All lanes read the same input word of a tap.
fn alignedWord(first: u32) -> u32 {
  let position = linePosition(first, params.outputLength, params.inner);
  let base = position.outer * params.inputLength * params.inner + position.inner;
  var sums: array<Sum, LANES>;
  for (var k = 0u; k < params.size; k++) {
    let at = table[position.along + k];
    var word = 0u;
    if (at >= 0) {
      word = input[(base + u32(at) * params.inner) / LANES];
    }
    for (var lane = 0u; lane < LANES; lane++) {
      sums[lane] += select(params.cval, Sum(decode(word, lane)), at >= 0);
    }
  }
  var bits = 0u;
  for (var lane = 0u; lane < LANES; lane++) {
    bits |= encode(T(sums[lane] / Sum(params.size)), lane);
  }
  return bits;
}

fn mean(element: u32) -> T {
  let position = linePosition(element, params.outputLength, params.inner);
  let base = position.outer * params.inputLength * params.inner + position.inner;
  var sum = Sum(0);
  for (var k = 0u; k < params.size; k++) {
    let at = table[position.along + k];
    var value = params.cval;
    if (at >= 0) {
      let source = base + u32(at) * params.inner;
      value = Sum(decode(input[source / LANES], source % LANES));
    }
    sum += value;
  }
  return T(sum / Sum(params.size));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let first = word * LANES;
  if (first >= params.count) {
    return;
  }
  if (ALIGNED) {
    output[word] = alignedWord(first);
    return;
  }
  var bits = 0u;
  for (var lane = 0u; lane < LANES && first + lane < params.count; lane++) {
    bits |= encode(mean(first + lane), lane);
  }
  output[word] = bits;
}
