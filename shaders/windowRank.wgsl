// The element of a rank in large windows: an invocation goes down the columns of a word, one after the other, with a
// histogram of the window, which elements leave and others enter (Huang, Yang and Tang 1979). The header
// (src/ops/gpu/slidingRank.ts) gives `output`, `putLane`, `ROWS`, `BINS`, `COUNT_BITS` (that a count takes) and
// what lib/orderKeys.wgsl asks for.
#include lib/grid.wgsl;
#include lib/orderKeys.wgsl;
#include lib/windowPlace.wgsl;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read> tables: array<i32>;
@group(0) @binding(3) var<storage, read> offsets: array<u32>;

const COUNTS = 32u / COUNT_BITS;
// Private, since a workgroup's memory begins with a barrier, and software adapters take seconds to compile one here.
var<private> counts: array<u32, BINS / COUNTS>;

// Keys from `low` on share a bin if they differ only in their last `shift` bits; others are in the first and last bins.
struct Scale {
  low: u32,
  shift: u32,
}

// The bin that has the element of the rank, and how many elements are in those before it.
struct Found {
  bin: u32,
  below: u32,
}

fn binOf(scale: Scale, key: u32) -> u32 {
  if (BITS == 8u) {
    return key;
  }
  return select(0u, min((key - scale.low) >> scale.shift, BINS - 1u), key >= scale.low);
}

fn countOf(bin: u32) -> u32 {
  return extractBits(counts[bin / COUNTS], bin % COUNTS * COUNT_BITS, COUNT_BITS);
}

// Adds a row's elements to the window (`sign` 1) or takes them away (-1).
fn change(place: Place, taps: Taps, scale: Scale, sign: i32, found: ptr<function, Found>) {
  for (var tap = 0u; tap < taps.count; tap++) {
    let bin = binOf(scale, keyAt(place, taps, tap));
    counts[bin / COUNTS] += bitcast<u32>(sign) << (bin % COUNTS * COUNT_BITS);
    (*found).below += bitcast<u32>(select(0, sign, bin < (*found).bin));
  }
}

fn seek(found: ptr<function, Found>) {
  var bin = (*found).bin;
  var below = (*found).below;
  while (below > params.rank) {
    bin--;
    below -= countOf(bin);
  }
  for (var next = below + countOf(bin); next <= params.rank; next += countOf(bin)) {
    below = next;
    bin++;
  }
  *found = Found(bin, below);
}

fn scaleOf(place: Place, taps: Taps) -> Scale {
  if (BITS == 8u) {
    return Scale(0u, 0u);
  }
  var low = 0xffffffffu;
  var high = 0u;
  for (var tap = 0u; tap < taps.count; tap++) {
    let key = keyAt(place, taps, tap);
    low = min(low, key);
    high = max(high, key);
  }
  return Scale(low, 24u - min(24u, countLeadingZeros(high - low)));
}

fn keyFound(place: Place, taps: Taps, scale: Scale, found: Found) -> u32 {
  if (BITS == 8u) {
    return found.bin;
  }
  let first = scale.low + (found.bin << scale.shift);
  let last = first + min((1u << scale.shift) - 1u, 0xffffffffu - first);
  let low = select(first, 0u, found.bin == 0u);
  let high = select(last, 0xffffffffu, found.bin == BINS - 1u);
  return keyOfRank(place, taps, low, high, params.rank - found.below, countOf(found.bin));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flatInvocation(global, groups, 64u);
  let shape = params.outputShape;
  let across = (shape.w + LANES - 1u) / LANES;
  let down = (shape.z + ROWS - 1u) / ROWS;
  let plane = index / across / down;
  if (plane >= shape.x * shape.y) {
    return;
  }
  let x = index % across * LANES;
  let y = index / across % down * ROWS;
  let rows = min(ROWS, shape.z - y);
  let window = Taps(0u, params.taps);
  let entering = Taps(3u * params.taps, params.edge);
  let leaving = Taps(3u * (params.taps + params.edge), params.edge);
  var found = Found(0u, 0u);
  for (var lane = 0u; lane < min(LANES, shape.w - x); lane++) {
    for (var i = 0u; i < BINS / COUNTS; i++) {
      counts[i] = 0u;
    }
    var place = placeOf(vec4u(plane / shape.y, plane % shape.y, y, x + lane), rows);
    let scale = scaleOf(place, window);
    found.below = 0u;
    change(place, window, scale, 1, &found);
    for (var row = 0u; row < rows; row++) {
      seek(&found);
      let key = keyFound(place, window, scale, found);
      putLane((plane * shape.z + y + row) * shape.w + x, lane, bitsOf(key));
      if (row + 1u < rows) {
        change(place, leaving, scale, -1, &found);
        place.tables.z++;
        place.start += params.inputShape.w;
        change(place, entering, scale, 1, &found);
      }
    }
  }
}
