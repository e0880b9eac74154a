// Windowed filters work on boxes of their output: a padded copy of the input under the box is gathered through index
// tables, so that kernels see neither edges nor boundary modes, and turned into keys that order unsigned.
import { DType } from './dtype';
import { findRuns } from './tile';

/** A record of i32: four axes each of the padded block, the box, the output block, and the box's place in it. */
export namespace Box {
  export const PADDED = 0;
  export const SHAPE = 4;
  export const OUTPUT = 8;
  export const START = 12;
  /** Four pointers to the tables of input positions, one entry a padded position. */
  export const TABLES = 16;
}

// @ts-ignore: decorator
@inline
export function field(record: usize, i: i32): i32 {
  return load<i32>(record + (<usize>i << 2));
}

/** Elements of the padded block. */
export function paddedCount(box: usize): i32 {
  return field(box, 0) * field(box, 1) * field(box, 2) * field(box, 3);
}

/** Rows (lines of the last axis) of the box. */
export function rowCount(box: usize): i32 {
  return field(box, Box.SHAPE) * field(box, Box.SHAPE + 1) * field(box, Box.SHAPE + 2);
}

/** Element of the padded block where the windows of a row begin. */
export function sourceRow(box: usize, row: i32): i32 {
  const rest = row / field(box, Box.SHAPE + 2);
  const a = rest / field(box, Box.SHAPE + 1);
  const b = rest % field(box, Box.SHAPE + 1);
  const c = row % field(box, Box.SHAPE + 2);
  return ((a * field(box, 1) + b) * field(box, 2) + c) * field(box, 3);
}

/** Element of the output block where a row of the box begins. */
export function targetRow(box: usize, row: i32): i32 {
  const rest = row / field(box, Box.SHAPE + 2);
  const a = rest / field(box, Box.SHAPE + 1) + field(box, Box.START);
  const b = (rest % field(box, Box.SHAPE + 1)) + field(box, Box.START + 1);
  const c = (row % field(box, Box.SHAPE + 2)) + field(box, Box.START + 2);
  return (
    ((a * field(box, Box.OUTPUT + 1) + b) * field(box, Box.OUTPUT + 2) + c) * field(box, Box.OUTPUT + 3) +
    field(box, Box.START + 3)
  );
}

/** Distances in elements of the padded block, from coordinates of four axes. */
export function flattenOffsets(offsets: usize, count: i32, box: usize, flat: usize): void {
  for (let t = 0; t < count; t++) {
    const at = offsets + (<usize>t << 4);
    const place = (field(at, 0) * field(box, 1) + field(at, 1)) * field(box, 2) + field(at, 2);
    store<i32>(flat + (<usize>t << 2), place * field(box, 3) + field(at, 3));
  }
}

function fillElements(target: usize, count: i32, value: usize, bytes: i32): void {
  for (let i = 0; i < count; i++) {
    if (bytes == 1) store<u8>(target + i, load<u8>(value));
    else if (bytes == 2) store<u16>(target + (<usize>i << 1), load<u16>(value));
    else if (bytes == 4) store<u32>(target + (<usize>i << 2), load<u32>(value));
    else store<u64>(target + (<usize>i << 3), load<u64>(value));
  }
}

export function gatherBox(
  input: usize,
  inputShape: usize,
  box: usize,
  value: usize,
  bytes: i32,
  output: usize,
  runs: usize,
): void {
  const length = field(box, 3);
  const table = <usize>field(box, Box.TABLES + 3);
  findRuns(table, length, runs);
  for (let a = 0; a < field(box, 0); a++) {
    const i = load<i32>(<usize>field(box, Box.TABLES) + (<usize>a << 2));
    for (let b = 0; b < field(box, 1); b++) {
      const j = load<i32>(<usize>field(box, Box.TABLES + 1) + (<usize>b << 2));
      for (let c = 0; c < field(box, 2); c++) {
        const k = load<i32>(<usize>field(box, Box.TABLES + 2) + (<usize>c << 2));
        const rowBytes = <usize>length * bytes;
        if ((i | j | k) < 0) {
          fillElements(output, length, value, bytes);
          output += rowBytes;
          continue;
        }
        const row =
          input + <usize>(((i * field(inputShape, 1) + j) * field(inputShape, 2) + k) * field(inputShape, 3)) * bytes;
        let x = 0;
        while (x < length) {
          const at = load<i32>(table + (<usize>x << 2));
          const count = load<i32>(runs + (<usize>x << 2)) - x;
          const target = output + <usize>x * bytes;
          if (at < 0) fillElements(target, count, value, bytes);
          else memory.copy(target, row + <usize>at * bytes, <usize>count * bytes);
          x += count;
        }
        output += rowBytes;
      }
    }
  }
}

/** Flips the bits of `mask` in every element. */
function flip<K>(pointer: usize, count: i32, mask: K): void {
  let i = 0;
  const lanes = 16 / <i32>sizeof<K>();
  const masks = v128.splat<K>(mask);
  for (; i <= count - lanes; i += lanes) {
    v128.store(pointer, v128.xor(v128.load(pointer), masks));
    pointer += 16;
  }
  for (; i < count; i++) {
    store<K>(pointer, <K>(load<K>(pointer) ^ mask));
    pointer += sizeof<K>();
  }
}

/** Sign and magnitude to an unsigned order in which NaN (all of them alike) is the largest; -0 lies below 0. */
function floatKeys<I>(pointer: usize, count: i32, infinity: I, nan: I): void {
  const sign = sizeof<I>() * 8 - 1;
  for (let i = 0; i < count; i++) {
    let bits = load<I>(pointer);
    if ((bits & ~(<I>1 << <I>sign)) > infinity) bits = nan;
    store<I>(pointer, bits ^ ((bits >> <I>sign) | (<I>1 << <I>sign)));
    pointer += sizeof<I>();
  }
}

function floatKeys4(pointer: usize, count: i32): void {
  const sign = i32x4.splat(i32.MIN_VALUE);
  const magnitude = i32x4.splat(i32.MAX_VALUE);
  const infinity = i32x4.splat(0x7f800000);
  const nan = i32x4.splat(0x7fc00000);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    let bits = v128.load(pointer);
    bits = v128.bitselect(nan, bits, i32x4.gt_s(v128.and(bits, magnitude), infinity));
    v128.store(pointer, v128.xor(bits, v128.or(i32x4.shr_s(bits, 31), sign)));
    pointer += 16;
  }
  floatKeys<i32>(pointer, count - i, 0x7f800000, 0x7fc00000);
}

function floatsOf<I>(pointer: usize, count: i32): void {
  const sign = sizeof<I>() * 8 - 1;
  for (let i = 0; i < count; i++) {
    const key = load<I>(pointer);
    store<I>(pointer, key ^ (~(key >> <I>sign) | (<I>1 << <I>sign)));
    pointer += sizeof<I>();
  }
}

function floatsOf4(pointer: usize, count: i32): void {
  const sign = i32x4.splat(i32.MIN_VALUE);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    const keys = v128.load(pointer);
    v128.store(pointer, v128.xor(keys, v128.or(v128.not(i32x4.shr_s(keys, 31)), sign)));
    pointer += 16;
  }
  floatsOf<i32>(pointer, count - i);
}

/** Turns elements into keys that order unsigned as the values do, or (`inverse`) back. */
export function orderKeys(pointer: usize, dtype: i32, count: i32, inverse: i32): void {
  switch (dtype) {
    case DType.INT8:
      return flip<u8>(pointer, count, 0x80);
    case DType.INT16:
      return flip<u16>(pointer, count, 0x8000);
    case DType.INT32:
      return flip<u32>(pointer, count, 0x80000000);
    case DType.INT64:
      return flip<u64>(pointer, count, 0x8000000000000000);
    case DType.FLOAT32:
      return inverse ? floatsOf4(pointer, count) : floatKeys4(pointer, count);
    case DType.FLOAT64:
      return inverse
        ? floatsOf<i64>(pointer, count)
        : floatKeys<i64>(pointer, count, 0x7ff0000000000000, 0x7ff8000000000000);
  }
}

/** Complements keys: their order turns round. */
export function complementKeys(pointer: usize, bytes: i32): void {
  flip<u8>(pointer, bytes, 0xff);
}
