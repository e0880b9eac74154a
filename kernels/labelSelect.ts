// Order statistics of groups of keys, which order unsigned as their values do.

let random: u32 = 0x9e3779b9;

/** A place in [low, high]; no order of the keys makes selection slow more often than chance does. */
// @ts-ignore: decorator
@inline
function somewhere(low: i32, high: i32): i32 {
  random ^= random << 13;
  random ^= random >> 17;
  random ^= random << 5;
  return low + <i32>(random % <u32>(high - low + 1));
}

// @ts-ignore: decorator
@inline
function key<T>(keys: usize, i: i32): T {
  return load<T>(keys + <usize>i * sizeof<T>());
}

/** Brings the key of `rank` to its place, smaller ones before it and larger ones behind it (Hoare's FIND). */
function select<T>(keys: usize, count: i32, rank: i32): void {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const a = key<T>(keys, somewhere(low, high));
    const b = key<T>(keys, somewhere(low, high));
    const c = key<T>(keys, somewhere(low, high));
    const pivot = max(min(a, b), min(max(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (key<T>(keys, i) < pivot) i++;
      while (key<T>(keys, j) > pivot) j--;
      if (i > j) break;
      const swapped = key<T>(keys, i);
      store<T>(keys + <usize>i * sizeof<T>(), key<T>(keys, j));
      store<T>(keys + <usize>j * sizeof<T>(), swapped);
      i++;
      j--;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
}

const counters = memory.data(65536 * 4, 16);

/** The two middle keys and the largest of many small keys, by counting. */
function countMedian<T>(keys: usize, count: i32, out: usize): void {
  const values = 1 << (<i32>sizeof<T>() << 3);
  memory.fill(counters, 0, <usize>values << 2);
  for (let i = 0; i < count; i++) {
    const counter = counters + (<usize>key<T>(keys, i) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
  let before = 0;
  const lower = (count - 1) >> 1;
  const upper = count >> 1;
  for (let value = 0; value < values; value++) {
    const here = load<i32>(counters + (<usize>value << 2));
    if (!here) continue;
    if (before <= lower && lower < before + here) store<T>(out, <T>value);
    if (before <= upper && upper < before + here) store<T>(out, <T>value, sizeof<T>());
    store<T>(out, <T>value, 2 * sizeof<T>());
    before += here;
  }
}

function medians<T>(keys: usize, offsets: usize, n: i32, out: usize): void {
  for (let k = 0; k < n; k++, out += 3 * sizeof<T>()) {
    const start = load<i32>(offsets + (<usize>k << 2));
    const count = load<i32>(offsets + (<usize>k << 2), 4) - start;
    if (count == 0) continue;
    const own = keys + <usize>start * sizeof<T>();
    if (sizeof<T>() <= 2 && count >= 1 << (<i32>sizeof<T>() << 3)) {
      countMedian<T>(own, count, out);
      continue;
    }
    const lower = (count - 1) >> 1;
    select<T>(own, count, lower);
    const middle = key<T>(own, lower);
    let largest = middle;
    let next = lower + 1 < count ? key<T>(own, lower + 1) : middle;
    for (let i = lower + 1; i < count; i++) {
      const other = key<T>(own, i);
      next = min(next, other);
      largest = max(largest, other);
    }
    store<T>(out, middle);
    store<T>(out, count & 1 ? middle : next, sizeof<T>());
    store<T>(out, largest, 2 * sizeof<T>());
  }
}

export function groupMedians(keys: usize, bytes: i32, offsets: usize, n: i32, out: usize): void {
  if (bytes == 1) medians<u8>(keys, offsets, n, out);
  else if (bytes == 2) medians<u16>(keys, offsets, n, out);
  else if (bytes == 4) medians<u32>(keys, offsets, n, out);
  else medians<u64>(keys, offsets, n, out);
}

// @ts-ignore: decorator
@inline
function leading(value: u64, shift: i32): u64 {
  return shift >= 64 ? 0 : value >> shift;
}

function digits<T>(keys: usize, count: i32, prefix: u64, shift: i32, bits: i32, counts: usize, ends: usize): void {
  const mask: u64 = (<u64>1 << bits) - 1;
  let above = load<u64>(ends);
  let largest = load<u64>(ends, 8);
  for (let i = 0; i < count; i++) {
    const value = <u64>key<T>(keys, i);
    const top = leading(value, shift + bits);
    if (top == prefix) {
      const counter = counts + (<usize>((value >> shift) & mask) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    } else if (top > prefix) above = min(above, value);
    largest = max(largest, value);
  }
  store<u64>(ends, above);
  store<u64>(ends, largest, 8);
}

// @ts-ignore: decorator
@inline
function countDigit(digit: u32, counts: usize): void {
  const counter = counts + (<usize>digit << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}

/** `digits` of 32-bit keys, four at a time: as a rule none of four has the prefix, or all have, where it has no bits. */
function wordDigits(keys: usize, count: i32, prefix: u64, shift: i32, bits: i32, counts: usize, ends: usize): void {
  const mask = i32x4.splat((1 << bits) - 1);
  const all = shift + bits == 32;
  const wanted = i32x4.splat(<i32>prefix);
  let above = i32x4.splat(-1);
  let largest = i32x4.splat(0);
  const whole = count & ~3;
  for (const end = keys + (<usize>whole << 2); keys < end; keys += 16) {
    const v = v128.load(keys);
    largest = i32x4.max_u(largest, v);
    const digit = v128.and(i32x4.shr_u(v, shift), mask);
    if (all) {
      countDigit(i32x4.extract_lane(digit, 0), counts);
      countDigit(i32x4.extract_lane(digit, 1), counts);
      countDigit(i32x4.extract_lane(digit, 2), counts);
      countDigit(i32x4.extract_lane(digit, 3), counts);
      continue;
    }
    const top = i32x4.shr_u(v, shift + bits);
    above = i32x4.min_u(above, v128.or(v, v128.not(i32x4.gt_u(top, wanted))));
    const same = i32x4.eq(top, wanted);
    if (!v128.any_true(same)) continue;
    if (i32x4.extract_lane(same, 0)) countDigit(i32x4.extract_lane(digit, 0), counts);
    if (i32x4.extract_lane(same, 1)) countDigit(i32x4.extract_lane(digit, 1), counts);
    if (i32x4.extract_lane(same, 2)) countDigit(i32x4.extract_lane(digit, 2), counts);
    if (i32x4.extract_lane(same, 3)) countDigit(i32x4.extract_lane(digit, 3), counts);
  }
  const next = leastLane(above);
  // All bits set may also stand for no key.
  if (next != u32.MAX_VALUE || hasLargest(largest, prefix, shift + bits))
    store<u64>(ends, min(load<u64>(ends), <u64>next));
  const most = ~leastLane(v128.not(largest));
  store<u64>(ends, max(load<u64>(ends, 8), <u64>most), 8);
  digits<u32>(keys, count - whole, prefix, shift, bits, counts, ends);
}

function leastLane(v: v128): u32 {
  const pairs = i32x4.min_u(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return <u32>i32x4.extract_lane(i32x4.min_u(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** Whether the key with all bits set is there, and larger than those with the prefix. */
function hasLargest(largest: v128, prefix: u64, shift: i32): bool {
  return (
    shift < 32 && <u64>(u32.MAX_VALUE >> shift) > prefix && v128.any_true(i32x4.eq(largest, i32x4.splat(-1)))
  );
}

export function countDigits(keys: usize, bytes: i32, count: i32, prefix: usize, shift: i32, bits: i32, counts: usize, ends: usize): void {
  const start = load<u64>(prefix);
  if (bytes == 1) digits<u8>(keys, count, start, shift, bits, counts, ends);
  else if (bytes == 2) digits<u16>(keys, count, start, shift, bits, counts, ends);
  else if (bytes == 4) wordDigits(keys, count, start, shift, bits, counts, ends);
  else digits<u64>(keys, count, start, shift, bits, counts, ends);
}

function matching<T>(keys: usize, count: i32, prefix: u64, shift: i32, out: usize, ends: usize): i32 {
  let above = load<u64>(ends);
  let largest = load<u64>(ends, 8);
  let n = 0;
  for (let i = 0; i < count; i++) {
    const value = key<T>(keys, i);
    const top = leading(<u64>value, shift);
    if (top == prefix) {
      store<T>(out + <usize>n * sizeof<T>(), value);
      n++;
    } else if (top > prefix) above = min(above, <u64>value);
    largest = max(largest, <u64>value);
  }
  store<u64>(ends, above);
  store<u64>(ends, largest, 8);
  return n;
}

export function keysWithPrefix(keys: usize, bytes: i32, count: i32, prefix: usize, shift: i32, out: usize, ends: usize): i32 {
  const start = load<u64>(prefix);
  if (bytes == 1) return matching<u8>(keys, count, start, shift, out, ends);
  if (bytes == 2) return matching<u16>(keys, count, start, shift, out, ends);
  if (bytes == 4) return matching<u32>(keys, count, start, shift, out, ends);
  return matching<u64>(keys, count, start, shift, out, ends);
}
