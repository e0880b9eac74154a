// A block's labels as runs along the last axis: what labelling finds, or label images hold; images, faces and tables are
// made of them.

/** Where things stand in a block of runs. Rows are lines of the last axis; bounds and labels have an entry a run. */
export namespace Runs {
  /** i32: number of rows, and elements of each. */
  export const ROWS: usize = 0;
  export const WIDTH: usize = 4;
  /** Pointer to pairs of flat indices (i32): first element, one past the last. */
  export const BOUNDS: usize = 8;
  /** Pointer to labels (u32). */
  export const LABELS: usize = 12;
  /** For each row the number of runs before it (i32), and of all runs at the end. */
  export const STARTS: usize = 16;
}

// @ts-ignore: decorator
@inline
export function runsBefore(runs: usize, row: i32): i32 {
  return load<i32>(runs + (<usize>row << 2), Runs.STARTS);
}

// @ts-ignore: decorator
@inline
export function startOf(bounds: usize, run: i32): i32 {
  return load<i32>(bounds + (<usize>run << 3));
}

// @ts-ignore: decorator
@inline
export function endOf(bounds: usize, run: i32): i32 {
  return load<i32>(bounds + (<usize>run << 3), 4);
}

// @ts-ignore: decorator
@inline
function boundsOffset(rows: i32): usize {
  return (Runs.STARTS + (<usize>(rows + 1) << 2) + 15) & ~15;
}

// @ts-ignore: decorator
@inline
function mostRuns(rows: i32, width: i32, apart: bool): usize {
  return <usize>rows * (apart ? (width + 1) >> 1 : width);
}

/** Bytes of a block; `apart`: there is an element between any two runs of a row. */
export function labelRunsBytes(rows: i32, width: i32, apart: bool): usize {
  return boundsOffset(rows) + mostRuns(rows, width, apart) * 12;
}

export function initialiseRuns(runs: usize, rows: i32, width: i32, apart: bool): void {
  const bounds = runs + boundsOffset(rows);
  store<i32>(runs, rows, Runs.ROWS);
  store<i32>(runs, width, Runs.WIDTH);
  store<usize>(runs, bounds, Runs.BOUNDS);
  store<usize>(runs, bounds + (mostRuns(rows, width, apart) << 3), Runs.LABELS);
}

/** First position from `at` to `end` of another label (u32). */
// @ts-ignore: decorator
@inline
function endOfRun(at: usize, end: usize, label: u32): usize {
  const same = i32x4.splat(label);
  for (; at + 16 <= end; at += 16) {
    const alike = i32x4.bitmask(i32x4.eq(v128.load(at), same));
    if (alike != 15) return at + (<usize>ctz(~alike) << 2);
  }
  while (at < end && load<u32>(at) == label) at += 4;
  return at;
}

/**
 * The runs of a label image (u32, 0 is none). With `remap`, a table of zeros for its labels (u32), runs hold numbers
 * instead, as labels are first seen; `ids` then has the label of each. Returns how many there are, 0 without `remap`.
 */
export function runsOfLabels(labels: usize, rows: i32, width: i32, remap: usize, ids: usize, runs: usize): i32 {
  initialiseRuns(runs, rows, width, false);
  const bounds = load<usize>(runs, Runs.BOUNDS);
  const numbers = load<usize>(runs, Runs.LABELS);
  let known: u32 = 0;
  let r: usize = 0;
  let at = labels;
  for (let row = 0; row < rows; row++) {
    store<i32>(runs + (<usize>row << 2), <i32>r, Runs.STARTS);
    const end = at + (<usize>width << 2);
    while (at < end) {
      const label = load<u32>(at);
      const start = at;
      at = endOfRun(at + 4, end, label);
      if (!label) continue;
      let number = label;
      if (remap) {
        const entry = remap + (<usize>label << 2);
        number = load<u32>(entry);
        if (!number) {
          store<u32>(ids + (<usize>known << 2), label);
          store<u32>(entry, (number = ++known));
        }
      }
      store<i32>(bounds + (r << 3), <i32>((start - labels) >> 2));
      store<i32>(bounds + (r << 3), <i32>((at - labels) >> 2), 4);
      store<u32>(numbers + (r << 2), number);
      r++;
    }
  }
  store<i32>(runs + (<usize>rows << 2), <i32>r, Runs.STARTS);
  return <i32>known;
}

// @ts-ignore: decorator
@inline
function fill(pointer: usize, end: usize, value: u32): void {
  if (end - pointer >= 16) {
    const values = i32x4.splat(value);
    for (; pointer + 16 <= end; pointer += 16) v128.store(pointer, values);
    // What is left overlaps.
    v128.store(end - 16, values);
    return;
  }
  for (; pointer < end; pointer += 4) store<u32>(pointer, value);
}

/** The labels of `count` rows, or what `table` has for them (u32, of label 1, 2, …) unless it is 0; the background is 0. */
export function fillRuns(runs: usize, row: i32, count: i32, table: usize, target: usize): void {
  const bounds = load<usize>(runs, Runs.BOUNDS);
  const labels = load<usize>(runs, Runs.LABELS);
  const width = load<i32>(runs, Runs.WIDTH);
  const origin = target - (<usize>(row * width) << 2);
  memory.fill(target, 0, <usize>(count * width) << 2);
  const end = runsBefore(runs, row + count);
  for (let r = runsBefore(runs, row); r < end; r++) {
    let label = load<u32>(labels + (<usize>r << 2));
    if (table) label = load<u32>(table + (<usize>(label - 1) << 2));
    fill(origin + (<usize>startOf(bounds, r) << 2), origin + (<usize>endOf(bounds, r) << 2), label);
  }
}

/** The label of the first element of every row, or (`last` = 1) of the last. */
export function rowEnds(runs: usize, last: i32, target: usize): void {
  const bounds = load<usize>(runs, Runs.BOUNDS);
  const labels = load<usize>(runs, Runs.LABELS);
  const width = load<i32>(runs, Runs.WIDTH);
  const rows = load<i32>(runs, Runs.ROWS);
  for (let row = 0; row < rows; row++) {
    const begin = runsBefore(runs, row);
    const end = runsBefore(runs, row + 1);
    let label: u32 = 0;
    if (begin < end) {
      const run = last ? end - 1 : begin;
      const reaches = last ? endOf(bounds, run) == (row + 1) * width : startOf(bounds, run) == row * width;
      if (reaches) label = load<u32>(labels + (<usize>run << 2));
    }
    store<u32>(target + (<usize>row << 2), label);
  }
}

/** Flat index of the first element of each label. */
export function firstOfRuns(runs: usize, first: usize): void {
  const bounds = load<usize>(runs, Runs.BOUNDS);
  const labels = load<usize>(runs, Runs.LABELS);
  const end = runsBefore(runs, load<i32>(runs, Runs.ROWS));
  // Labels are numbered in raster order: each first run is where the count grows.
  let found: u32 = 0;
  for (let r = 0; r < end; r++) {
    if (load<u32>(labels + (<usize>r << 2)) <= found) continue;
    store<i32>(first + (<usize>found << 2), startOf(bounds, r));
    found++;
  }
}

/** Adds to sizes[label] its elements. */
export function sizesOfRuns(runs: usize, sizes: usize): void {
  const bounds = load<usize>(runs, Runs.BOUNDS);
  const labels = load<usize>(runs, Runs.LABELS);
  const end = runsBefore(runs, load<i32>(runs, Runs.ROWS));
  for (let r = 0; r < end; r++) {
    const entry = sizes + (<usize>load<u32>(labels + (<usize>r << 2)) << 2);
    store<i32>(entry, load<i32>(entry) + endOf(bounds, r) - startOf(bounds, r));
  }
}
