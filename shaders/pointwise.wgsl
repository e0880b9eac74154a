// Evaluates a generated pointwise expression; one invocation owns one word of the packed output. The generated header
// (src/ops/gpu/pointwiseWgsl.ts) declares params, the buffers, PER_WORD and element(i): the bits of element i.
#include lib/grid.wgsl;
#include lib/truncate.wgsl;
#include lib/pointwise.wgsl;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let first = word * PER_WORD;
  if (first >= params.count) { return; }
  let elements = min(PER_WORD, params.count - first);
  var bits = 0u;
  for (var k = 0u; k < elements; k++) {
    bits |= element(first + k) << (k * (32u / PER_WORD));
  }
  output[word] = bits;
}
