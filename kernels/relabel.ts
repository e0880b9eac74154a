// Labels to others, by table.

export function compressLabels(labels: usize, target: usize, count: i32, remap: usize, ids: usize): i32 {
  let k: u32 = 0;
  let previous: u32 = 0;
  let compressed: u32 = 0;
  const end = <usize>count << 2;
  for (let i: usize = 0; i < end; i += 4) {
    // As a rule neighbours are alike.
    while (i + 16 <= end && i32x4.all_true(i32x4.eq(v128.load(labels + i), i32x4.splat(previous)))) {
      v128.store(target + i, i32x4.splat(compressed));
      i += 16;
    }
    if (i >= end) break;
    const label = load<u32>(labels + i);
    if (label != previous) {
      previous = label;
      compressed = 0;
      if (label) {
        const entry = remap + (<usize>label << 2);
        compressed = load<u32>(entry);
        if (!compressed) {
          store<u32>(ids + (<usize>k << 2), label);
          store<u32>(entry, (compressed = ++k));
        }
      }
    }
    store<u32>(target + i, compressed);
  }
  for (let i: u32 = 0; i < k; i++) store<u32>(remap + (<usize>load<u32>(ids + (<usize>i << 2)) << 2), 0);
  return k;
}

export function relabel(source: usize, target: usize, lut: usize, count: i32): void {
  const zero = i32x4.splat(0);
  let i = 0;
  while (i < count) {
    if (i <= count - 4 && !v128.any_true(v128.load(source))) {
      v128.store(target, zero);
      i += 4;
      source += 16;
      target += 16;
      continue;
    }
    for (const stop = min(i + 4, count); i < stop; i++) {
      const label = load<u32>(source);
      store<u32>(target, label ? load<u32>(lut + (<usize>(label - 1) << 2)) : 0);
      source += 4;
      target += 4;
    }
  }
}
