// Moving averages of integers of up to 16 bits: running sums in int32, straight from the input, and their quotients in
// float32. While sums and what divides them stay within 2^24 both are exact: a quotient that is no integer lies further
// from the next one than float32 rounds.
import { magnitude } from './lanes';
import { findRuns, rowOf, runTableBytes } from './tile';

/** Columns of a strip: its sums stay in a first-level cache. */
const STRIP = 1024;
/** Rows of fewer elements are left to kernels that take several at once. */
const NARROW = 16;
/** Vectors may be read this much beyond a line. */
const SLACK = 32;

/** Whether the sums of windows are exact here, and `cval` is a value of the type. */
export function takesInteger<T>(inner: i32, size: i32, cval: f64): bool {
  if (inner > 1 && inner < NARROW) return false;
  return magnitude<T>() * <f64>size <= 16777216.0 && abs(cval) < 65536.0 && cval == <f64>(<T>(<i32>cval));
}

export function uniformIntegerScratch(outputLength: i32, inner: i32, size: i32): usize {
  if (inner > 1) return <usize>STRIP * 8;
  return runTableBytes(outputLength, size) + <usize>(outputLength + size) * 2 + 3 * SLACK;
}

// @ts-ignore: decorator
@inline
function lower<T>(pointer: usize): v128 {
  const v = v128.load(pointer);
  return isSigned<T>() ? i32x4.extend_low_i16x8_s(v) : i32x4.extend_low_i16x8_u(v);
}

// @ts-ignore: decorator
@inline
function upper<T>(pointer: usize): v128 {
  const v = v128.load(pointer);
  return isSigned<T>() ? i32x4.extend_high_i16x8_s(v) : i32x4.extend_high_i16x8_u(v);
}

/** Eight bytes as 16-bit numbers. */
// @ts-ignore: decorator
@inline
function bytes<T>(pointer: usize): v128 {
  return isSigned<T>() ? v128.load_ext<i8>(pointer) : v128.load_ext<u8>(pointer);
}

/** Truncated quotients of eight sums. */
// @ts-ignore: decorator
@inline
function storeQuotients<T>(target: usize, low: v128, high: v128, divisor: v128): void {
  const a = i32x4.trunc_sat_f32x4_s(f32x4.div(f32x4.convert_i32x4_s(low), divisor));
  const b = i32x4.trunc_sat_f32x4_s(f32x4.div(f32x4.convert_i32x4_s(high), divisor));
  if (sizeof<T>() == 2) {
    v128.store(target, isSigned<T>() ? i16x8.narrow_i32x4_s(a, b) : i16x8.narrow_i32x4_u(a, b));
  } else {
    const words = i16x8.narrow_i32x4_s(a, b);
    const narrow = isSigned<T>() ? i8x16.narrow_i16x8_s(words, words) : i8x16.narrow_i16x8_u(words, words);
    v128.store64_lane(target, narrow, 0);
  }
}

function addRow<T>(sums: usize, row: usize, width: i32): void {
  for (let i = 0; i < width; i++) {
    const at = sums + (<usize>i << 2);
    store<i32>(at, load<i32>(at) + <i32>load<T>(row + <usize>i * sizeof<T>()));
  }
}

/** Slides a row of sums by one and writes the averages. */
function slideRow<T>(sums: usize, entering: usize, leaving: usize, width: i32, size: i32, target: usize): void {
  const divisor = f32x4.splat(<f32>size);
  let i = 0;
  for (; i <= width - 8; i += 8) {
    const come = entering + <usize>i * sizeof<T>();
    const gone = leaving + <usize>i * sizeof<T>();
    const at = sums + (<usize>i << 2);
    let low: v128;
    let high: v128;
    if (sizeof<T>() == 2) {
      low = i32x4.sub(lower<T>(come), lower<T>(gone));
      high = i32x4.sub(upper<T>(come), upper<T>(gone));
    } else {
      const change = i16x8.sub(bytes<T>(come), bytes<T>(gone));
      low = i32x4.extend_low_i16x8_s(change);
      high = i32x4.extend_high_i16x8_s(change);
    }
    low = i32x4.add(v128.load(at), low);
    high = i32x4.add(v128.load(at, 16), high);
    v128.store(at, low);
    v128.store(at, high, 16);
    storeQuotients<T>(target + <usize>i * sizeof<T>(), low, high, divisor);
  }
  for (; i < width; i++) {
    const at = sums + (<usize>i << 2);
    const place = <usize>i * sizeof<T>();
    const sum = load<i32>(at) + <i32>load<T>(entering + place) - <i32>load<T>(leaving + place);
    store<i32>(at, sum);
    store<T>(target + place, <T>(sum / size));
  }
}

function columns<T>(
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
  const pitch = <usize>inner * sizeof<T>();
  const sums = scratch;
  const constant = sums + (<usize>STRIP << 2);
  const zeros = constant + (<usize>STRIP << 1);
  for (let i = 0; i < STRIP; i++) store<T>(constant + <usize>i * sizeof<T>(), <T>(<i32>cval));
  memory.fill(zeros, 0, <usize>STRIP << 1);
  for (let o = 0; o < outer; o++) {
    for (let x = 0; x < inner; x += STRIP) {
      const width = min(STRIP, inner - x);
      const column = input + (<usize>o * inputLength * inner + x) * sizeof<T>();
      let target = output + (<usize>o * outputLength * inner + x) * sizeof<T>();
      memory.fill(sums, 0, <usize>width << 2);
      for (let k = 0; k < size - 1; k++) addRow<T>(sums, rowOf(column, pitch, table, k, constant), width);
      for (let y = 0; y < outputLength; y++) {
        const entering = rowOf(column, pitch, table, y + size - 1, constant);
        const leaving = y == 0 ? zeros : rowOf(column, pitch, table, y - 1, constant);
        slideRow<T>(sums, entering, leaving, width, size, target);
        target += pitch;
      }
    }
  }
}

/** The line that the table makes of a line of the input. */
function fillLine<T>(source: usize, table: usize, runs: usize, length: i32, cval: f64, line: usize): void {
  let k = 0;
  while (k < length) {
    const position = load<i32>(table + (<usize>k << 2));
    const at = line + <usize>k * sizeof<T>();
    if (position < 0) {
      store<T>(at, <T>(<i32>cval));
      k++;
      continue;
    }
    const end = min(load<i32>(runs + (<usize>k << 2)), length);
    memory.copy(at, source + <usize>position * sizeof<T>(), <usize>(end - k) * sizeof<T>());
    k = end;
  }
}

/** Each of four numbers with those before it, and `before`. */
// @ts-ignore: decorator
@inline
function sumUp(change: v128, before: v128): v128 {
  const zero = i32x4.splat(0);
  let sums = i32x4.add(change, v128.shuffle<i32>(zero, change, 3, 4, 5, 6));
  sums = i32x4.add(sums, v128.shuffle<i32>(zero, sums, 2, 3, 4, 5));
  return i32x4.add(sums, before);
}

/** Averages along a line, before whose first element lies a zero. */
function slideLine<T>(line: usize, count: i32, size: i32, target: usize): void {
  const divisor = f32x4.splat(<f32>size);
  let first = 0;
  for (let k = 0; k < size - 1; k++) first += <i32>load<T>(line + <usize>k * sizeof<T>());
  let sum = i32x4.splat(first);
  const span = <usize>(size - 1) * sizeof<T>();
  let i = 0;
  for (; i <= count - 8; i += 8) {
    const come = line + <usize>i * sizeof<T>() + span;
    const gone = line + <usize>i * sizeof<T>() - sizeof<T>();
    let low: v128;
    let high: v128;
    if (sizeof<T>() == 2) {
      low = i32x4.sub(lower<T>(come), lower<T>(gone));
      high = i32x4.sub(upper<T>(come), upper<T>(gone));
    } else {
      const change = i16x8.sub(bytes<T>(come), bytes<T>(gone));
      low = i32x4.extend_low_i16x8_s(change);
      high = i32x4.extend_high_i16x8_s(change);
    }
    low = sumUp(low, sum);
    high = sumUp(high, v128.shuffle<i32>(low, low, 3, 3, 3, 3));
    sum = v128.shuffle<i32>(high, high, 3, 3, 3, 3);
    storeQuotients<T>(target + <usize>i * sizeof<T>(), low, high, divisor);
  }
  let last = i32x4.extract_lane(sum, 0);
  for (; i < count; i++) {
    const at = line + <usize>i * sizeof<T>();
    last += <i32>load<T>(at + span) - <i32>load<T>(at - sizeof<T>());
    store<T>(target + <usize>i * sizeof<T>(), <T>(last / size));
  }
}

function lines<T>(
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
  const line = runs + runTableBytes(outputLength, size) + SLACK;
  const length = outputLength + size - 1;
  findRuns(table, length, runs);
  store<T>(line - sizeof<T>(), <T>0);
  for (let o = 0; o < outer; o++) {
    fillLine<T>(input + <usize>o * inputLength * sizeof<T>(), table, runs, length, cval, line);
    slideLine<T>(line, outputLength, size, output + <usize>o * outputLength * sizeof<T>());
  }
}

export function uniformInteger<T>(
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
  if (inner == 1) lines<T>(input, output, outer, inputLength, outputLength, table, size, cval, scratch);
  else columns<T>(input, output, outer, inputLength, outputLength, inner, table, size, cval, scratch);
}
