// The element of a rank in boxes of bytes, at a cost that does not grow with the box: histograms of columns move down
// the rows, and the sum of those under the window moves along them. Counts are kept in two levels of 16 bins; the fine
// ones of a coarse bin are brought up to date only where the rank falls into it.
// S. Perreault, P. Hebert: Median Filtering in Constant Time, IEEE Transactions on Image Processing 16 (2007).
import { Box, field, rowCount, sourceRow, targetRow } from './windowBox';

/** A level of a histogram in a column: 16 counts of a byte. */
const LEVEL = 16;
/** Sixteen counts up to and with each bin, after a zero. */
const running = memory.data(48, 16);
/** The window's coarse counts, and the fine ones of each coarse bin: 16 of up to two bytes. */
const coarseCounts = memory.data(32, 16);
const fineCounts = memory.data(512, 16);
/** Where the window began when the fine counts of a coarse bin were last right. */
const known = memory.data(64, 16);

/** Adds `amount` (255: takes one away) to the counts of a row's elements, each in its column. */
function countRow(row: usize, columns: i32, coarse: usize, fine: usize, amount: u8): void {
  for (let x: usize = 0; x < <usize>columns; x++) {
    const value = <usize>load<u8>(row + x);
    const bin = coarse + x * LEVEL + (value >> 4);
    store<u8>(bin, load<u8>(bin) + amount);
    const part = fine + ((value >> 4) * <usize>columns + x) * LEVEL + (value & 15);
    store<u8>(part, load<u8>(part) + amount);
  }
}

/** Adds the counts of a column to those of the window. */
// @ts-ignore: decorator
@inline
function addColumn<T>(counts: usize, column: usize): void {
  const entering = v128.load(column);
  if (sizeof<T>() == 1) v128.store(counts, i8x16.add(v128.load(counts), entering));
  else {
    v128.store(counts, i16x8.add(v128.load(counts), i16x8.extend_low_i8x16_u(entering)));
    v128.store(counts, i16x8.add(v128.load(counts, 16), i16x8.extend_high_i8x16_u(entering)), 16);
  }
}

/** Moves the window's counts by a column. */
// @ts-ignore: decorator
@inline
function moveColumn<T>(counts: usize, entering: usize, leaving: usize): void {
  const come = v128.load(entering);
  const gone = v128.load(leaving);
  if (sizeof<T>() == 1) v128.store(counts, i8x16.add(v128.load(counts), i8x16.sub(come, gone)));
  else {
    const low = i16x8.sub(i16x8.extend_low_i8x16_u(come), i16x8.extend_low_i8x16_u(gone));
    const high = i16x8.sub(i16x8.extend_high_i8x16_u(come), i16x8.extend_high_i8x16_u(gone));
    v128.store(counts, i16x8.add(v128.load(counts), low));
    v128.store(counts, i16x8.add(v128.load(counts, 16), high), 16);
  }
}

// @ts-ignore: decorator
@inline
function clearCounts<T>(counts: usize): void {
  v128.store(counts, i64x2.splat(0));
  if (sizeof<T>() == 2) v128.store(counts, i64x2.splat(0), 16);
}

/** Each of eight counts and all before it. */
// @ts-ignore: decorator
@inline
function sumUp(counts: v128): v128 {
  const zero = i64x2.splat(0);
  let sums = i16x8.add(counts, v128.shuffle<u16>(zero, counts, 7, 8, 9, 10, 11, 12, 13, 14));
  sums = i16x8.add(sums, v128.shuffle<u16>(zero, sums, 6, 7, 8, 9, 10, 11, 12, 13));
  return i16x8.add(sums, v128.shuffle<u16>(zero, sums, 4, 5, 6, 7, 8, 9, 10, 11));
}

/** The first of 16 bins up to which there are more than `rank` counts; leaves the sums in `running`. */
// @ts-ignore: decorator
@inline
function binOfRank<T>(counts: usize, rank: i32): i32 {
  if (sizeof<T>() == 1) {
    const zero = i64x2.splat(0);
    let sums = v128.load(counts);
    sums = i8x16.add(
      sums,
      v128.shuffle<u8>(zero, sums, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30),
    );
    sums = i8x16.add(
      sums,
      v128.shuffle<u8>(zero, sums, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
    );
    sums = i8x16.add(sums, v128.shuffle<u32>(zero, sums, 3, 4, 5, 6));
    sums = i8x16.add(sums, v128.shuffle<u64>(zero, sums, 1, 2));
    v128.store(running, sums, 2);
    return ctz(i8x16.bitmask(i8x16.gt_u(sums, i8x16.splat(<i8>rank))));
  }
  const low = sumUp(v128.load(counts));
  const high = i16x8.add(sumUp(v128.load(counts, 16)), i16x8.splat(<i16>i16x8.extract_lane_u(low, 7)));
  v128.store(running, low, 2);
  v128.store(running, high, 18);
  const limit = i16x8.splat(<i16>rank);
  return ctz(i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.gt_u(low, limit), i16x8.gt_u(high, limit))));
}

/** Outputs of a row from the histograms of its columns. */
function slideRow<T>(
  output: usize,
  length: i32,
  columns: i32,
  side: i32,
  coarse: usize,
  fine: usize,
  rank: i32,
): void {
  clearCounts<T>(coarseCounts);
  for (let x = 0; x < side; x++) addColumn<T>(coarseCounts, coarse + <usize>x * LEVEL);
  for (let bin = 0; bin < 16; bin++) store<i32>(known + (<usize>bin << 2), -side);
  for (let x = 0; x < length; x++) {
    const column = coarse + <usize>x * LEVEL;
    if (x > 0) moveColumn<T>(coarseCounts, column + <usize>(side - 1) * LEVEL, column - LEVEL);
    const bin = binOfRank<T>(coarseCounts, rank);
    // The sum before a bin is stored ahead of its own.
    const before = <i32>load<T>(running + <usize>bin * sizeof<T>(), 2 - sizeof<T>());
    const counts = fineCounts + <usize>bin * LEVEL * sizeof<T>();
    const last = known + (<usize>bin << 2);
    const first = fine + <usize>(bin * columns) * LEVEL;
    let at = load<i32>(last);
    if (2 * (x - at) > side) {
      clearCounts<T>(counts);
      for (let i = x; i < x + side; i++) addColumn<T>(counts, first + <usize>i * LEVEL);
    } else {
      for (; at < x; at++)
        moveColumn<T>(counts, first + <usize>(at + side) * LEVEL, first + <usize>at * LEVEL);
    }
    store<i32>(last, x);
    store<u8>(output + x, <u8>((bin << 4) | binOfRank<T>(counts, rank - before)));
  }
}

export function histogramRankScratch(columns: i32): usize {
  return <usize>columns * LEVEL * 17;
}

/** `sides`: those of the window along four axes. */
export function histogramRank(
  padded: usize,
  output: usize,
  box: usize,
  sides: usize,
  rank: i32,
  scratch: usize,
): void {
  const columns = field(box, 3);
  const coarse = scratch;
  const fine = scratch + <usize>columns * LEVEL;
  const side = field(sides, 3);
  const height = field(sides, 2);
  const small = field(sides, 0) * field(sides, 1) * height * side <= 255;
  const line = field(box, Box.SHAPE + 2);
  for (let row = 0; row < rowCount(box); row++) {
    const fresh = row % line == 0;
    if (fresh) memory.fill(scratch, 0, histogramRankScratch(columns));
    for (let a = 0; a < field(sides, 0); a++) {
      for (let b = 0; b < field(sides, 1); b++) {
        const start = padded + sourceRow(box, row) + (a * field(box, 1) + b) * field(box, 2) * columns;
        if (!fresh) countRow(start - columns, columns, coarse, fine, 255);
        for (let c = fresh ? 0 : height - 1; c < height; c++)
          countRow(start + c * columns, columns, coarse, fine, 1);
      }
    }
    const target = output + targetRow(box, row);
    const length = field(box, Box.SHAPE + 3);
    if (small) slideRow<u8>(target, length, columns, side, coarse, fine, rank);
    else slideRow<u16>(target, length, columns, side, coarse, fine, rank);
  }
}
