// Moving averages along any axis by running sums in float64, which is exact for integers of up to 32 bits. Sums start
// afresh with every tile, which bounds the drift of floats, and wherever a non-finite value has left the window.
import { DType, fromDouble } from './dtype';
import { magnitude, storeBlock } from './lanes';
import { uniformColumns, uniformFloatScratch, uniformLines } from './uniformFloat';
import { takesInteger, uniformInteger, uniformIntegerScratch } from './uniformInteger';
import { fillTile, findRuns, runTableBytes, tileBytes, tileRows, tileWidth } from './tile';

/** Outputs between two fresh sums. */
const RESTART = 256;

// @ts-ignore: decorator
@inline
function isNonFinite(sum: f64): bool {
  return !(abs(sum) < Infinity);
}

/** Whether any lane is NaN or infinite: only for those is x - x not 0. */
// @ts-ignore: decorator
@inline
function anyNonFinite(sum: v128): bool {
  return v128.any_true(f64x2.ne(f64x2.sub(sum, sum), f64x2.splat(0)));
}

/** Sum of one window of one column. */
// @ts-ignore: decorator
@inline
function windowSum(source: usize, stride: usize, size: i32): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < size; k++) {
    sum += load<f64>(source);
    source += stride;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function windowSums(source: usize, stride: usize, size: i32): v128 {
  let sum = f64x2.splat(0);
  for (let k = 0; k < size; k++) {
    sum = f64x2.add(sum, v128.load(source));
    source += stride;
  }
  return sum;
}

/** The next sums of two columns: one row enters, one leaves; lanes with non-finite values are summed directly. */
// @ts-ignore: decorator
@inline
function slide(sum: v128, source: usize, stride: usize, size: i32): v128 {
  const leaving = v128.load(source - stride);
  const entering = v128.load(source + <usize>(size - 1) * stride);
  const next = f64x2.add(sum, f64x2.sub(entering, leaving));
  return anyNonFinite(next) ? windowSums(source, stride, size) : next;
}

/** Eight columns of a tile. */
function slideColumns<T>(
  tile: usize,
  stride: usize,
  rows: i32,
  size: i32,
  output: usize,
  pitch: usize,
  small: bool,
): void {
  const divisor = f64x2.splat(<f64>size);
  let a: v128 = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let row = 0; row < rows; row++) {
    const source = tile + <usize>row * stride;
    if (row % RESTART == 0) {
      a = windowSums(source, stride, size);
      b = windowSums(source + 16, stride, size);
      c = windowSums(source + 32, stride, size);
      d = windowSums(source + 48, stride, size);
    } else {
      a = slide(a, source, stride, size);
      b = slide(b, source + 16, stride, size);
      c = slide(c, source + 32, stride, size);
      d = slide(d, source + 48, stride, size);
    }
    storeBlock<T, f64>(
      output,
      f64x2.div(a, divisor),
      f64x2.div(b, divisor),
      f64x2.div(c, divisor),
      f64x2.div(d, divisor),
      small,
    );
    output += pitch;
  }
}

/** One column of a tile. Sums take the place of the values that have left the window. */
function columnSums(tile: usize, stride: usize, rows: i32, size: i32): void {
  const span = <usize>(size - 1) * stride;
  let sum: f64 = 0;
  let leaving: f64 = 0;
  for (let row = 0; row < rows; row++) {
    if (row % RESTART == 0) {
      sum = windowSum(tile, stride, size);
    } else {
      sum += load<f64>(tile + span) - leaving;
      if (isNonFinite(sum)) sum = windowSum(tile, stride, size);
    }
    leaving = load<f64>(tile);
    store<f64>(tile, sum);
    tile += stride;
  }
}

/** Divides `count` consecutive sums. */
function divideSums<T>(sums: usize, count: i32, size: i32, output: usize, small: bool): void {
  const divisor = f64x2.splat(<f64>size);
  let i = 0;
  for (; i <= count - 8; i += 8) {
    const a = f64x2.div(v128.load(sums), divisor);
    const b = f64x2.div(v128.load(sums, 16), divisor);
    const c = f64x2.div(v128.load(sums, 32), divisor);
    const d = f64x2.div(v128.load(sums, 48), divisor);
    storeBlock<T, f64>(output, a, b, c, d, small);
    sums += 64;
    output += 8 * sizeof<T>();
  }
  for (; i < count; i++) {
    store<T>(output, fromDouble<T>(load<f64>(sums) / <f64>size));
    sums += 8;
    output += sizeof<T>();
  }
}

function uniform<T>(
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
  const small = max(magnitude<T>(), abs(cval)) < 2147483648.0;
  const runs = scratch;
  const tile = runs + runTableBytes(outputLength, size);
  findRuns(table, outputLength + size - 1, runs);

  const width = tileWidth(inner, size);
  const rows = tileRows(outputLength, inner, size);
  for (let o = 0; o < outer; o++) {
    const line = input + <usize>o * inputLength * inner * sizeof<T>();
    const result = output + <usize>o * outputLength * inner * sizeof<T>();
    for (let y = 0; y < outputLength; y += rows) {
      const count = min(rows, outputLength - y);
      for (let x = 0; x < inner; x += width) {
        const columns = min(width, inner - x);
        const stride = <usize>columns * sizeof<f64>();
        const start = line + <usize>x * sizeof<T>();
        fillTile<T, f64>(start, inner, columns, table, runs, y, y + count + size - 1, cval, tile);
        const target = result + (<usize>y * inner + x) * sizeof<T>();
        const pitch = <usize>inner * sizeof<T>();
        let column = 0;
        for (; column <= columns - 8; column += 8) {
          const first = tile + <usize>column * sizeof<f64>();
          slideColumns<T>(first, stride, count, size, target + <usize>column * sizeof<T>(), pitch, small);
        }
        if (column == columns) continue;
        const remaining = columns - column;
        for (let i = column; i < columns; i++) columnSums(tile + <usize>i * sizeof<f64>(), stride, count, size);
        if (column == 0 && columns == inner) {
          divideSums<T>(tile, count * columns, size, target, small);
          continue;
        }
        for (let row = 0; row < count; row++) {
          const sums = tile + <usize>row * stride + <usize>column * sizeof<f64>();
          divideSums<T>(sums, remaining, size, target + <usize>row * pitch + <usize>column * sizeof<T>(), small);
        }
      }
    }
  }
}

export function uniform1dScratch(dtype: i32, inputLength: i32, outputLength: i32, inner: i32, size: i32): usize {
  if (dtype == DType.FLOAT32) return uniformFloatScratch(outputLength, inner, size);
  return max(tileBytes(outputLength, inner, size), uniformIntegerScratch(outputLength, inner, size));
}

/** By the kernel that suits the window. */
function uniformSmall<T>(
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
  if (takesInteger<T>(inner, size, cval))
    uniformInteger<T>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
  else uniform<T>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
}

export function uniform1d(
  input: usize,
  output: usize,
  dtype: i32,
  outer: i32,
  inputLength: i32,
  outputLength: i32,
  inner: i32,
  table: usize,
  size: i32,
  cval: f64,
  scratch: usize,
): void {
  switch (dtype) {
    case DType.BOOL:
      return uniformSmall<bool>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.INT8:
      return uniformSmall<i8>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.UINT8:
      return uniformSmall<u8>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.INT16:
      return uniformSmall<i16>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.UINT16:
      return uniformSmall<u16>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.INT32:
      return uniform<i32>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.UINT32:
      return uniform<u32>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.INT64:
      return uniform<i64>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.UINT64:
      return uniform<u64>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.FLOAT32:
      if (inner == 1) return uniformLines(input, output, outer, inputLength, outputLength, table, size, cval, scratch);
      return uniformColumns(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    case DType.FLOAT64:
      return uniform<f64>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
    default:
      unreachable();
  }
}
