// Multiplies blocks of spectra by the transfer functions of filters, which are a factor for each row combined with one
// for each column.
import { ballTransforms, prepareBalls } from './ball';
import { CHUNK, chunk } from './chunk';

/** Multiplies `count` elements of `parts` numbers by the factors in `chunk`. */
// @ts-ignore: decorator
@inline
function scale<T>(input: usize, output: usize, parts: i32, count: i32): void {
  let i = 0;
  if (sizeof<T>() == 4) {
    // Four numbers at a time: as many elements, or half as many complex ones.
    const step = 4 / parts;
    for (; i <= count - step; i += step) {
      const v = v128.load(input);
      const at = chunk + (<usize>i << 3);
      const low = parts == 1 ? v128.load(at) : v128.load64_splat(at);
      const high = parts == 1 ? v128.load(at, 16) : v128.load64_splat(at, 8);
      const a = f64x2.mul(f64x2.promote_low_f32x4(v), low);
      const b = f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1)), high);
      v128.store(output, v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2));
      input += 16;
      output += 16;
    }
  } else {
    const step = 2 / parts;
    for (; i <= count - step; i += step) {
      const at = chunk + (<usize>i << 3);
      v128.store(output, f64x2.mul(v128.load(input), parts == 1 ? v128.load(at) : v128.load64_splat(at)));
      input += 16;
      output += 16;
    }
  }
  for (; i < count; i++) {
    const factor = load<f64>(chunk + (<usize>i << 3));
    for (let part = 0; part < parts; part++) {
      store<T>(output, <T>(<f64>load<T>(input) * factor));
      input += sizeof<T>();
      output += sizeof<T>();
    }
  }
}

function products(row: f64, columns: usize, count: i32): void {
  const factor = f64x2.splat(row);
  let i = 0;
  for (; i <= count - 2; i += 2)
    v128.store(chunk + (<usize>i << 3), f64x2.mul(factor, v128.load(columns + (<usize>i << 3))));
  if (i < count) store<f64>(chunk + (<usize>i << 3), row * load<f64>(columns + (<usize>i << 3)));
}

function largestOf(values: usize, count: i32): f64 {
  let largest: f64 = 0;
  for (let i = 0; i < count; i++) largest = max(largest, load<f64>(values + (<usize>i << 3)));
  return largest;
}

function multiply<T>(
  input: usize,
  output: usize,
  parts: i32,
  rank: i32,
  rows: usize,
  columns: usize,
  outer: i32,
  inner: i32,
): void {
  if (rank > 0) prepareBalls(rank, largestOf(rows, outer) + largestOf(columns, inner), outer * inner);
  for (let o = 0; o < outer; o++) {
    const row = load<f64>(rows + (<usize>o << 3));
    for (let i = 0; i < inner; i += CHUNK) {
      const count = min(CHUNK, inner - i);
      const own = columns + (<usize>i << 3);
      if (rank == 0) products(row, own, count);
      else ballTransforms(rank, row, own, count, chunk);
      if (parts == 1) scale<T>(input, output, 1, count);
      else scale<T>(input, output, 2, count);
      const bytes = <usize>(count * parts) * sizeof<T>();
      input += bytes;
      output += bytes;
    }
  }
}

function rotate<T>(input: usize, output: usize, rows: usize, columns: usize, outer: i32, inner: i32): void {
  for (let o = 0; o < outer; o++) {
    const rowRe = load<f64>(rows + (<usize>o << 4));
    const rowIm = load<f64>(rows + (<usize>o << 4), 8);
    for (let i = 0; i < inner; i++) {
      const columnRe = load<f64>(columns + (<usize>i << 4));
      const columnIm = load<f64>(columns + (<usize>i << 4), 8);
      const re = rowRe * columnRe - rowIm * columnIm;
      const im = rowRe * columnIm + rowIm * columnRe;
      const a = <f64>load<T>(input);
      const b = <f64>load<T>(input, sizeof<T>());
      store<T>(output, <T>(a * re - b * im));
      store<T>(output, <T>(a * im + b * re), sizeof<T>());
      input += 2 * sizeof<T>();
      output += 2 * sizeof<T>();
    }
  }
}

export function fourierFilter(
  input: usize,
  output: usize,
  bytes: i32,
  parts: i32,
  rank: i32,
  rows: usize,
  columns: usize,
  outer: i32,
  inner: i32,
): void {
  if (bytes == 4) multiply<f32>(input, output, parts, rank, rows, columns, outer, inner);
  else multiply<f64>(input, output, parts, rank, rows, columns, outer, inner);
}

export function fourierRotate(
  input: usize,
  output: usize,
  bytes: i32,
  rows: usize,
  columns: usize,
  outer: i32,
  inner: i32,
): void {
  if (bytes == 4) rotate<f32>(input, output, rows, columns, outer, inner);
  else rotate<f64>(input, output, rows, columns, outer, inner);
}
