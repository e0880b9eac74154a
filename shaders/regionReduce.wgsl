// Measurements per label, by integer atomics only: exact, and the same in any order. Each invocation walks 32
// consecutive pixels of a row and adds once per run of a label. The header gives `const HAS_VALUES: bool`, the values'
// element type, `fn key(T) -> u32` and `fn fixed(value: T, largest: u32, bits: u32) -> Fixed`.
#include lib/grid.wgsl;
#include lib/wide.wgsl;
#include lib/orderedKey.wgsl;
#include lib/regionTable.wgsl;
#include lib/fixedValue.wgsl;

struct Params {
  // d0, d1, d2 and the width.
  shape: vec4u,
  capacity: u32,
  // Invocations a row.
  rowParts: u32,
  // Bits of a fixed-point magnitude.
  bits: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<u32>;
@group(0) @binding(3) var<storage, read_write> table: array<atomic<u32>>;

const PIXELS = 32u;

fn addWide(at: u32, value: vec2u) {
  if (all(value == vec2u(0u))) {
    return;
  }
  let old = atomicAdd(&table[at], value.x);
  let high = value.y + u32(old + value.x < old);
  if (high != 0u) {
    atomicAdd(&table[at + 1u], high);
  }
}

fn addSquares(at: u32, value: vec3u) {
  let low = atomicAdd(&table[at], value.x);
  // The carry goes in by an addition of its own, so that each overflow is seen by whoever causes it.
  var high = value.z;
  let middle = atomicAdd(&table[at + 1u], value.y);
  high += u32(middle + value.y < middle);
  if (low + value.x < low) {
    high += u32(atomicAdd(&table[at + 1u], 1u) == 0xffffffffu);
  }
  if (high != 0u) {
    atomicAdd(&table[at + 2u], high);
  }
}

struct Run {
  sum: vec2u,
  // Sum of the sums so far: gives the sum weighted by position.
  prefixes: vec2u,
  squares: vec3u,
  // Complement of the smallest key, largest key.
  extremes: vec2u,
  flags: u32,
}

fn addValue(run: ptr<function, Run>, element: u32, largest: u32) {
  let value = decode(values[element / LANES], element % LANES);
  let number = fixed(value, largest, params.bits);
  (*run).sum = add64((*run).sum, widen(number.value));
  (*run).prefixes = add64((*run).prefixes, (*run).sum);
  (*run).squares = add96((*run).squares, square(number.value));
  (*run).flags |= number.flags;
  if ((number.flags & 1u) == 0u) {
    let k = key(value);
    (*run).extremes = max((*run).extremes, vec2u(~k, k));
  }
}

fn flush(at: u32, first: vec4u, count: u32, run: Run) {
  atomicAdd(&table[at + COUNT], count);
  let last = vec4u(first.xyz, first.w + count - 1u);
  for (var axis = 0u; axis < 4u; axis++) {
    atomicMax(&table[at + LOWEST + axis], ~first[axis]);
    atomicMax(&table[at + HIGHEST + axis], last[axis]);
  }
  // Positions along the run are first.w + 0, 1, ..., count - 1.
  let along = count * (count - 1u) / 2u;
  for (var axis = 0u; axis < 3u; axis++) {
    addWide(at + COORDINATES + 2u * axis, multiply32(first[axis], count));
  }
  addWide(at + COORDINATES + 6u, add64(multiply32(first.w, count), vec2u(along, 0u)));
  if (!HAS_VALUES) {
    return;
  }
  addWide(at + SUM, run.sum);
  addSquares(at + SQUARES, run.squares);
  atomicMax(&table[at + MINIMUM], run.extremes.x);
  atomicMax(&table[at + MAXIMUM], run.extremes.y);
  if (run.flags != 0u) {
    atomicOr(&table[at + FLAGS], run.flags);
  }
  for (var axis = 0u; axis < 3u; axis++) {
    addWide(at + WEIGHTED + 2u * axis, multiply64(run.sum, first[axis]));
  }
  let weighted = add64(multiply64(run.sum, first.w + count), negate64(run.prefixes));
  addWide(at + WEIGHTED + 6u, weighted);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let invocation = flatInvocation(global, groups, 64u);
  let shape = params.shape;
  let row = invocation / params.rowParts;
  if (row >= shape.x * shape.y * shape.z) {
    return;
  }
  let plane = row / shape.z;
  let place = vec3u(plane / shape.y, plane % shape.y, row % shape.z);
  let largest = atomicLoad(&table[0]);
  let end = min((invocation % params.rowParts + 1u) * PIXELS, shape.w);
  var x = invocation % params.rowParts * PIXELS;
  var largestLabel = 0u;
  while (x < end) {
    let label = labels[row * shape.w + x];
    let start = x;
    var run = Run();
    while (x < end && labels[row * shape.w + x] == label) {
      if (HAS_VALUES && label != 0u) {
        addValue(&run, row * shape.w + x, largest);
      }
      x++;
    }
    largestLabel = max(largestLabel, label);
    if (label != 0u && label <= params.capacity) {
      flush(HEADER + (label - 1u) * ROW, vec4u(place, start), x - start, run);
    }
  }
  if (largestLabel > atomicLoad(&table[1])) {
    atomicMax(&table[1], largestLabel);
  }
}
