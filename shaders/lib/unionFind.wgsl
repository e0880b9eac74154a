// Union-find by smallest index over the includer's `parents: array<atomic<u32>>`. Entries only ever decrease, so a
// failed union means that somebody else lowered the entry: it ends without any progress guarantee between
// workgroups, and relaxed atomics suffice because every value is self-contained.
fn findRoot(start: u32) -> u32 {
  var node = start;
  loop {
    let parent = atomicLoad(&parents[node]);
    if (parent == node) {
      return node;
    }
    node = parent;
  }
}

fn unite(x: u32, y: u32) {
  var a = findRoot(x);
  var b = findRoot(y);
  while (a != b) {
    let low = min(a, b);
    let high = max(a, b);
    let old = atomicMin(&parents[high], low);
    if (old == high) {
      return;
    }
    a = findRoot(low);
    b = findRoot(old);
  }
}
