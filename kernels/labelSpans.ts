// Elements of each label next to each other: labels are seen once, as spans of equal ones.

/** u32 of a span: number of its label, first element, one past its last. */
const SPAN: usize = 12;

/**
 * The spans of labels (u32, 0 is none), and how many those are. Labels are numbered 1..k as they appear: `ids` has them,
 * `sizes` (zeroed u32 x (k + 1)) their elements, and k at 0. `remap` is a zeroed u32 table of the largest label + 1.
 */
export function labelSpans(labels: usize, count: i32, remap: usize, ids: usize, sizes: usize, spans: usize): i32 {
  const first = spans;
  const end = <usize>count << 2;
  let k: u32 = 0;
  let i: usize = 0;
  while (i < end) {
    const label = load<u32>(labels + i);
    const same = i32x4.splat(label);
    const start = i;
    i += 4;
    while (i + 16 <= end && i32x4.all_true(i32x4.eq(v128.load(labels + i), same))) i += 16;
    while (i < end && load<u32>(labels + i) == label) i += 4;
    if (!label) continue;
    const entry = remap + (<usize>label << 2);
    let number = load<u32>(entry);
    if (!number) {
      store<u32>(ids + (<usize>k << 2), label);
      store<u32>(entry, (number = ++k));
    }
    const size = sizes + (<usize>number << 2);
    store<u32>(size, load<u32>(size) + <u32>((i - start) >> 2));
    store<u32>(spans, number);
    store<u32>(spans, <u32>(start >> 2), 4);
    store<u32>(spans, <u32>(i >> 2), 8);
    spans += SPAN;
  }
  store<u32>(sizes, k);
  return <i32>((spans - first) / SPAN);
}

/** Copies a few bytes, in two pieces that overlap where that takes fewer: nothing beyond them may be written. */
// @ts-ignore: decorator
@inline
function copyRun(source: usize, target: usize, bytes: usize): void {
  if (bytes > 32) {
    memory.copy(target, source, bytes);
  } else if (bytes >= 16) {
    const end = v128.load(source + bytes - 16);
    v128.store(target, v128.load(source));
    v128.store(target + bytes - 16, end);
  } else if (bytes >= 8) {
    const end = load<u64>(source + bytes - 8);
    store<u64>(target, load<u64>(source));
    store<u64>(target + bytes - 8, end);
  } else if (bytes >= 4) {
    const end = load<u32>(source + bytes - 4);
    store<u32>(target, load<u32>(source));
    store<u32>(target + bytes - 4, end);
  } else if (bytes >= 2) {
    const end = load<u16>(source + bytes - 2);
    store<u16>(target, load<u16>(source));
    store<u16>(target + bytes - 2, end);
  } else {
    store<u8>(target, load<u8>(source));
  }
}

function group<T>(spans: usize, spanCount: i32, source: usize, cursors: usize, target: usize): void {
  for (const end = spans + <usize>spanCount * SPAN; spans < end; spans += SPAN) {
    const cursor = cursors + (<usize>load<u32>(spans) << 2);
    const at = load<i32>(cursor);
    if (at < 0) continue;
    const start = load<i32>(spans, 4);
    const stop = load<i32>(spans, 8);
    store<i32>(cursor, at + stop - start);
    if (source) {
      const bytes = <usize>(stop - start) * sizeof<T>();
      copyRun(source + <usize>start * sizeof<T>(), target + <usize>at * sizeof<T>(), bytes);
    } else {
      for (let k = start; k < stop; k++) store<u32>(target + (<usize>(at + k - start) << 2), k);
    }
  }
}

export function groupSpans(
  spans: usize,
  spanCount: i32,
  source: usize,
  bytes: i32,
  cursors: usize,
  target: usize,
): void {
  if (bytes == 1) group<u8>(spans, spanCount, source, cursors, target);
  else if (bytes == 2) group<u16>(spans, spanCount, source, cursors, target);
  else if (bytes == 4) group<u32>(spans, spanCount, source, cursors, target);
  else group<u64>(spans, spanCount, source, cursors, target);
}
