// The element of a rank in small windows, by a network of compare-and-exchange over vectors of neighbouring outputs.
import { Box, field, flattenOffsets, rowCount, sourceRow, targetRow } from './windowBox';

/** Bytes of outputs that go through the network together: two vectors. */
const SLOT: usize = 32;

// @ts-ignore: decorator
@inline
function smaller<K>(a: v128, b: v128): v128 {
  if (sizeof<K>() == 1) return i8x16.min_u(a, b);
  if (sizeof<K>() == 2) return i16x8.min_u(a, b);
  return i32x4.min_u(a, b);
}

// @ts-ignore: decorator
@inline
function larger<K>(a: v128, b: v128): v128 {
  if (sizeof<K>() == 1) return i8x16.max_u(a, b);
  if (sizeof<K>() == 2) return i16x8.max_u(a, b);
  return i32x4.max_u(a, b);
}

/** Runs the network: each entry of `program` is two slots' byte offsets, of the smaller (high half) and the larger. */
// @ts-ignore: decorator
@inline
function exchange<K>(slots: usize, program: usize, end: usize): void {
  for (; program < end; program += 4) {
    const pair = load<u32>(program);
    const low = slots + (pair >>> 16);
    const high = slots + (pair & 0xffff);
    const a = v128.load(low);
    const b = v128.load(high);
    const c = v128.load(low, 16);
    const d = v128.load(high, 16);
    v128.store(low, smaller<K>(a, b));
    v128.store(high, larger<K>(a, b));
    v128.store(low, smaller<K>(c, d), 16);
    v128.store(high, larger<K>(c, d), 16);
  }
}

function select<K>(
  padded: usize,
  output: usize,
  box: usize,
  flat: usize,
  count: i32,
  program: usize,
  end: usize,
  chosen: usize,
  slots: usize,
): void {
  const bytes = <usize>field(box, Box.SHAPE + 3) * sizeof<K>();
  for (let row = 0; row < rowCount(box); row++) {
    const source = padded + <usize>sourceRow(box, row) * sizeof<K>();
    const target = output + <usize>targetRow(box, row) * sizeof<K>();
    for (let x: usize = 0; x < bytes; x += SLOT) {
      for (let t = 0; t < count; t++) {
        const from = source + x + <usize>load<i32>(flat + (<usize>t << 2)) * sizeof<K>();
        const slot = slots + <usize>t * SLOT;
        v128.store(slot, v128.load(from));
        v128.store(slot, v128.load(from, 16), 16);
      }
      exchange<K>(slots, program, end);
      if (bytes - x >= SLOT) {
        v128.store(target + x, v128.load(chosen));
        v128.store(target + x, v128.load(chosen, 16), 16);
      } else memory.copy(target + x, chosen, bytes - x);
    }
  }
}

export function selectRank(
  padded: usize,
  output: usize,
  bytes: i32,
  box: usize,
  offsets: usize,
  count: i32,
  program: usize,
  length: i32,
  rank: i32,
  scratch: usize,
): void {
  const slots = scratch;
  const flat = slots + <usize>count * SLOT;
  flattenOffsets(offsets, count, box, flat);
  const end = program + (<usize>length << 2);
  const chosen = slots + <usize>rank * SLOT;
  if (bytes == 1) select<u8>(padded, output, box, flat, count, program, end, chosen, slots);
  else if (bytes == 2) select<u16>(padded, output, box, flat, count, program, end, chosen, slots);
  else select<u32>(padded, output, box, flat, count, program, end, chosen, slots);
}
