// Connected components by runs and union-find. Nodes are runs of the last axis in raster order and roots are the
// smallest run of a component, so numbering roots in order gives scipy.ndimage.label's numbers.

import { endOf, initialiseRuns, Runs, runsBefore, startOf } from './labelRuns';

const RUN_BYTES = 8;

/** Bit i: whether element i of the next (up to 64) elements is non-zero. */
// @ts-ignore: decorator
@inline
function occupancy(source: usize, count: i32): u64 {
  const zero = i8x16.splat(0);
  if (count >= 64) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    const c = v128.load(source, 32);
    const d = v128.load(source, 48);
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) return 0;
    return (
      <u64>(<u32>i8x16.bitmask(i8x16.ne(a, zero))) |
      (<u64>(<u32>i8x16.bitmask(i8x16.ne(b, zero))) << 16) |
      (<u64>(<u32>i8x16.bitmask(i8x16.ne(c, zero))) << 32) |
      (<u64>(<u32>i8x16.bitmask(i8x16.ne(d, zero))) << 48)
    );
  }
  let bits: u64 = 0;
  let i = 0;
  for (; i <= count - 16; i += 16) {
    bits |= <u64>(<u32>i8x16.bitmask(i8x16.ne(v128.load(source + i), zero))) << i;
  }
  for (; i < count; i++) bits |= <u64>(load<u8>(source + i) != 0) << i;
  return bits;
}

/** Appends the runs of a row whose first element has flat index `base`; returns where the next run goes. */
function scanRow(source: usize, base: i32, width: i32, next: usize): usize {
  let carry: u64 = 0;
  for (let x = 0; x < width; x += 64) {
    const bits = occupancy(source + x, width - x);
    // A bit wherever occupancy changes: starts and ends alternate.
    let edges = bits ^ ((bits << 1) | carry);
    carry = bits >> 63;
    while (edges) {
      store<i32>(next, base + x + <i32>ctz(edges));
      next += 4;
      edges &= edges - 1;
    }
  }
  // A run that reaches the end of a row of whole words has seen no change.
  if (carry) {
    store<i32>(next, base + width);
    next += 4;
  }
  return next;
}

/** As scanRow, of elements that the mask holds: a run ends where the value changes. */
function scanEqual<T>(mask: usize, values: usize, base: i32, width: i32, next: usize): usize {
  let x = 0;
  while (x < width) {
    if (!load<u8>(mask + x)) {
      x++;
      continue;
    }
    const value = load<T>(values + (<usize>x << alignof<T>()));
    store<i32>(next, base + x);
    x++;
    while (x < width && load<T>(values + (<usize>x << alignof<T>())) == value) x++;
    store<i32>(next, base + x, 4);
    next += RUN_BYTES;
  }
  return next;
}

/** As scanRow, where horizontal neighbours do not connect: every element is a run. */
function scanElements(source: usize, base: i32, width: i32, next: usize): usize {
  for (let x = 0; x < width; x++) {
    if (!load<u8>(source + x)) continue;
    store<i32>(next, base + x);
    store<i32>(next, base + x + 1, 4);
    next += RUN_BYTES;
  }
  return next;
}

// @ts-ignore: decorator
@inline
function find(parents: usize, run: i32): i32 {
  let parent = load<i32>(parents + (<usize>run << 2));
  while (parent != run) {
    const grandparent = load<i32>(parents + (<usize>parent << 2));
    store<i32>(parents + (<usize>run << 2), grandparent);
    run = grandparent;
    parent = load<i32>(parents + (<usize>run << 2));
  }
  return run;
}

// @ts-ignore: decorator
@inline
function unite(parents: usize, a: i32, b: i32): void {
  const first = find(parents, a);
  const second = find(parents, b);
  if (first < second) store<i32>(parents + (<usize>second << 2), first);
  else store<i32>(parents + (<usize>first << 2), second);
}

/**
 * Unites runs of a row [i, iEnd) with those of an earlier row [j, jEnd) that they touch when moved by `shift` (the
 * distance between the rows) plus any of low..high. `gap` is the least distance between two runs of a row.
 */
function uniteRows(
  bounds: usize,
  parents: usize,
  i: i32,
  iEnd: i32,
  j: i32,
  jEnd: i32,
  shift: i32,
  low: i32,
  high: i32,
  gap: i32,
): void {
  while (i < iEnd && j < jEnd) {
    const start = startOf(bounds, i) + shift;
    const end = endOf(bounds, i) + shift;
    const otherEnd = endOf(bounds, j);
    if (start + low < otherEnd && startOf(bounds, j) < end + high) unite(parents, i, j);
    // The run that cannot touch the other row's next run steps on.
    if (otherEnd <= end + low + gap) j++;
    else i++;
  }
}

/** As uniteRows, of runs that hold the same value; runs of a row may be next to each other. */
function uniteEqualRows<T>(
  bounds: usize,
  parents: usize,
  values: usize,
  i: i32,
  iEnd: i32,
  j: i32,
  jEnd: i32,
  shift: i32,
): void {
  while (i < iEnd && j < jEnd) {
    const start = startOf(bounds, i);
    const end = endOf(bounds, i) + shift;
    const otherStart = startOf(bounds, j);
    const otherEnd = endOf(bounds, j);
    if (start + shift < otherEnd && otherStart < end) {
      const value = load<T>(values + (<usize>start << alignof<T>()));
      if (value == load<T>(values + (<usize>otherStart << alignof<T>()))) unite(parents, i, j);
    }
    if (otherEnd <= end) j++;
    else i++;
  }
}

/** T: what connects by equal values; bool: the input, whose non-zero elements connect. */
function labelRuns<T>(
  input: usize,
  values: usize,
  shape: usize,
  rows: usize,
  rowCount: i32,
  rowConnected: bool,
  runs: usize,
): i32 {
  const size0 = load<i32>(shape);
  const size1 = load<i32>(shape, 4);
  const size2 = load<i32>(shape, 8);
  const width = load<i32>(shape, 12);
  initialiseRuns(runs, size0 * size1 * size2, width, isBoolean<T>() && rowConnected);
  const bounds = load<usize>(runs, Runs.BOUNDS);
  // The forest stands where the labels will.
  const parents = load<usize>(runs, Runs.LABELS);
  const gap = rowConnected ? 1 : 0;

  let run = 0;
  let row = 0;
  for (let i = 0; i < size0; i++) {
    for (let j = 0; j < size1; j++) {
      for (let k = 0; k < size2; k++) {
        store<i32>(runs + (<usize>row << 2), run, Runs.STARTS);
        const begin = run;
        const base = row * width;
        const next = bounds + (<usize>run << 3);
        const end = !rowConnected
          ? scanElements(input + base, base, width, next)
          : isBoolean<T>()
            ? scanRow(input + base, base, width, next)
            : scanEqual<T>(input + base, values + (<usize>base << alignof<T>()), base, width, next);
        run = <i32>((end - bounds) >> 3);
        for (let r = begin; r < run; r++) store<i32>(parents + (<usize>r << 2), r);
        for (let n = 0; begin < run && n < rowCount; n++) {
          const entry = rows + (<usize>n << 4);
          const a = i + load<i32>(entry);
          const b = j + load<i32>(entry, 4);
          const c = k + load<i32>(entry, 8);
          if (<u32>a >= <u32>size0 || <u32>b >= <u32>size1 || <u32>c >= <u32>size2) continue;
          const mask = load<i32>(entry, 12);
          const other = (a * size1 + b) * size2 + c;
          const j0 = runsBefore(runs, other);
          const j1 = runsBefore(runs, other + 1);
          const shift = (other - row) * width;
          if (!isBoolean<T>()) {
            for (let dx = -1; dx <= 1; dx++) {
              if (mask & (1 << (dx + 1)))
                uniteEqualRows<T>(bounds, parents, values, begin, run, j0, j1, shift + dx);
            }
          } else if (rowConnected && mask != 5) {
            const low = mask & 1 ? -1 : mask & 2 ? 0 : 1;
            const high = mask & 4 ? 1 : mask & 2 ? 0 : -1;
            if (mask) uniteRows(bounds, parents, begin, run, j0, j1, shift, low, high, gap);
          } else {
            for (let dx = -1; dx <= 1; dx++) {
              if (mask & (1 << (dx + 1))) uniteRows(bounds, parents, begin, run, j0, j1, shift, dx, dx, gap);
            }
          }
        }
        row++;
        // The next row's start is also this row's end.
        store<i32>(runs + (<usize>row << 2), run, Runs.STARTS);
      }
    }
  }

  let count = 0;
  for (let r = 0; r < run; r++) {
    const parent = load<i32>(parents + (<usize>r << 2));
    const label = parent == r ? ++count : load<i32>(parents + (<usize>parent << 2));
    store<i32>(parents + (<usize>r << 2), label);
  }
  return count;
}

export function labelBlock(
  input: usize,
  values: usize,
  bytes: i32,
  shape: usize,
  rows: usize,
  rowCount: i32,
  rowConnected: bool,
  runs: usize,
): i32 {
  if (!values) return labelRuns<bool>(input, 0, shape, rows, rowCount, rowConnected, runs);
  return bytes == 8
    ? labelRuns<u64>(input, values, shape, rows, rowCount, rowConnected, runs)
    : labelRuns<u32>(input, values, shape, rows, rowCount, rowConnected, runs);
}

/** Labels are numbered in raster order, so each first pixel is where the count grows. */
export function firstPixels(labels: usize, count: i32, first: usize): i32 {
  let found: u32 = 0;
  let i = 0;
  while (i < count) {
    const pointer = labels + (<usize>i << 2);
    // Few pixels are first ones: four at a time are passed over.
    if (i <= count - 4 && !v128.any_true(i32x4.gt_u(v128.load(pointer), i32x4.splat(found)))) {
      i += 4;
      continue;
    }
    for (const stop = min(i + 4, count); i < stop; i++) {
      if (load<u32>(labels + (<usize>i << 2)) <= found) continue;
      store<i32>(first + (<usize>found << 2), i);
      found++;
    }
  }
  return found;
}
