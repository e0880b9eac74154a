// Moments of the pixels of each label, about a pixel of its own.
import { endOf, Runs, runsBefore, startOf } from './labelRuns';

/** A run of one label: elements [start, end) of row i, j, k. */
// @ts-ignore: decorator
@inline
function addRun(row: usize, i: i32, j: i32, k: i32, start: i32, end: i32, p0: i32, p1: i32, p2: i32, p3: i32): void {
  let field = row + 32;
  // The label's first pixel: distances from it are of the object's size, whatever the place of the object.
  if (load<f64>(field) == 0) {
    store<f64>(row, <f64>i);
    store<f64>(row, <f64>j, 8);
    store<f64>(row, <f64>k, 16);
    store<f64>(row, <f64>start, 24);
  }
  const d0 = <f64>i - load<f64>(row);
  const d1 = <f64>j - load<f64>(row, 8);
  const d2 = <f64>k - load<f64>(row, 16);
  const count = <f64>(end - start);
  let d = <f64>start - load<f64>(row, 24);
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  for (let x = start; x < end; x++) {
    const square = d * d;
    s1 += d;
    s2 += square;
    s3 += square * d;
    d += 1;
  }
  let f0: f64 = 1;
  for (let a = 0; a < p0; a++) {
    let f1 = f0;
    for (let b = 0; b < p1; b++) {
      let f2 = f1;
      for (let c = 0; c < p2; c++) {
        store<f64>(field, load<f64>(field) + f2 * count);
        if (p3 > 1) store<f64>(field, load<f64>(field, 8) + f2 * s1, 8);
        if (p3 > 2) store<f64>(field, load<f64>(field, 16) + f2 * s2, 16);
        if (p3 > 3) store<f64>(field, load<f64>(field, 24) + f2 * s3, 24);
        field += <usize>p3 << 3;
        f2 *= d2;
      }
      f1 *= d1;
    }
    f0 *= d0;
  }
}

export function regionMoments(runs: usize, shape: usize, powers: usize, n: i32, table: usize): void {
  const width = load<i32>(shape, 12);
  const p0 = load<i32>(powers);
  const p1 = load<i32>(powers, 4);
  const p2 = load<i32>(powers, 8);
  const p3 = load<i32>(powers, 12);
  const bytes = <usize>(4 + p0 * p1 * p2 * p3) << 3;
  memory.fill(table, 0, <usize>n * bytes);
  const bounds = load<usize>(runs, Runs.BOUNDS);
  const labels = load<usize>(runs, Runs.LABELS);
  let line = 0;
  let r = 0;
  for (let i = 0; i < load<i32>(shape); i++) {
    for (let j = 0; j < load<i32>(shape, 4); j++) {
      for (let k = 0; k < load<i32>(shape, 8); k++) {
        const flat = line * width;
        for (const end = runsBefore(runs, ++line); r < end; r++) {
          const row = table + <usize>(load<u32>(labels + (<usize>r << 2)) - 1) * bytes;
          addRun(row, i, j, k, startOf(bounds, r) - flat, endOf(bounds, r) - flat, p0, p1, p2, p3);
        }
      }
    }
  }
}
