// The Fourier transform of a ball of two or three dimensions and volume 1, which is smooth in the radius: looked up in a
// table with cubic interpolation, exact to 1e-12.

/** Radii below which the series is exact to 1e-12, in two dimensions and in three; beyond, closed forms are. */
const SERIES_2D: f64 = 12;
const SERIES_3D: f64 = 1;

/** At `square` = (2 pi radius frequency)^2. */
function ballTransform(square: f64, rank: i32): f64 {
  const r = sqrt(square);
  if (r < (rank == 2 ? SERIES_2D : SERIES_3D)) {
    // 0F1(; rank / 2 + 1; -square / 4), from its last term.
    let sum: f64 = 1;
    for (let k = <i32>(8 + 2 * r); k > 0; k--) sum = 1 - (square * sum) / <f64>(2 * k * (2 * k + rank));
    return sum;
  }
  const sine = Math.sin(r);
  const cosine = Math.cos(r);
  if (rank == 3) return (3 * (sine - r * cosine)) / (r * square);
  // 2 J1(r) / r by Hankel's asymptotic expansion.
  const eighth = 1 / (8 * r);
  let even: f64 = 1;
  let odd: f64 = 0;
  let term: f64 = 1;
  for (let k = 1; k <= 20 && abs(term) > 1e-16; k += 2) {
    term *= (<f64>(4 - (2 * k - 1) * (2 * k - 1)) * eighth) / <f64>k;
    odd += term;
    term *= (<f64>((2 * k + 1) * (2 * k + 1) - 4) * eighth) / <f64>(k + 1);
    even += term;
  }
  return (2 * (even * (sine - cosine) + odd * (sine + cosine))) / (r * sqrt(Math.PI * r));
}

/** Entries of the table to a radius of 1, and how many there may be. */
const DENSITY: f64 = 256;
const MOST = 65536;
/** Entry e is the transform at radius (e - 1) / DENSITY: cubics need one entry before theirs and two after. */
const table = memory.data((MOST + 3) * 8, 16);
let tableRank = 0;
let filled = 0;
/** Radii below this are looked up. */
let limit: f64 = 0;

/** Fills the table for squares up to `largest`, unless so few as `count` are wanted that this would take longer. */
export function prepareBalls(rank: i32, largest: f64, count: i32): void {
  if (rank != tableRank) filled = 0;
  tableRank = rank;
  const radius = min(sqrt(largest), <f64>MOST / DENSITY - 1 / DENSITY);
  const wanted = <i32>(radius * DENSITY) + 4;
  if (wanted - filled <= count)
    for (; filled < wanted; filled++) {
      const r = <f64>(filled - 1) / DENSITY;
      store<f64>(table + (<usize>filled << 3), ballTransform(r * r, rank));
    }
  limit = <f64>max(0, filled - 3) / DENSITY;
}

// @ts-ignore: decorator
@inline
function lookUp(r: v128, target: usize): void {
  const place = f64x2.mul(r, f64x2.splat(DENSITY));
  const whole = i32x4.trunc_sat_f64x2_s_zero(place);
  const d = f64x2.sub(place, f64x2.convert_low_i32x4_s(whole));
  const first = table + (<usize>i32x4.extract_lane(whole, 0) << 3);
  const second = table + (<usize>i32x4.extract_lane(whole, 1) << 3);
  const a = v128.load(first);
  const b = v128.load(second);
  const c = v128.load(first, 16);
  const e = v128.load(second, 16);
  const before = v128.shuffle<i64>(a, b, 0, 2);
  const here = v128.shuffle<i64>(a, b, 1, 3);
  const next = v128.shuffle<i64>(c, e, 0, 2);
  const after = v128.shuffle<i64>(c, e, 1, 3);
  // Lagrange's cubic through places -1, 0, 1, 2.
  const up = f64x2.add(d, f64x2.splat(1));
  const down = f64x2.sub(d, f64x2.splat(1));
  const far = f64x2.sub(d, f64x2.splat(2));
  const middle = f64x2.mul(up, far);
  const ends = f64x2.mul(d, down);
  const half = f64x2.mul(middle, f64x2.sub(f64x2.mul(here, down), f64x2.mul(next, d)));
  const sixth = f64x2.mul(ends, f64x2.sub(f64x2.mul(after, up), f64x2.mul(before, far)));
  v128.store(target, f64x2.add(f64x2.mul(half, f64x2.splat(0.5)), f64x2.mul(sixth, f64x2.splat(1.0 / 6))));
}

/** Transforms at squared radii row + columns[i]. */
export function ballTransforms(rank: i32, row: f64, columns: usize, count: i32, target: usize): void {
  const rows = f64x2.splat(row);
  const bound = f64x2.splat(limit);
  let i = 0;
  for (; i <= count - 2; i += 2) {
    const into = target + (<usize>i << 3);
    const squares = f64x2.add(rows, v128.load(columns + (<usize>i << 3)));
    const r = f64x2.sqrt(squares);
    if (i64x2.all_true(f64x2.lt(r, bound))) {
      lookUp(r, into);
      continue;
    }
    store<f64>(into, ballTransform(f64x2.extract_lane(squares, 0), rank));
    store<f64>(into, ballTransform(f64x2.extract_lane(squares, 1), rank), 8);
  }
  if (i < count)
    store<f64>(target + (<usize>i << 3), ballTransform(row + load<f64>(columns + (<usize>i << 3)), rank));
}
