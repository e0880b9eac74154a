// Nearest label within a distance, axis by axis: squared distances add up over the axes, and each axis takes the
// smallest sum over its line. A distance above the limit is none; the label is then 0.

/** Elements whose best stay in a first-level cache while a window goes over them. */
const STRIP = 2048;

export function seedDistances(labels: usize, distances: usize, count: i32, limit: i32): void {
  const none = i32x4.splat(limit + 1);
  const zero = i32x4.splat(0);
  let i: usize = 0;
  const end = <usize>count << 2;
  for (; i + 16 <= end; i += 16)
    v128.store(distances + i, v128.and(i32x4.eq(v128.load(labels + i), zero), none));
  for (; i < end; i += 4) store<i32>(distances + i, load<u32>(labels + i) ? 0 : limit + 1);
}

/** Takes each of `count` elements that is nearer by way of an element `square` away than what was found so far. */
// @ts-ignore: decorator
@inline
function takeNearer(
  distances: usize,
  labels: usize,
  best: usize,
  nearest: usize,
  count: i32,
  square: i32,
): void {
  const add = i32x4.splat(square);
  let i: usize = 0;
  const end = <usize>count << 2;
  for (; i + 16 <= end; i += 16) {
    const sum = i32x4.add(v128.load(distances + i), add);
    const before = v128.load(best + i);
    const nearer = i32x4.lt_s(sum, before);
    if (!v128.any_true(nearer)) continue;
    v128.store(best + i, v128.bitselect(sum, before, nearer));
    v128.store(nearest + i, v128.bitselect(v128.load(labels + i), v128.load(nearest + i), nearer));
  }
  for (; i < end; i += 4) {
    const sum = load<i32>(distances + i) + square;
    if (sum >= load<i32>(best + i)) continue;
    store<i32>(best + i, sum);
    store<u32>(nearest + i, load<u32>(labels + i));
  }
}

export function expandAxis(
  distances: usize,
  labels: usize,
  best: usize,
  nearest: usize,
  outer: i32,
  inputLength: i32,
  outputLength: i32,
  inner: i32,
  first: i32,
  reach: i32,
  limit: i32,
): void {
  const inputSize = inputLength * inner;
  const outputSize = outputLength * inner;
  for (let o = 0; o < outer; o++) {
    for (let start = 0; start < outputSize; start += STRIP) {
      const stop = min(start + STRIP, outputSize);
      const base = o * outputSize;
      for (let i = start; i < stop; i++) store<i32>(best + (<usize>(base + i) << 2), limit + 1);
      memory.fill(nearest + (<usize>(base + start) << 2), 0, <usize>(stop - start) << 2);
      // In ascending order, and only what is nearer replaces: of equals the first one along the axis stays.
      for (let step = -reach; step <= reach; step++) {
        const offset = (first + step) * inner;
        const from = max(start, -offset);
        const to = min(stop, inputSize - offset);
        if (from >= to) continue;
        const source = <usize>(o * inputSize + from + offset) << 2;
        const target = <usize>(base + from) << 2;
        takeNearer(distances + source, labels + source, best + target, nearest + target, to - from, step * step);
      }
    }
  }
}
