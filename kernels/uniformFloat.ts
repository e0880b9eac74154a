// Moving averages of float32: running sums in float64, straight from the input. Along columns a row of sums slides over
// strips of rows; along rows four lines are turned so that they lie side by side. Sums start afresh every so often,
// which bounds their drift, and wherever a non-finite value has left the window.
import { findRuns, rowOf, runTableBytes } from './tile';

/** Columns of a strip: its sums stay in a first-level cache. */
const STRIP = 1024;
/** Outputs between two fresh sums along columns. */
const RESTART = 256;
/** Outputs of a line between two fresh sums: its inputs, four lines of them, stay in a first-level cache. */
const SEGMENT = 512;

export function uniformFloatScratch(outputLength: i32, inner: i32, size: i32): usize {
  const runs = runTableBytes(outputLength, size);
  if (inner > 1) return <usize>STRIP * 12 + 16;
  return runs + <usize>(min(SEGMENT, outputLength) + size + 3) * 16;
}

/** Both halves of a vector as float64, and back. */
// @ts-ignore: decorator
@inline
function upper(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
}

// @ts-ignore: decorator
@inline
function join(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** Lanes that are not 0 where a sum is NaN or infinite: only for those is x - x not 0. */
// @ts-ignore: decorator
@inline
function nonFinite(low: v128, high: v128): v128 {
  const sum = f64x2.add(low, high);
  return f64x2.ne(f64x2.sub(sum, sum), f64x2.splat(0));
}

/** Along an axis whose neighbours lie `inner` elements apart. */
export function uniformColumns(
  input: usize,
  output: usize,
  outer: i32,
  inputLength: i32,
  outputLength: i32,
  inner: i32,
  table: usize,
  size: i32,
  cval: f64,
  scratch: usize,
): void {
  const pitch = <usize>inner << 2;
  const sums = scratch;
  const constant = sums + (<usize>STRIP << 3);
  for (let i = 0; i < STRIP; i++) store<f32>(constant + (<usize>i << 2), <f32>cval);
  for (let o = 0; o < outer; o++) {
    for (let x = 0; x < inner; x += STRIP) {
      const width = min(STRIP, inner - x);
      const column = input + (<usize>o * inputLength * inner + x) * 4;
      let target = output + (<usize>o * outputLength * inner + x) * 4;
      for (let y = 0; y < outputLength; y++) {
        if (y % RESTART == 0) {
          memory.fill(sums, 0, <usize>width << 3);
          for (let k = 0; k < size - 1; k++) addRow(sums, rowOf(column, pitch, table, y + k, constant), width);
          const entering = rowOf(column, pitch, table, y + size - 1, constant);
          slideRow(sums, entering, 0, width, size, target);
        } else {
          const entering = rowOf(column, pitch, table, y + size - 1, constant);
          const leaving = rowOf(column, pitch, table, y - 1, constant);
          if (slideRow(sums, entering, leaving, width, size, target))
            renewSums(sums, column, pitch, table, y, constant, width, size, target);
        }
        target += pitch;
      }
    }
  }
}

function addRow(sums: usize, row: usize, width: i32): void {
  for (let i = 0; i < width; i++) {
    store<f64>(sums, load<f64>(sums) + <f64>load<f32>(row));
    sums += 8;
    row += 4;
  }
}

/** Slides a row of sums by one and writes the averages; returns whether any is not finite. `leaving` may be none (0). */
function slideRow(sums: usize, entering: usize, leaving: usize, width: i32, size: i32, target: usize): bool {
  const factor = f64x2.splat(1 / <f64>size);
  let found = f64x2.splat(0);
  let i = 0;
  for (; i <= width - 4; i += 4) {
    const v = v128.load(entering + (<usize>i << 2));
    let low = f64x2.promote_low_f32x4(v);
    let high = upper(v);
    if (leaving) {
      const w = v128.load(leaving + (<usize>i << 2));
      low = f64x2.sub(low, f64x2.promote_low_f32x4(w));
      high = f64x2.sub(high, upper(w));
    }
    const at = sums + (<usize>i << 3);
    low = f64x2.add(v128.load(at), low);
    high = f64x2.add(v128.load(at, 16), high);
    v128.store(at, low);
    v128.store(at, high, 16);
    found = v128.or(found, nonFinite(low, high));
    v128.store(target + (<usize>i << 2), join(f64x2.mul(low, factor), f64x2.mul(high, factor)));
  }
  let any = v128.any_true(found);
  for (; i < width; i++) {
    const at = sums + (<usize>i << 3);
    let value = <f64>load<f32>(entering + (<usize>i << 2));
    if (leaving) value -= <f64>load<f32>(leaving + (<usize>i << 2));
    const sum = load<f64>(at) + value;
    store<f64>(at, sum);
    if (!(abs(sum) < Infinity)) any = true;
    store<f32>(target + (<usize>i << 2), <f32>(sum / <f64>size));
  }
  return any;
}

/** Sums windows directly whose sums are not finite. */
function renewSums(
  sums: usize,
  column: usize,
  pitch: usize,
  table: usize,
  y: i32,
  constant: usize,
  width: i32,
  size: i32,
  target: usize,
): void {
  for (let i = 0; i < width; i++) {
    const at = sums + (<usize>i << 3);
    if (abs(load<f64>(at)) < Infinity) continue;
    let sum: f64 = 0;
    for (let k = 0; k < size; k++)
      sum += <f64>load<f32>(rowOf(column, pitch, table, y + k, constant) + (<usize>i << 2));
    store<f64>(at, sum);
    store<f32>(target + (<usize>i << 2), <f32>(sum / <f64>size));
  }
}

/** Along lines of consecutive elements. */
export function uniformLines(
  input: usize,
  output: usize,
  outer: i32,
  inputLength: i32,
  outputLength: i32,
  table: usize,
  size: i32,
  cval: f64,
  scratch: usize,
): void {
  const runs = scratch;
  const turned = runs + runTableBytes(outputLength, size);
  findRuns(table, outputLength + size - 1, runs);
  const pitch = <usize>inputLength << 2;
  const outputPitch = <usize>outputLength << 2;
  // Fewer than four lines are each done as four that are the same; the last of more are done again.
  const lines = outer < 4 ? 1 : 4;
  const apart: usize = outer < 4 ? 0 : 1;
  for (let o = 0; o < outer; o += lines) {
    const first = <usize>min(o, outer - lines);
    for (let y = 0; y < outputLength; y += SEGMENT) {
      const count = min(SEGMENT, outputLength - y);
      turnLines(input + first * pitch, apart * pitch, table, runs, y, y + count + size - 1, cval, turned);
      slideLines(turned, count, size, output + first * outputPitch + (<usize>y << 2), apart * outputPitch);
    }
  }
}

/** Stores four vectors as columns: the rows begin `pitch` apart. */
// @ts-ignore: decorator
@inline
function turn(a: v128, b: v128, c: v128, d: v128, target: usize, pitch: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(target + pitch, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(target + 2 * pitch, v128.shuffle<i64>(AB, CD, 0, 2));
  v128.store(target + 3 * pitch, v128.shuffle<i64>(AB, CD, 1, 3));
}

/** Entries [start, stop) of the table of four lines, the four elements of each next to each other. */
function turnLines(
  source: usize,
  pitch: usize,
  table: usize,
  runs: usize,
  start: i32,
  stop: i32,
  cval: f64,
  turned: usize,
): void {
  let k = start;
  while (k < stop) {
    const position = load<i32>(table + (<usize>k << 2));
    if (position < 0) {
      v128.store(turned, f32x4.splat(<f32>cval));
      turned += 16;
      k++;
      continue;
    }
    const count = min(load<i32>(runs + (<usize>k << 2)), stop) - k;
    let at = source + (<usize>position << 2);
    let i = 0;
    for (; i <= count - 4; i += 4) {
      const a = v128.load(at);
      const b = v128.load(at + pitch);
      const c = v128.load(at + 2 * pitch);
      const d = v128.load(at + 3 * pitch);
      turn(a, b, c, d, turned, 16);
      at += 16;
      turned += 64;
    }
    for (; i < count; i++) {
      store<f32>(turned, load<f32>(at));
      store<f32>(turned, load<f32>(at + pitch), 4);
      store<f32>(turned, load<f32>(at + 2 * pitch), 8);
      store<f32>(turned, load<f32>(at + 3 * pitch), 12);
      at += 4;
      turned += 16;
    }
    k += count;
  }
}

let sumLow: v128 = f64x2.splat(0);
let sumHigh: v128 = f64x2.splat(0);

/** Sums the windows that begin at `source`. */
function sumWindows(source: usize, size: i32): void {
  let low = f64x2.splat(0);
  let high = low;
  for (let k = 0; k < size; k++) {
    const v = v128.load(source + (<usize>k << 4));
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, upper(v));
  }
  sumLow = low;
  sumHigh = high;
}

/** Averages of `count` windows of four turned lines, to lines that begin `pitch` apart. */
function slideLines(turned: usize, count: i32, size: i32, target: usize, pitch: usize): void {
  const factor = f64x2.splat(1 / <f64>size);
  const span = <usize>size << 4;
  sumWindows(turned, size);
  let low = sumLow;
  let high = sumHigh;
  // Averages take the place of elements that have left the window.
  for (let y = 0; y < count; y++) {
    const at = turned + (<usize>y << 4);
    const leaving = v128.load(at);
    v128.store(at, join(f64x2.mul(low, factor), f64x2.mul(high, factor)));
    if (y + 1 == count) break;
    const entering = v128.load(at + span);
    low = f64x2.add(low, f64x2.sub(f64x2.promote_low_f32x4(entering), f64x2.promote_low_f32x4(leaving)));
    high = f64x2.add(high, f64x2.sub(upper(entering), upper(leaving)));
    if (v128.any_true(nonFinite(low, high))) {
      sumWindows(at + 16, size);
      low = sumLow;
      high = sumHigh;
    }
  }
  let y = 0;
  for (; y <= count - 4; y += 4) {
    const at = turned + (<usize>y << 4);
    turn(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), target + (<usize>y << 2), pitch);
  }
  for (; y < count; y++) {
    const at = turned + (<usize>y << 4);
    for (let line: usize = 0; line < 4; line++)
      store<f32>(target + line * pitch + (<usize>y << 2), load<f32>(at + (line << 2)));
  }
}
