// Sum and sum of squares about a centre, and extrema, of float32 values, by pairwise partial sums. 64 values an
// invocation; each workgroup leaves one row of eight words: deviations' sum and squares (f32), smallest and largest
// key, whether there was a NaN. NaN is found by its bits, since WGSL may assume that there is none.
#include lib/orderedKey.wgsl;

struct Params {
  count: u32,
  rows: u32,
  centre: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;

const WORDS = 64u;
var<workgroup> sums: array<vec2f, 64>;
var<workgroup> extremes: array<vec3u, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  let first = row * 64u * WORDS + lane;
  var sum = vec2f(0.0);
  var extreme = vec3u(0xffffffffu, 0u, 0u);
  for (var i = 0u; i < WORDS; i++) {
    let at = first + i * 64u;
    if (at >= params.count) {
      break;
    }
    let bits = input[at];
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
      extreme.z = 1u;
      continue;
    }
    let value = bitcast<f32>(bits);
    let deviation = value - params.centre;
    sum += vec2f(deviation, deviation * deviation);
    let key = keyF32(value);
    extreme = vec3u(min(extreme.x, key), max(extreme.y, key), extreme.z);
  }
  sums[lane] = sum;
  extremes[lane] = extreme;
  for (var half = 32u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
      let e = extremes[lane + half];
      extremes[lane] = vec3u(min(extremes[lane].x, e.x), max(extremes[lane].yz, e.yz));
    }
  }
  if (lane == 0u && row < params.rows) {
    let at = row * 8u;
    rows[at] = bitcast<u32>(sums[0].x);
    rows[at + 1u] = bitcast<u32>(sums[0].y);
    rows[at + 2u] = extremes[0].x;
    rows[at + 3u] = extremes[0].y;
    rows[at + 4u] = extremes[0].z;
  }
}
