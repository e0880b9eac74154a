// Labelling, step 2: unites the runs of each word with those that touch it in its own and in earlier rows. One word
// an invocation. The header gives `const ROW_CONNECTED: bool`.
#include lib/grid.wgsl;
#include lib/runs.wgsl;

struct Params {
  // d0, d1, d2 and the width.
  shape: vec4u,
  rowWords: u32,
  words: u32,
  // Entries of `rows`.
  rowCount: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
// Earlier rows: d0, d1, d2 and a mask of allowed dx in {-1, 0, 1} (bit 0: dx = -1).
@group(0) @binding(2) var<storage, read> rows: array<vec4i>;
@group(0) @binding(3) var<storage, read_write> parents: array<atomic<u32>>;

#include lib/unionFind.wgsl;

fn before(word: u32) -> u32 {
  if (word % params.rowWords == 0u) {
    return 0u;
  }
  return bits[word - 1u];
}

fn after(word: u32) -> u32 {
  if ((word + 1u) % params.rowWords == 0u) {
    return 0u;
  }
  return bits[word + 1u];
}

// Consecutive links join the same two runs: the first is enough.
fn firstLinks(links: u32) -> u32 {
  return select(links, links & ~(links << 1u), ROW_CONNECTED);
}

fn linkRow(word: u32, current: u32, other: u32, allowed: u32) {
  let above = bits[other];
  let left = before(other);
  let right = after(other);
  let straight = (allowed & 2u) != 0u;
  var down = current & ((above << 1u) | (left >> 31u));
  var up = current & ((above >> 1u) | (right << 31u));
  if (straight) {
    let overlap = current & above;
    var links = firstLinks(overlap);
    let previous = before(word);
    // The same two runs already meet at the end of the words before.
    if (ROW_CONNECTED && ((previous & left) >> 31u) != 0u) {
      links &= ~1u;
    }
    for (; links != 0u; links &= links - 1u) {
      let b = firstTrailingBit(links);
      unite(runNode(word, current, b), runNode(other, above, b));
    }
    if (ROW_CONNECTED) {
      // Diagonals next to an overlap are implied by it.
      down &= ~above & ~((current << 1u) | (previous >> 31u));
      up &= ~above & ~((current >> 1u) | (after(word) << 31u));
    }
  }
  if ((allowed & 1u) != 0u) {
    for (var links = firstLinks(down); links != 0u; links &= links - 1u) {
      let b = firstTrailingBit(links);
      if (b > 0u) {
        unite(runNode(word, current, b), runNode(other, above, b - 1u));
      } else {
        unite(runNode(word, current, b), runNode(other - 1u, left, 31u));
      }
    }
  }
  if ((allowed & 4u) != 0u) {
    for (var links = firstLinks(up); links != 0u; links &= links - 1u) {
      let b = firstTrailingBit(links);
      if (b < 31u) {
        unite(runNode(word, current, b), runNode(other, above, b + 1u));
      } else {
        unite(runNode(word, current, b), runNode(other + 1u, right, 0u));
      }
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  if (word >= params.words) {
    return;
  }
  let current = bits[word];
  if (current == 0u) {
    return;
  }
  if (ROW_CONNECTED && (current & 1u) != 0u) {
    let previous = before(word);
    if ((previous >> 31u) != 0u) {
      unite(runNode(word, current, 0u), runNode(word - 1u, previous, 31u));
    }
  }
  let row = word / params.rowWords;
  let plane = row / params.shape.z;
  let place = vec3i(vec3u(plane / params.shape.y, plane % params.shape.y, row % params.shape.z));
  let size = vec3i(params.shape.xyz);
  for (var k = 0u; k < params.rowCount; k++) {
    let touched = place + rows[k].xyz;
    if (any(touched < vec3i(0)) || any(touched >= size)) {
      continue;
    }
    let other = u32((touched.x * size.y + touched.y) * size.z + touched.z);
    linkRow(word, current, other * params.rowWords + word % params.rowWords, u32(rows[k].w));
  }
}
