// One pass of a mixed-radix transform of lines of `width` elements: [before, radix, after] to [radix, before, after]. The
// header gives `const RADIX: u32` and `const ROOTS`, the multiples of its angle. A butterfly an invocation.
#include lib/grid.wgsl;
#include lib/lines.wgsl;
#include lib/complex.wgsl;

struct Params {
  count: u32,
  width: u32,
  inner: u32,
  before: u32,
  after: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec2f>;
@group(0) @binding(2) var<storage, read> twiddles: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let butterfly = flatInvocation(global, groups, 64u);
  if (butterfly >= params.count) {
    return;
  }
  let position = linePosition(butterfly, params.width / RADIX, params.inner);
  let k = position.along / params.after;
  let i = position.along % params.after;
  let line = position.outer * params.width * params.inner + position.inner;
  var roots = ROOTS;
  var values: array<vec2f, RADIX>;
  for (var p = 0u; p < RADIX; p++) {
    values[p] = input[line + ((k * RADIX + p) * params.after + i) * params.inner];
  }
  for (var q = 0u; q < RADIX; q++) {
    var sum = values[0];
    var multiple = 0u;
    for (var p = 1u; p < RADIX; p++) {
      multiple = (multiple + q) % RADIX;
      sum += times(values[p], roots[multiple]);
    }
    if (q > 0u) {
      sum = times(sum, twiddles[i * (RADIX - 1u) + q - 1u]);
    }
    output[line + ((q * params.before + k) * params.after + i) * params.inner] = sum;
  }
}
