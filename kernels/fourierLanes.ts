// Batches of lines: gathered into vectors with a lane for each line, and put back. `re` is where real parts stand in an
// element of the batch: 0, or 16 to exchange the parts, which makes a forward transform one back.

// @ts-ignore: decorator
@inline
function laneCount<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** How the lines of a batch lie in memory. */
export enum Layout {
  /** One after the other, each without gaps. */
  ROWS,
  /** Side by side. */
  COLUMNS,
  /** Anyhow: element by element. */
  SCATTERED,
}

/** Bytes of a list of where each lane's line begins. */
export const LANES_BYTES: usize = 32;

/**
 * Points the lanes at the `count` lines from number `line` on, of an array seen as [outer, length, inner] of `bytes` for
 * an element; lanes too many repeat the last line.
 */
export function pointLanes<T>(
  lanes: usize,
  base: usize,
  line: i32,
  count: i32,
  length: i32,
  inner: i32,
  bytes: usize,
): Layout {
  for (let lane = 0; lane < laneCount<T>(); lane++) {
    const at = line + min(lane, count - 1);
    const outer = at / inner;
    const start = <usize>outer * length * inner + (at - outer * inner);
    store<usize>(lanes + <usize>lane * sizeof<usize>(), base + start * bytes);
  }
  if (count < laneCount<T>()) return Layout.SCATTERED;
  if (inner == 1) return Layout.ROWS;
  return (line % inner) + count <= inner ? Layout.COLUMNS : Layout.SCATTERED;
}

// @ts-ignore: decorator
@inline
function lane(lanes: usize, index: i32): usize {
  return load<usize>(lanes + <usize>index * sizeof<usize>());
}

// @ts-ignore: decorator
@inline
function evens<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(a, b, 0, 2, 4, 6) : v128.shuffle<i64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
function odds<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(a, b, 1, 3, 5, 7) : v128.shuffle<i64>(a, b, 1, 3);
}

// @ts-ignore: decorator
@inline
function lows<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(a, b, 0, 4, 1, 5) : v128.shuffle<i64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
function highs<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(a, b, 2, 6, 3, 7) : v128.shuffle<i64>(a, b, 1, 3);
}

/** Elements `start` to `stop` of scattered lines of `parts` (1: imaginary parts become 0) numbers each. */
function gatherScattered<T>(
  lanes: usize,
  target: usize,
  start: i32,
  stop: i32,
  step: usize,
  parts: i32,
  re: usize,
): void {
  for (let l = 0; l < laneCount<T>(); l++) {
    let source = lane(lanes, l) + <usize>start * step;
    let to = target + (<usize>start << 5) + <usize>l * sizeof<T>();
    for (let e = start; e < stop; e++) {
      store<T>(to + re, load<T>(source));
      store<T>(to + (16 - re), parts == 2 ? load<T>(source, sizeof<T>()) : <T>0);
      source += step;
      to += 32;
    }
  }
}

/** Complex elements `first` (0, but of columns) to `count` of the lines, `step` bytes apart. */
export function gatherComplex<T>(
  lanes: usize,
  target: usize,
  layout: Layout,
  first: i32,
  count: i32,
  step: usize,
  re: usize,
): void {
  const im: usize = 16 - re;
  let e = first;
  if (layout == Layout.COLUMNS) {
    let source = lane(lanes, 0) + <usize>first * step;
    let to = target + (<usize>first << 5);
    for (; e < count; e++) {
      const a = v128.load(source);
      const b = v128.load(source, 16);
      v128.store(to + re, evens<T>(a, b));
      v128.store(to + im, odds<T>(a, b));
      source += step;
      to += 32;
    }
  } else if (layout == Layout.ROWS) {
    let to = target;
    let offset: usize = 0;
    if (sizeof<T>() == 8) {
      for (; e < count; e++) {
        const a = v128.load(lane(lanes, 0) + offset);
        const b = v128.load(lane(lanes, 1) + offset);
        v128.store(to + re, lows<T>(a, b));
        v128.store(to + im, highs<T>(a, b));
        offset += 16;
        to += 32;
      }
    } else {
      const l0 = lane(lanes, 0);
      const l1 = lane(lanes, 1);
      const l2 = lane(lanes, 2);
      const l3 = lane(lanes, 3);
      for (; e < count - 1; e += 2) {
        const a = v128.load(l0 + offset);
        const b = v128.load(l1 + offset);
        const c = v128.load(l2 + offset);
        const d = v128.load(l3 + offset);
        const abLow = lows<T>(a, b);
        const cdLow = lows<T>(c, d);
        const abHigh = highs<T>(a, b);
        const cdHigh = highs<T>(c, d);
        v128.store(to + re, v128.shuffle<i64>(abLow, cdLow, 0, 2));
        v128.store(to + im, v128.shuffle<i64>(abLow, cdLow, 1, 3));
        v128.store(to + re, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 32);
        v128.store(to + im, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 32);
        offset += 16;
        to += 64;
      }
    }
  }
  gatherScattered<T>(lanes, target, e, count, step, 2, re);
}

/** Real elements `first` (0, but of columns) to `count` of the lines, as complex ones. */
export function gatherReal<T>(
  lanes: usize,
  target: usize,
  layout: Layout,
  first: i32,
  count: i32,
  step: usize,
): void {
  if (layout != Layout.COLUMNS) return gatherScattered<T>(lanes, target, first, count, step, 1, 0);
  let source = lane(lanes, 0) + <usize>first * step;
  let to = target + (<usize>first << 5);
  for (let e = first; e < count; e++) {
    v128.store(to, v128.load(source));
    v128.store(to, v128.splat<T>(0), 16);
    source += step;
    to += 32;
  }
}

/** Pairs of real elements `first` (0, but of columns) to `count`, as complex ones; an odd last one is alone. */
export function gatherPairs<T>(
  lanes: usize,
  target: usize,
  layout: Layout,
  first: i32,
  count: i32,
  step: usize,
): void {
  const whole = count >> 1;
  if (layout == Layout.ROWS) gatherComplex<T>(lanes, target, layout, 0, whole, 2 * step, 0);
  else if (layout == Layout.COLUMNS) {
    const start = first >> 1;
    let source = lane(lanes, 0) + <usize>first * step;
    let to = target + (<usize>start << 5);
    for (let e = start; e < whole; e++) {
      v128.store(to, v128.load(source));
      v128.store(to, v128.load(source + step), 16);
      source += 2 * step;
      to += 32;
    }
  } else {
    for (let l = 0; l < laneCount<T>(); l++) {
      let source = lane(lanes, l);
      let to = target + <usize>l * sizeof<T>();
      for (let e = 0; e < whole; e++) {
        store<T>(to, load<T>(source));
        store<T>(to, load<T>(source + step), 16);
        source += 2 * step;
        to += 32;
      }
    }
  }
  if (count & 1)
    for (let l = 0; l < laneCount<T>(); l++) {
      const to = target + (<usize>whole << 5) + <usize>l * sizeof<T>();
      store<T>(to, load<T>(lane(lanes, l) + <usize>(count - 1) * step));
      store<T>(to, <T>0, 16);
    }
}

/**
 * Puts `count` elements from `source` on, `stride` bytes apart there, at element `first` of `used` lines, their real parts
 * times `scale`, the imaginary ones times `scaleIm`.
 */
export function scatterComplex<T>(
  lanes: usize,
  source: usize,
  stride: isize,
  layout: Layout,
  used: i32,
  first: i32,
  count: i32,
  step: usize,
  re: usize,
  scale: T,
  scaleIm: T,
): void {
  const im: usize = 16 - re;
  const timesRe = v128.splat<T>(scale);
  const timesIm = v128.splat<T>(scaleIm);
  const from = <usize>first * step;
  let e = 0;
  if (layout == Layout.COLUMNS) {
    let to = lane(lanes, 0) + from;
    for (; e < count; e++) {
      const x = v128.mul<T>(v128.load(source + re), timesRe);
      const y = v128.mul<T>(v128.load(source + im), timesIm);
      v128.store(to, lows<T>(x, y));
      v128.store(to, highs<T>(x, y), 16);
      source += stride;
      to += step;
    }
    return;
  }
  if (layout == Layout.ROWS) {
    let offset = from;
    if (sizeof<T>() == 8) {
      for (; e < count; e++) {
        const x = v128.mul<T>(v128.load(source + re), timesRe);
        const y = v128.mul<T>(v128.load(source + im), timesIm);
        v128.store(lane(lanes, 0) + offset, lows<T>(x, y));
        v128.store(lane(lanes, 1) + offset, highs<T>(x, y));
        source += stride;
        offset += 16;
      }
      return;
    }
    const l0 = lane(lanes, 0) + offset;
    const l1 = lane(lanes, 1) + offset;
    const l2 = lane(lanes, 2) + offset;
    const l3 = lane(lanes, 3) + offset;
    offset = 0;
    for (; e < count - 1; e += 2) {
      const x = v128.mul<T>(v128.load(source + re), timesRe);
      const y = v128.mul<T>(v128.load(source + im), timesIm);
      const nextX = v128.mul<T>(v128.load(source + stride + re), timesRe);
      const nextY = v128.mul<T>(v128.load(source + stride + im), timesIm);
      const low = lows<T>(x, y);
      const high = highs<T>(x, y);
      const nextLow = lows<T>(nextX, nextY);
      const nextHigh = highs<T>(nextX, nextY);
      v128.store(l0 + offset, v128.shuffle<i64>(low, nextLow, 0, 2));
      v128.store(l1 + offset, v128.shuffle<i64>(low, nextLow, 1, 3));
      v128.store(l2 + offset, v128.shuffle<i64>(high, nextHigh, 0, 2));
      v128.store(l3 + offset, v128.shuffle<i64>(high, nextHigh, 1, 3));
      source += 2 * stride;
      offset += 16;
    }
  }
  for (let l = 0; l < used; l++) {
    let data = source + <usize>l * sizeof<T>();
    let to = lane(lanes, l) + from + <usize>e * step;
    for (let i = e; i < count; i++) {
      store<T>(to, load<T>(data + re) * scale);
      store<T>(to, load<T>(data + im) * scaleIm, sizeof<T>());
      data += stride;
      to += step;
    }
  }
}

/** Puts imaginary parts (the real ones, exchanged) `first` (0, but of columns) to `count`, times `scale`, into `used` lines. */
export function scatterReal<T>(
  lanes: usize,
  source: usize,
  layout: Layout,
  used: i32,
  first: i32,
  count: i32,
  step: usize,
  scale: T,
): void {
  const times = v128.splat<T>(scale);
  if (layout == Layout.COLUMNS) {
    let to = lane(lanes, 0) + <usize>first * step;
    source += <usize>first << 5;
    for (let e = first; e < count; e++) {
      v128.store(to, v128.mul<T>(v128.load(source, 16), times));
      source += 32;
      to += step;
    }
    return;
  }
  for (let l = 0; l < used; l++) {
    let data = source + <usize>l * sizeof<T>();
    let to = lane(lanes, l);
    for (let e = 0; e < count; e++) {
      store<T>(to, load<T>(data, 16) * scale);
      data += 32;
      to += step;
    }
  }
}

/**
 * Puts the (exchanged) parts of elements one after the other, times `scale`, into `used` lines: parts `first` (0, but of
 * columns) to `count`.
 */
export function scatterPairs<T>(
  lanes: usize,
  source: usize,
  layout: Layout,
  used: i32,
  first: i32,
  count: i32,
  step: usize,
  scale: T,
): void {
  if (layout == Layout.ROWS)
    return scatterComplex<T>(lanes, source, 32, layout, used, 0, count >> 1, 2 * step, 16, scale, scale);
  const times = v128.splat<T>(scale);
  if (layout == Layout.COLUMNS) {
    let to = lane(lanes, 0) + <usize>first * step;
    source += <usize>(first >> 1) << 5;
    for (let e = first; e < count; e += 2) {
      v128.store(to, v128.mul<T>(v128.load(source, 16), times));
      v128.store(to + step, v128.mul<T>(v128.load(source), times));
      source += 32;
      to += 2 * step;
    }
    return;
  }
  for (let l = 0; l < used; l++) {
    let data = source + <usize>l * sizeof<T>();
    let to = lane(lanes, l);
    for (let e = 0; e < count; e += 2) {
      store<T>(to, load<T>(data, 16) * scale);
      store<T>(to + step, load<T>(data) * scale);
      data += 32;
      to += 2 * step;
    }
  }
}
