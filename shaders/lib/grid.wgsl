// Flat index of an invocation in a grid folded to two dimensions (workgroups of `size` along x).
fn flatInvocation(global: vec3u, groups: vec3u, size: u32) -> u32 {
  return global.y * groups.x * size + global.x;
}
