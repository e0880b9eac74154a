// What labels of a block have to say to other blocks, from the forest: where roots start, a bit each, and on the block's
// faces the first pixel of each element's object, counted from 1; 0 for the background. One word or one element of a face an
// invocation. The header gives `const ROW_CONNECTED: bool`.
#include lib/grid.wgsl;
#include lib/runs.wgsl;

struct Params {
  // d0, d1, d2 and the width.
  shape: vec4u,
  rowWords: u32,
  words: u32,
  // The first axis with faces: for each from there its first plane, and its last.
  firstAxis: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
@group(0) @binding(2) var<storage, read_write> parents: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> roots: array<u32>;
@group(0) @binding(4) var<storage, read_write> faces: array<u32>;

#include lib/unionFind.wgsl;

fn marksOf(word: u32) -> u32 {
  let current = bits[word];
  var marks = 0u;
  for (var starts = runStarts(current); starts != 0u; starts &= starts - 1u) {
    let bit = firstTrailingBit(starts);
    let node = runNode(word, current, bit);
    marks |= u32(atomicLoad(&parents[node]) == node) << bit;
  }
  return marks;
}

fn firstPixel(row: u32, x: u32) -> u32 {
  let word = row * params.rowWords + x / 32u;
  let current = bits[word];
  if (((current >> (x % 32u)) & 1u) == 0u) {
    return 0u;
  }
  let root = findRoot(runNode(word, current, x % 32u));
  let rootWord = root / NODES;
  let start = rootWord % params.rowWords * 32u + nodeStart(root, bits[rootWord]);
  return rootWord / params.rowWords * params.shape.w + start + 1u;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flatInvocation(global, groups, 64u);
  if (index < params.words) {
    roots[index] = marksOf(index);
    return;
  }
  let element = index - params.words;
  let shape = params.shape;
  var rest = element;
  for (var axis = params.firstAxis; axis < 4u; axis++) {
    var plane = shape;
    plane[axis] = 1u;
    let size = plane.x * plane.y * plane.z * plane.w;
    if (rest >= 2u * size) {
      rest -= 2u * size;
      continue;
    }
    let at = rest % size;
    let row = at / plane.w;
    var place = vec4u(row / plane.z / plane.y, row / plane.z % plane.y, row % plane.z, at % plane.w);
    place[axis] = select(0u, shape[axis] - 1u, rest >= size);
    faces[element] = firstPixel((place.x * shape.y + place.y) * shape.z + place.z, place.w);
    return;
  }
}
