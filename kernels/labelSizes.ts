// Small tables of block labels.

/** sizes[label] is the number of elements that hold it; returns the largest label. */
export function labelSizes(labels: usize, count: i32, sizes: usize): u32 {
  let largest: u32 = 0;
  let i: usize = 0;
  const end = <usize>count << 2;
  while (i < end) {
    const label = load<u32>(labels + i);
    const start = i;
    i += 4;
    while (i + 16 <= end && i32x4.all_true(i32x4.eq(v128.load(labels + i), i32x4.splat(label)))) i += 16;
    while (i < end && load<u32>(labels + i) == label) i += 4;
    if (!label) continue;
    largest = max(largest, label);
    const entry = sizes + (<usize>label << 2);
    store<u32>(entry, load<u32>(entry) + <u32>((i - start) >> 2));
  }
  return largest;
}

/** The largest of `count` labels (u32). */
export function largestLabel(labels: usize, count: i32): u32 {
  let most = i32x4.splat(0);
  const end = labels + (<usize>count << 2);
  for (; labels + 16 <= end; labels += 16) most = i32x4.max_u(most, v128.load(labels));
  let largest: u32 = 0;
  for (; labels < end; labels += 4) largest = max(largest, load<u32>(labels));
  largest = max(largest, <u32>i32x4.extract_lane(most, 0));
  largest = max(largest, <u32>i32x4.extract_lane(most, 1));
  largest = max(largest, <u32>i32x4.extract_lane(most, 2));
  return max(largest, <u32>i32x4.extract_lane(most, 3));
}
