// Per-label measurements in one pass, and renumbering of labels. Pixels are taken by horizontal runs of one label:
// a run is summed in registers and reaches the table once.
import { DType } from './dtype';

/** Mirrors src/core/regionRow.ts, in bytes. */
namespace Row {
  export const COUNT: usize = 0;
  export const SUM: usize = 8;
  export const DEVIATIONS: usize = 16;
  export const MINIMUM: usize = 24;
  export const MAXIMUM: usize = 32;
  export const LOWEST: usize = 40;
  export const HIGHEST: usize = 72;
  export const COORDINATE_SUM: usize = 104;
  export const WEIGHTED_COORDINATE_SUM: usize = 136;
  export const MINIMUM_AT: usize = 168;
  export const MAXIMUM_AT: usize = 176;
  export const REFERENCE: usize = 184;
  export const BYTES: usize = 192;
}

function initialise(table: usize, n: i32): void {
  memory.fill(table, 0, <usize>n * Row.BYTES);
  for (let i = 0; i < n; i++) {
    store<f64>(table, Infinity, Row.MINIMUM);
    store<f64>(table, -Infinity, Row.MAXIMUM);
    for (let axis = 0; axis < 4; axis++) {
      store<f64>(table + (<usize>axis << 3), Infinity, Row.LOWEST);
      store<f64>(table + (<usize>axis << 3), -Infinity, Row.HIGHEST);
    }
    store<f64>(table, -1, Row.MINIMUM_AT);
    store<f64>(table, -1, Row.MAXIMUM_AT);
    table += Row.BYTES;
  }
}

// @ts-ignore: decorator
@inline
function addTo(row: usize, field: usize, value: f64): void {
  store<f64>(row + field, load<f64>(row + field) + value);
}

/** One axis along which the whole run has the same coordinate. */
// @ts-ignore: decorator
@inline
function addAxis(row: usize, axis: usize, coordinate: f64, count: f64, sum: f64): void {
  const field = row + (axis << 3);
  if (coordinate < load<f64>(field, Row.LOWEST)) store<f64>(field, coordinate, Row.LOWEST);
  if (coordinate > load<f64>(field, Row.HIGHEST)) store<f64>(field, coordinate, Row.HIGHEST);
  addTo(field, Row.COORDINATE_SUM, coordinate * count);
  addTo(field, Row.WEIGHTED_COORDINATE_SUM, coordinate * sum);
}

/**
 * Adds the values of elements [start, end) of a row of the block, whose first element is `flat`, to a table row; they
 * are taken relative to the label's first value, or squares of large values would leave no digits for their spread.
 */
// @ts-ignore: decorator
@inline
function addValues<T>(values: usize, flat: i32, start: i32, end: i32, row: usize): f64 {
  let sum: f64 = 0;
  let squares: f64 = 0;
  let weighted: f64 = 0;
  let low = load<T>(values + <usize>(flat + start) * sizeof<T>());
  let high = low;
  const first = load<f64>(row) == 0;
  if (first && (!isFloat<T>() || isFinite(<f64>low))) store<f64>(row, <f64>low, Row.REFERENCE);
  const reference = load<f64>(row, Row.REFERENCE);
  let lowAt = start;
  let highAt = start;
  for (let x = start; x < end; x++) {
    const raw = load<T>(values + <usize>(flat + x) * sizeof<T>());
    const value = <f64>raw - reference;
    sum += value;
    squares += value * value;
    weighted += value * <f64>x;
    // As SciPy, which sorts NaN last: it is the minimum only when alone, and always the maximum.
    if (raw < low || (isFloat<T>() && low != low && raw == raw)) {
      low = raw;
      lowAt = x;
    }
    if (raw > high || (isFloat<T>() && raw != raw && high == high)) {
      high = raw;
      highAt = x;
    }
  }
  addTo(row, Row.SUM, sum);
  addTo(row, Row.DEVIATIONS, squares);
  addTo(row, Row.WEIGHTED_COORDINATE_SUM + 24, weighted);
  const minimum = load<f64>(row, Row.MINIMUM);
  const maximum = load<f64>(row, Row.MAXIMUM);
  if (first || <f64>low < minimum || (minimum != minimum && low == low)) {
    store<f64>(row, <f64>low, Row.MINIMUM);
    store<f64>(row, <f64>(flat + lowAt), Row.MINIMUM_AT);
  }
  if (first || <f64>high > maximum || (high != high && maximum == maximum)) {
    store<f64>(row, <f64>high, Row.MAXIMUM);
    store<f64>(row, <f64>(flat + highAt), Row.MAXIMUM_AT);
  }
  return sum;
}

/** Turns what was summed relative to each label's reference into sums of values, and of squares about the mean. */
function removeReference(table: usize, n: i32): void {
  for (const end = table + <usize>n * Row.BYTES; table < end; table += Row.BYTES) {
    const count = load<f64>(table);
    if (count == 0) continue;
    const reference = load<f64>(table, Row.REFERENCE);
    const sum = load<f64>(table, Row.SUM);
    store<f64>(table, max(load<f64>(table, Row.DEVIATIONS) - (sum * sum) / count, 0), Row.DEVIATIONS);
    store<f64>(table, sum + count * reference, Row.SUM);
    for (let axis = 0; axis < 4; axis++) {
      const field = table + (<usize>axis << 3);
      addTo(field, Row.WEIGHTED_COORDINATE_SUM, reference * load<f64>(field, Row.COORDINATE_SUM));
    }
    store<f64>(table, 0, Row.REFERENCE);
  }
}

/** First position in [x, width) of a row of labels that is not background. */
// @ts-ignore: decorator
@inline
function skipBackground(labels: usize, x: i32, width: i32): i32 {
  while (x <= width - 4 && !v128.any_true(v128.load(labels + (<usize>x << 2)))) x += 4;
  while (x < width && !load<u32>(labels + (<usize>x << 2))) x++;
  return x;
}

function reduceRegions<T>(labels: usize, values: usize, shape: usize, n: i32, table: usize): void {
  const width = load<i32>(shape, 12);
  initialise(table, n);
  let flat = 0;
  for (let i = 0; i < load<i32>(shape); i++) {
    for (let j = 0; j < load<i32>(shape, 4); j++) {
      for (let k = 0; k < load<i32>(shape, 8); k++) {
        const line = labels + (<usize>flat << 2);
        let x = skipBackground(line, 0, width);
        while (x < width) {
          const label = load<u32>(line + (<usize>x << 2));
          const start = x;
          while (++x < width && load<u32>(line + (<usize>x << 2)) == label) {}
          if (label - 1 < <u32>n) {
            const row = table + <usize>(label - 1) * Row.BYTES;
            const sum = values ? addValues<T>(values, flat, start, x, row) : 0;
            const count = <f64>(x - start);
            addTo(row, Row.COUNT, count);
            addAxis(row, 0, <f64>i, count, sum);
            addAxis(row, 1, <f64>j, count, sum);
            addAxis(row, 2, <f64>k, count, sum);
            if (<f64>start < load<f64>(row, Row.LOWEST + 24)) store<f64>(row, <f64>start, Row.LOWEST + 24);
            if (<f64>(x - 1) > load<f64>(row, Row.HIGHEST + 24)) store<f64>(row, <f64>(x - 1), Row.HIGHEST + 24);
            addTo(row, Row.COORDINATE_SUM + 24, count * <f64>(start + x - 1) * 0.5);
          }
          x = skipBackground(line, x, width);
        }
        flat += width;
      }
    }
  }
  if (values) removeReference(table, n);
}

export function regionReduce(labels: usize, values: usize, dtype: i32, shape: usize, n: i32, table: usize): void {
  switch (dtype) {
    case DType.BOOL:
    case DType.UINT8:
      return reduceRegions<u8>(labels, values, shape, n, table);
    case DType.INT8:
      return reduceRegions<i8>(labels, values, shape, n, table);
    case DType.INT16:
      return reduceRegions<i16>(labels, values, shape, n, table);
    case DType.UINT16:
      return reduceRegions<u16>(labels, values, shape, n, table);
    case DType.INT32:
      return reduceRegions<i32>(labels, values, shape, n, table);
    case DType.UINT32:
      return reduceRegions<u32>(labels, values, shape, n, table);
    case DType.INT64:
      return reduceRegions<i64>(labels, values, shape, n, table);
    case DType.UINT64:
      return reduceRegions<u64>(labels, values, shape, n, table);
    case DType.FLOAT32:
      return reduceRegions<f32>(labels, values, shape, n, table);
    case DType.FLOAT64:
      return reduceRegions<f64>(labels, values, shape, n, table);
    default:
      unreachable();
  }
}

export function compressLabels(labels: usize, target: usize, count: i32, remap: usize, ids: usize): i32 {
  let k: u32 = 0;
  let previous: u32 = 0;
  let compressed: u32 = 0;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
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
