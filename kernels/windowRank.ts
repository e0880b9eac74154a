// The element of a rank in windows of any size. The keys of a padded block are sorted once, so that each element has a
// place of its own; the window is then a set of places, kept as bits. Sliding it by one flips the bits of the elements
// that leave and enter, and the wanted place is found again a few words from where it was: the cost of an output grows
// with the window's side, not with its area, for every element type.
import { Box, field, flattenOffsets, paddedCount, rowCount, sourceRow, targetRow } from './windowBox';

// @ts-ignore: decorator
@inline
function aligned(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** Counts each byte of the keys: 256 u32 for each. */
function countDigits<K>(keys: usize, count: i32, counts: usize): void {
  memory.fill(counts, 0, 1024 * sizeof<K>());
  for (let i = 0; i < count; i++) {
    const key = load<K>(keys + <usize>i * sizeof<K>());
    for (let digit: i32 = 0; digit < <i32>sizeof<K>(); digit++) {
      const at = counts + <usize>(digit << 10) + ((<usize>(key >> <K>(8 * digit)) & 0xff) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/** Turns counts into positions; true when all elements share the digit, and so nothing moves. */
function positions(counts: usize, total: u32): bool {
  let sum: u32 = 0;
  for (let bin = 0; bin < 256; bin++) {
    const at = counts + (<usize>bin << 2);
    const count = load<u32>(at);
    if (count == total) return true;
    store<u32>(at, sum);
    sum += count;
  }
  return false;
}

/** Where `sortKeys` leaves sorted keys, and the elements' places. */
let sortedKeys: usize = 0;
let places: usize = 0;

/** Least significant digit first. The keys' own space is used, and `spare`, `indices`, `spareIndices` of that many. */
function sortKeys<K>(keys: usize, count: i32, spare: usize, indices: usize, spareIndices: usize, counts: usize): void {
  countDigits<K>(keys, count, counts);
  for (let i = 0; i < count; i++) store<i32>(indices + (<usize>i << 2), i);
  for (let digit: i32 = 0; digit < <i32>sizeof<K>(); digit++) {
    const bins = counts + <usize>(digit << 10);
    if (positions(bins, <u32>count)) continue;
    for (let i = 0; i < count; i++) {
      const key = load<K>(keys + <usize>i * sizeof<K>());
      const at = bins + ((<usize>(key >> <K>(8 * digit)) & 0xff) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      store<K>(spare + <usize>place * sizeof<K>(), key);
      store<u32>(spareIndices + (<usize>place << 2), load<u32>(indices + (<usize>i << 2)));
    }
    const emptiedKeys = keys;
    keys = spare;
    spare = emptiedKeys;
    const emptied = indices;
    indices = spareIndices;
    spareIndices = emptied;
  }
  for (let i = 0; i < count; i++)
    store<i32>(spareIndices + (<usize>load<u32>(indices + (<usize>i << 2)) << 2), i);
  sortedKeys = keys;
  places = spareIndices;
}

// @ts-ignore: decorator
@inline
function placeAt(element: i32): u32 {
  return load<u32>(places + (<usize>element << 2));
}

// @ts-ignore: decorator
@inline
function flipBit(bits: usize, place: u32): void {
  const word = bits + (<usize>(place >>> 6) << 3);
  store<u64>(word, load<u64>(word) ^ (<u64>1 << <u64>(place & 63)));
}

function slide<K>(
  output: usize,
  box: usize,
  flat: usize,
  count: i32,
  entering: usize,
  leaving: usize,
  edges: i32,
  rank: i32,
  bits: usize,
  bitBytes: usize,
): void {
  const sorted = sortedKeys;
  const length = field(box, Box.SHAPE + 3);
  const edgeBytes = <usize>edges << 2;
  /** The word of the place found last, and how many bits are set before it. */
  let word: u32 = 0;
  for (let row = 0; row < rowCount(box); row++) {
    const start = sourceRow(box, row);
    let target = output + <usize>targetRow(box, row) * sizeof<K>();
    let before = 0;
    memory.fill(bits, 0, bitBytes);
    for (let t = 0; t < count; t++) {
      const place = placeAt(start + load<i32>(flat + (<usize>t << 2)));
      flipBit(bits, place);
      before += <i32>(place >>> 6 < word);
    }
    for (let x = 0; x < length; x++) {
      if (x > 0) {
        const from = start + x;
        for (let e: usize = 0; e < edgeBytes; e += 4) {
          const gone = placeAt(from - 1 + load<i32>(leaving + e));
          const come = placeAt(from + load<i32>(entering + e));
          flipBit(bits, gone);
          flipBit(bits, come);
          before += <i32>(come >>> 6 < word) - <i32>(gone >>> 6 < word);
        }
      }
      let set = load<u64>(bits + (<usize>word << 3));
      if (before <= rank) {
        let here = <i32>popcnt<u64>(set);
        while (before + here <= rank) {
          before += here;
          word++;
          set = load<u64>(bits + (<usize>word << 3));
          here = <i32>popcnt<u64>(set);
        }
      } else {
        do {
          word--;
          set = load<u64>(bits + (<usize>word << 3));
          before -= <i32>popcnt<u64>(set);
        } while (before > rank);
      }
      for (let skip = rank - before; skip > 0; skip--) set &= set - 1;
      const place = (word << 6) + <u32>ctz<u64>(set);
      store<K>(target, load<K>(sorted + <usize>place * sizeof<K>()));
      target += sizeof<K>();
    }
  }
}

// @ts-ignore: decorator
@inline
function bitSpace(elements: i32): usize {
  return aligned((<usize>elements >> 3) + 8);
}

export function slideRankScratch(bytes: i32, elements: i32, count: i32, edges: i32): usize {
  const keys = aligned(<usize>elements * bytes);
  const indices = aligned(<usize>elements << 2);
  return keys + 2 * indices + bitSpace(elements) + 8192 + aligned(<usize>(count + 2 * edges) << 2);
}

function rankBox<K>(
  padded: usize,
  output: usize,
  box: usize,
  offsets: usize,
  count: i32,
  entering: usize,
  leaving: usize,
  edges: i32,
  rank: i32,
  scratch: usize,
): void {
  const elements = paddedCount(box);
  const indices = scratch + aligned(<usize>elements * sizeof<K>());
  const spareIndices = indices + aligned(<usize>elements << 2);
  const bits = spareIndices + aligned(<usize>elements << 2);
  const counts = bits + bitSpace(elements);
  const flat = counts + 8192;
  const flatEntering = flat + (<usize>count << 2);
  const flatLeaving = flatEntering + (<usize>edges << 2);
  flattenOffsets(offsets, count, box, flat);
  flattenOffsets(entering, edges, box, flatEntering);
  flattenOffsets(leaving, edges, box, flatLeaving);
  sortKeys<K>(padded, elements, scratch, indices, spareIndices, counts);
  slide<K>(output, box, flat, count, flatEntering, flatLeaving, edges, rank, bits, bitSpace(elements));
}

export function slideRank(
  padded: usize,
  output: usize,
  bytes: i32,
  box: usize,
  offsets: usize,
  count: i32,
  entering: usize,
  leaving: usize,
  edges: i32,
  rank: i32,
  scratch: usize,
): void {
  if (bytes == 1) rankBox<u8>(padded, output, box, offsets, count, entering, leaving, edges, rank, scratch);
  else if (bytes == 2) rankBox<u16>(padded, output, box, offsets, count, entering, leaving, edges, rank, scratch);
  else if (bytes == 4) rankBox<u32>(padded, output, box, offsets, count, entering, leaving, edges, rank, scratch);
  else rankBox<u64>(padded, output, box, offsets, count, entering, leaving, edges, rank, scratch);
}
