// Correlates the lines of one axis of an 8- or 16-bit type in fixed point. One packed output word an invocation.
// The header gives the element type and `const LIMBS: u32` (digits of a weight), `const ALIGNED: bool` (all lanes of
// an output word lie in one row whose inputs are whole words too).
#include lib/grid.wgsl;
#include lib/lines.wgsl;
#include lib/fixedPoint.wgsl;

struct Params {
  count: u32,
  inputLength: u32,
  outputLength: u32,
  inner: u32,
  taps: u32,
  cval: i32,
  shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<i32>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;

fn addTap(sum: ptr<function, Sum>, tap: u32, value: i32) {
  for (var limb = 0u; limb < LIMBS; limb++) {
    addProduct(sum, limb, weights[tap * LIMBS + limb], value);
  }
}

// All lanes read the same input word of a tap.
fn alignedWord(first: u32) -> u32 {
  let position = linePosition(first, params.outputLength, params.inner);
  let base = position.outer * params.inputLength * params.inner + position.inner;
  var sums: array<Sum, LANES>;
  for (var k = 0u; k < params.taps; k++) {
    let at = table[position.along + k];
    var word = 0u;
    if (at >= 0) {
      word = input[(base + u32(at) * params.inner) / LANES];
    }
    for (var lane = 0u; lane < LANES; lane++) {
      addTap(&sums[lane], k, select(params.cval, i32(decode(word, lane)), at >= 0));
    }
  }
  var bits = 0u;
  for (var lane = 0u; lane < LANES; lane++) {
    bits |= encode(T(truncatedSum(&sums[lane], params.shift)), lane);
  }
  return bits;
}

fn correlate(element: u32) -> i32 {
  let position = linePosition(element, params.outputLength, params.inner);
  let base = position.outer * params.inputLength * params.inner + position.inner;
  var sum: Sum;
  for (var k = 0u; k < params.taps; k++) {
    let at = table[position.along + k];
    var value = params.cval;
    if (at >= 0) {
      let source = base + u32(at) * params.inner;
      value = i32(decode(input[source / LANES], source % LANES));
    }
    addTap(&sum, k, value);
  }
  return truncatedSum(&sum, params.shift);
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
    bits |= encode(T(correlate(first + lane)), lane);
  }
  output[word] = bits;
}
