// Smallest key of every window. Over boxes by doubling along each axis in place, in a number of passes that grows with
// the logarithm of the size; over other footprints by visiting their elements.
import { Box, field, flattenOffsets, paddedCount, rowCount, sourceRow, targetRow } from './windowBox';

// @ts-ignore: decorator
@inline
function smallerLanes<K>(a: v128, b: v128): v128 {
  if (sizeof<K>() == 1) return i8x16.min_u(a, b);
  if (sizeof<K>() == 2) return i16x8.min_u(a, b);
  return i32x4.min_u(a, b);
}

// @ts-ignore: decorator
@inline
function vectorLanes<K>(): i32 {
  // There is no minimum of 64-bit lanes.
  return sizeof<K>() == 8 ? 1 << 30 : 16 / <i32>sizeof<K>();
}

/** block[i] = min(block[i], block[i + distance]), for as many elements as have a partner. */
function fold<K>(block: usize, count: i32, distance: i32): void {
  const lanes = vectorLanes<K>();
  const partners = count - distance;
  const reach = <usize>distance * sizeof<K>();
  let i = 0;
  for (; i <= partners - 2 * lanes; i += 2 * lanes) {
    // Both loads come first: partners of a short distance overlap what is stored.
    const a = smallerLanes<K>(v128.load(block), v128.load(block + reach));
    const b = smallerLanes<K>(v128.load(block, 16), v128.load(block + reach, 16));
    v128.store(block, a);
    v128.store(block, b, 16);
    block += 32;
  }
  for (; i < partners; i++) {
    store<K>(block, min(load<K>(block), load<K>(block + reach)));
    block += sizeof<K>();
  }
}

function overBox<K>(padded: usize, output: usize, box: usize, sizes: usize): void {
  const elements = paddedCount(box);
  let count = elements;
  let stride = elements;
  for (let axis = 0; axis < 4; axis++) {
    const outermost = stride == elements;
    stride /= field(box, axis);
    const size = field(sizes, axis);
    if (size == 1) continue;
    let covered = 1;
    for (; 2 * covered <= size; covered *= 2) fold<K>(padded, count, covered * stride);
    if (covered < size) fold<K>(padded, count, (size - covered) * stride);
    // Windows that would leave the block at its end are nobody's.
    if (outermost) count -= (size - 1) * stride;
  }
  const bytes = <usize>field(box, Box.SHAPE + 3) * sizeof<K>();
  for (let row = 0; row < rowCount(box); row++) {
    const target = output + <usize>targetRow(box, row) * sizeof<K>();
    memory.copy(target, padded + <usize>sourceRow(box, row) * sizeof<K>(), bytes);
  }
}

function overFootprint<K>(padded: usize, output: usize, box: usize, flat: usize, count: i32): void {
  const lanes = vectorLanes<K>();
  const length = field(box, Box.SHAPE + 3);
  for (let row = 0; row < rowCount(box); row++) {
    let source = padded + <usize>sourceRow(box, row) * sizeof<K>();
    let target = output + <usize>targetRow(box, row) * sizeof<K>();
    let x = 0;
    for (; x <= length - lanes; x += lanes) {
      let least = v128.load(source + <usize>load<i32>(flat) * sizeof<K>());
      for (let t = 1; t < count; t++)
        least = smallerLanes<K>(least, v128.load(source + <usize>load<i32>(flat + (<usize>t << 2)) * sizeof<K>()));
      v128.store(target, least);
      source += 16;
      target += 16;
    }
    for (; x < length; x++) {
      let least = load<K>(source + <usize>load<i32>(flat) * sizeof<K>());
      for (let t = 1; t < count; t++)
        least = min(least, load<K>(source + <usize>load<i32>(flat + (<usize>t << 2)) * sizeof<K>()));
      store<K>(target, least);
      source += sizeof<K>();
      target += sizeof<K>();
    }
  }
}

export function extremumBox(padded: usize, output: usize, bytes: i32, box: usize, sizes: usize): void {
  if (bytes == 1) overBox<u8>(padded, output, box, sizes);
  else if (bytes == 2) overBox<u16>(padded, output, box, sizes);
  else if (bytes == 4) overBox<u32>(padded, output, box, sizes);
  else overBox<u64>(padded, output, box, sizes);
}

export function extremumFootprint(
  padded: usize,
  output: usize,
  bytes: i32,
  box: usize,
  offsets: usize,
  count: i32,
  scratch: usize,
): void {
  flattenOffsets(offsets, count, box, scratch);
  if (bytes == 1) overFootprint<u8>(padded, output, box, scratch, count);
  else if (bytes == 2) overFootprint<u16>(padded, output, box, scratch, count);
  else if (bytes == 4) overFootprint<u32>(padded, output, box, scratch, count);
  else overFootprint<u64>(padded, output, box, scratch, count);
}
