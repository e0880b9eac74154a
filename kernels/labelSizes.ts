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
    while (i < end && load<u32>(labels + i) == label) i += 4;
    if (!label) continue;
    largest = max(largest, label);
    const entry = sizes + (<usize>label << 2);
    store<u32>(entry, load<u32>(entry) + <u32>((i - start) >> 2));
  }
  return largest;
}
