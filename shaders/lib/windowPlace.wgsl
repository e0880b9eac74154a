// Elements of windows of any shape over blocks of four axes, and the element of a rank among them. The shader that
// includes this declares `input`, `tables` and `offsets`, `params: Params` and what lib/orderKeys.wgsl asks for.
struct Params {
  inputShape: vec4u,
  outputShape: vec4u,
  // Of the window.
  size: vec4u,
  // Where each axis begins in `tables`: positions in the input of what windows see, -1 for the constant.
  starts: vec4u,
  taps: u32,
  rank: u32,
  // The constant's bits.
  value: u32,
  // Elements that enter a window as it goes down a row, and as many that leave it.
  edge: u32,
}

// Elements of a window: in `offsets` from `first` on the distances in the input from the window's first element, and then
// coordinates in it, two words of two an element.
struct Taps {
  first: u32,
  count: u32,
}

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

// The place of an output; it is inside if those of the `rows` outputs from it downwards are.
fn placeOf(output: vec4u, rows: u32) -> Place {
  let at = params.starts + output;
  let span = params.size - 1u + vec4u(0u, 0u, rows - 1u, 0u);
  let first = positions(at);
  let last = positions(at + span);
  let inside = all(first >= vec4i(0)) && all(last - first == vec4i(span));
  return Place(at, inside, flatIndex(vec4u(first)));
}

fn keyAt(place: Place, taps: Taps, tap: u32) -> u32 {
  var bits = params.value;
  if (place.inside) {
    let at = place.start + offsets[taps.first + tap];
    bits = extractBits(input[at / LANES], at % LANES * BITS, BITS);
  } else {
    let pair = taps.first + taps.count + 2u * tap;
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

// So many keys are sorted in registers.
const FEW = 8u;

// The key of `rank` among the `count` keys of a window that are not below `least` nor above `most`.
fn keyOfRank(place: Place, taps: Taps, least: u32, most: u32, rank: u32, count: u32) -> u32 {
  var low = least;
  var high = most;
  var above = rank;
  var left = count;
  if (left > FEW && low < high) {
    var lowest = high;
    var highest = low;
    for (var tap = 0u; tap < taps.count; tap++) {
      let key = keyAt(place, taps, tap);
      let within = key - low <= high - low;
      lowest = select(lowest, min(lowest, key), within);
      highest = select(highest, max(highest, key), within);
    }
    low = lowest;
    high = highest;
  }
  while (left > FEW && low < high) {
    let step = (high - low) >> 2u;
    let parts = vec3u(1u, 2u, 3u) * step + 1u;
    var below = vec3u(0u);
    for (var tap = 0u; tap < taps.count; tap++) {
      below += vec3u(vec3u(keyAt(place, taps, tap) - low) < parts);
    }
    let past = vec3u(below <= vec3u(above));
    let part = past.x + past.y + past.z;
    let skipped = select(0u, below[max(part, 1u) - 1u], part > 0u);
    left = select(left, below[min(part, 2u)], part < 3u) - skipped;
    high = select(high, low + parts[min(part, 2u)] - 1u, part < 3u);
    low += select(0u, parts[max(part, 1u) - 1u], part > 0u);
    above -= skipped;
  }
  if (low == high) {
    return low;
  }
  var a = vec4u(0xffffffffu);
  var b = vec4u(0xffffffffu);
  for (var tap = 0u; tap < taps.count; tap++) {
    let key = keyAt(place, taps, tap);
    if (key - low <= high - low) {
      // Each of the sorted keys is the middle of itself, of the one before it and of the new one.
      let before = vec4u(0u, a.xyz);
      let middle = vec4u(a.w, b.xyz);
      a = min(a, max(before, vec4u(key)));
      b = min(b, max(middle, vec4u(key)));
    }
  }
  return select(a[above & 3u], b[above & 3u], above > 3u);
}
