// Calls the application's function for each element. One output word an invocation. The generated header
// (src/ops/gpu/elementFunction.ts) declares params, the buffers, `place` (the element's position in the tile), the output's
// element type and result(), which calls it.
#include lib/grid.wgsl;
#include lib/truncate.wgsl;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = params.first + flatInvocation(global, groups, 64u);
  let shape = params.outputShape;
  var bits = 0u;
  for (var lane = 0u; lane < LANES && word * LANES + lane < params.count; lane++) {
    let element = word * LANES + lane;
    let row = element / shape.w;
    let plane = row / shape.z;
    place = vec4u(plane / shape.y, plane % shape.y, row % shape.z, element % shape.w);
    bits |= encode(result(), lane);
  }
  if (word * LANES < params.count) {
    output[word] = bits;
  }
}
