// Two correlations along the last two axes, one after the other, in float32: a tile of 32 x 32 a workgroup, its window and
// what the first pass makes of it in workgroup memory. `first` and `second` are the axes in the order of the passes.

const TILE = 32u;
/** Tile and windows of up to 17. */
const SPAN = 48u;

struct Params {
  planes: u32,
  inputFirst: u32,
  inputSecond: u32,
  outputFirst: u32,
  outputSecond: u32,
  tapsFirst: u32,
  tapsSecond: u32,
  /** 1 where the first pass goes along rows, so that neighbours along it stand side by side. */
  firstIsInner: u32,
  cvalFirst: f32,
  cvalSecond: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> tableFirst: array<i32>;
@group(0) @binding(3) var<storage, read> tableSecond: array<i32>;
@group(0) @binding(4) var<storage, read> weightsFirst: array<f32>;
@group(0) @binding(5) var<storage, read> weightsSecond: array<f32>;
@group(0) @binding(6) var<storage, read_write> output: array<f32>;

var<workgroup> window: array<f32, SPAN * SPAN>;
var<workgroup> between: array<f32, TILE * SPAN>;

/** Position along (first, second) of the n-th of `firsts` x `seconds`, neighbours in memory side by side. */
fn place(n: u32, firsts: u32, seconds: u32) -> vec2u {
  if (params.firstIsInner == 1u) {
    return vec2u(n % firsts, n / firsts);
  }
  return vec2u(n / seconds, n % seconds);
}

fn offset(at: vec2u, lengths: vec2u) -> u32 {
  return select(at.x * lengths.y + at.y, at.y * lengths.x + at.x, params.firstIsInner == 1u);
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let lengths = vec2u(params.outputFirst, params.outputSecond);
  let inputLengths = vec2u(params.inputFirst, params.inputSecond);
  let tiles = (lengths + TILE - 1u) / TILE;
  let index = group.y * groups.x + group.x;
  let plane = index / (tiles.x * tiles.y);
  let origin = vec2u(index / tiles.y % tiles.x, index % tiles.y) * TILE;
  // The folded grid may have groups beyond the last plane.
  let there = plane < params.planes;
  let size = select(vec2u(0), min(lengths, origin + TILE) - origin, there);
  let spans = select(vec2u(0), size + vec2u(params.tapsFirst, params.tapsSecond) - 1u, there);
  let outputBase = plane * lengths.x * lengths.y;
  let inputBase = plane * inputLengths.x * inputLengths.y;

  for (var n = local; n < spans.x * spans.y; n += 256u) {
    let at = place(n, spans.x, spans.y);
    let first = tableFirst[origin.x + at.x];
    let second = tableSecond[origin.y + at.y];
    var value = params.cvalFirst;
    if (first >= 0 && second >= 0) {
      value = input[inputBase + offset(vec2u(u32(first), u32(second)), inputLengths)];
    }
    window[at.x * SPAN + at.y] = value;
  }
  workgroupBarrier();

  for (var n = local; n < size.x * spans.y; n += 256u) {
    let at = vec2u(n / spans.y, n % spans.y);
    var sum = params.cvalSecond;
    if (tableSecond[origin.y + at.y] >= 0) {
      sum = 0.0;
      for (var k = 0u; k < params.tapsFirst; k++) {
        sum += weightsFirst[k] * window[(at.x + k) * SPAN + at.y];
      }
    }
    between[at.x * SPAN + at.y] = sum;
  }
  workgroupBarrier();

  for (var n = local; n < size.x * size.y; n += 256u) {
    let at = place(n, size.x, size.y);
    var sum = 0.0;
    for (var k = 0u; k < params.tapsSecond; k++) {
      sum += weightsSecond[k] * between[at.x * SPAN + at.y + k];
    }
    output[outputBase + offset(origin + at, lengths)] = sum;
  }
}
