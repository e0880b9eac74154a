// Exact sum, sum of squares and extrema of an integer type. 64 words an invocation; each workgroup leaves one row of
// eight words: sum (2), squares (3), smallest and largest key, nothing. Values are taken minus BIAS, which the header
// gives with the element type: 2^31 for u32, so that every value fits an i32, else 0.
#include lib/wide.wgsl;

struct Params {
  count: u32,
  rows: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;

const WORDS = 64u;
var<workgroup> sums: array<vec2u, 64>;
var<workgroup> squares: array<vec3u, 64>;
var<workgroup> extremes: array<vec2i, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  let first = row * 64u * WORDS + lane;
  var sum = vec2u(0u);
  var squareSum = vec3u(0u);
  var extreme = vec2i(0x7fffffff, -0x7fffffff - 1);
  for (var i = 0u; i < WORDS; i++) {
    let word = first + i * 64u;
    if (word * LANES >= params.count) {
      break;
    }
    let packed = input[word];
    for (var j = 0u; j < LANES && word * LANES + j < params.count; j++) {
      let value = bitcast<i32>(bitcast<u32>(decode(packed, j)) - BIAS);
      sum = add64(sum, widen(value));
      squareSum = add96(squareSum, square(value));
      extreme = vec2i(min(extreme.x, value), max(extreme.y, value));
    }
  }
  sums[lane] = sum;
  squares[lane] = squareSum;
  extremes[lane] = extreme;
  for (var half = 32u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] = add64(sums[lane], sums[lane + half]);
      let other = squares[lane + half];
      squares[lane] = add96(squares[lane], other.xy) + vec3u(0u, 0u, other.z);
      let e = extremes[lane + half];
      extremes[lane] = vec2i(min(extremes[lane].x, e.x), max(extremes[lane].y, e.y));
    }
  }
  if (lane == 0u && row < params.rows) {
    let at = row * 8u;
    rows[at] = sums[0].x;
    rows[at + 1u] = sums[0].y;
    rows[at + 2u] = squares[0].x;
    rows[at + 3u] = squares[0].y;
    rows[at + 4u] = squares[0].z;
    rows[at + 5u] = bitcast<u32>(extremes[0].x);
    rows[at + 6u] = bitcast<u32>(extremes[0].y);
  }
}
