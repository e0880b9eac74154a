// An order statistic of the elements at `taps` places of each window. One output word an invocation. The header gives
// `const SELECT: u32` (0: the smallest, 1: the largest, 2: the one of `rank`), `LANES` and what lib/orderKeys.wgsl asks for.
#include lib/grid.wgsl;
#include lib/orderKeys.wgsl;

struct Params {
  inputShape: vec4u,
  outputShape: vec4u,
  // Of the window.
  size: vec4u,
  // Where each axis begins in `tables`.
  starts: vec4u,
  taps: u32,
  rank: u32,
  // The constant's bits.
  value: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
// For each axis the position in the input of each element that windows see, -1 for the constant.
@group(0) @binding(2) var<storage, read> tables: array<i32>;
// Distances in the input from a window's first element; then coordinates in it, two words of two an element.
@group(0) @binding(3) var<storage, read> offsets: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;

// Where a window begins in each axis's table; whether it lies inside, and where in the input it begins then.
struct Place {
  tables: vec4u,
  inside: bool,
  start: u32,
}

fn flatIndex(at: vec4u) -> u32 {
  let shape = params.inputShape;
  return ((at.x * shape.y + at.y) * shape.z + at.z) * shape.w + at.w;
}

fn positions(at: vec4u) -> vec4i {
  return vec4i(tables[at.x], tables[at.y], tables[at.z], tables[at.w]);
}

fn placeOf(element: u32) -> Place {
  let size = params.outputShape;
  let row = element / size.w;
  let plane = row / size.z;
  let at = params.starts + vec4u(plane / size.y, plane % size.y, row % size.z, element % size.w);
  let first = positions(at);
  let last = positions(at + params.size - 1u);
  let inside = all(first >= vec4i(0)) && all(last - first == vec4i(params.size) - 1);
  return Place(at, inside, flatIndex(vec4u(first)));
}

fn keyAt(place: Place, tap: u32) -> u32 {
  var bits = params.value;
  if (place.inside) {
    let at = place.start + offsets[tap];
    bits = extractBits(input[at / LANES], at % LANES * BITS, BITS);
  } else {
    let pair = params.taps + 2u * tap;
    let coordinates = vec2u(offsets[pair], offsets[pair + 1u]);
    let low = coordinates & vec2u(0xffffu);
    let high = coordinates >> vec2u(16u);
    let p = positions(place.tables + vec4u(low.x, high.x, low.y, high.y));
    if (all(p >= vec4i(0))) {
      let at = flatIndex(vec4u(p));
      bits = extractBits(input[at / LANES], at % LANES * BITS, BITS);
    }
  }
  return keyOfBits(bits);
}

fn extreme(place: Place) -> u32 {
  var found = select(0xffffffffu, 0u, SELECT == 1u);
  for (var tap = 0u; tap < params.taps; tap++) {
    let key = keyAt(place, tap);
    found = select(min(found, key), max(found, key), SELECT == 1u);
  }
  return found;
}

// Found two bits at a time, as the largest key below which no more than `rank` keys lie.
fn keyOfRank(place: Place) -> u32 {
  var found = 0u;
  for (var shift = BITS; shift > 0u;) {
    shift -= 2u;
    let candidates = vec3u(found) + (vec3u(1u, 2u, 3u) << vec3u(shift));
    var below = vec3u(0u);
    for (var tap = 0u; tap < params.taps; tap++) {
      below += vec3u(vec3u(keyAt(place, tap)) < candidates);
    }
    let steps = vec3u(below <= vec3u(params.rank));
    found += (steps.x + steps.y + steps.z) << shift;
  }
  return found;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = flatInvocation(global, groups, 64u);
  let shape = params.outputShape;
  let count = shape.x * shape.y * shape.z * shape.w;
  if (word * LANES >= count) {
    return;
  }
  var bits = 0u;
  for (var lane = 0u; lane < LANES && word * LANES + lane < count; lane++) {
    let place = placeOf(word * LANES + lane);
    var key = 0u;
    if (SELECT == 2u) {
      key = keyOfRank(place);
    } else {
      key = extreme(place);
    }
    bits = insertBits(bits, bitsOf(key), lane * BITS, BITS);
  }
  output[word] = bits;
}
