// Per-label measurements in one pass over runs of labels: a run is summed in registers and reaches the table once.
import { DType } from './dtype';
import { endOf, Runs, runsBefore, startOf } from './labelRuns';

/** Mirrors src/core/regionRow.ts, in bytes. */
namespace Row {
  export const COUNT: usize = 0;
  export const SUM: usize = 8;
  export const SUM_LOW: usize = 16;
  export const SQUARES: usize = 24;
  export const SQUARES_LOW: usize = 32;
  export const MINIMUM: usize = 40;
  export const MINIMUM_LOW: usize = 48;
  export const MAXIMUM: usize = 56;
  export const MAXIMUM_LOW: usize = 64;
  export const LOWEST: usize = 72;
  export const HIGHEST: usize = 104;
  export const COORDINATE_SUM: usize = 136;
  export const WEIGHTED_COORDINATE_SUM: usize = 168;
  export const MINIMUM_AT: usize = 200;
  export const MAXIMUM_AT: usize = 208;
  export const REFERENCE: usize = 216;
  export const BYTES: usize = 224;
}

function initialise(table: usize, n: i32): void {
  memory.fill(table, 0, <usize>n * Row.BYTES);
  for (let i = 0; i < n; i++) {
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

// @ts-ignore: decorator
@inline
function addInteger(row: usize, field: usize, value: i64): void {
  store<i64>(row + field, load<i64>(row + field) + value);
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
 * Adds the values of elements [start, end) of a row of the block, whose first element is `flat`, to a table row, and
 * returns their sum. Until `finish`, fields hold what adds up best: of small integers SUM and the two of SQUARES are i64
 * (squares of 32-bit values by their halves); of 64-bit ones the halves of SUM, and MINIMUM and MAXIMUM as they are.
 */
// @ts-ignore: decorator
@inline
function addValues<T>(values: usize, flat: i32, start: i32, end: i32, row: usize): f64 {
  if (isFloat<T>() || sizeof<T>() == 8) return addRelative<T>(values, flat, start, end, row);
  let sum: i64 = 0;
  let squares: u64 = 0;
  let highSquares: u64 = 0;
  let weighted: f64 = 0;
  let low = load<T>(values + <usize>(flat + start) * sizeof<T>());
  let high = low;
  let lowAt = start;
  let highAt = start;
  for (let x = start; x < end; x++) {
    const value = load<T>(values + <usize>(flat + x) * sizeof<T>());
    sum += <i64>value;
    const square = <u64>(<i64>value * <i64>value);
    if (sizeof<T>() == 4) {
      squares += square & 0xffffffff;
      highSquares += square >> 32;
    } else {
      squares += square;
    }
    weighted += <f64>value * <f64>x;
    if (value < low) {
      low = value;
      lowAt = x;
    }
    if (value > high) {
      high = value;
      highAt = x;
    }
  }
  addInteger(row, Row.SUM, sum);
  addInteger(row, Row.SQUARES_LOW, squares);
  if (sizeof<T>() == 4) addInteger(row, Row.SQUARES, highSquares);
  addTo(row, Row.WEIGHTED_COORDINATE_SUM + 24, weighted);
  const first = load<f64>(row) == 0;
  if (first || <f64>low < load<f64>(row, Row.MINIMUM)) {
    store<f64>(row, <f64>low, Row.MINIMUM);
    store<f64>(row, <f64>(flat + lowAt), Row.MINIMUM_AT);
  }
  if (first || <f64>high > load<f64>(row, Row.MAXIMUM)) {
    store<f64>(row, <f64>high, Row.MAXIMUM);
    store<f64>(row, <f64>(flat + highAt), Row.MAXIMUM_AT);
  }
  return <f64>sum;
}

/**
 * The same for values whose squares do not fit: they are taken relative to the label's first value, or squares of large
 * values would leave no digits for their spread.
 */
// @ts-ignore: decorator
@inline
function addRelative<T>(values: usize, flat: i32, start: i32, end: i32, row: usize): f64 {
  let sum: f64 = 0;
  let squares: f64 = 0;
  let weighted: f64 = 0;
  let sumLow: i64 = 0;
  let sumHigh: i64 = 0;
  let low = load<T>(values + <usize>(flat + start) * sizeof<T>());
  let high = low;
  const first = load<f64>(row) == 0;
  if (first) {
    if (!isFloat<T>()) store<T>(row, low, Row.REFERENCE);
    else if (isFinite(<f64>low)) store<f64>(row, <f64>low, Row.REFERENCE);
  }
  const reference = load<T>(row, Row.REFERENCE);
  const relativeTo = isFloat<T>() ? load<f64>(row, Row.REFERENCE) : <f64>reference;
  let lowAt = start;
  let highAt = start;
  for (let x = start; x < end; x++) {
    const raw = load<T>(values + <usize>(flat + x) * sizeof<T>());
    const value = isFloat<T>() ? <f64>raw - relativeTo : difference<T>(raw, reference);
    sum += value;
    if (!isFloat<T>()) {
      sumLow += <i64>(<u64>raw & 0xffffffff);
      sumHigh += <i64>(raw >> (<T>32));
    }
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
  if (isFloat<T>()) {
    addTo(row, Row.SUM, sum);
  } else {
    addInteger(row, Row.SUM, sumHigh);
    addInteger(row, Row.SUM_LOW, sumLow);
    // Of the differences, for the squares.
    addTo(row, Row.SQUARES_LOW, sum);
  }
  addTo(row, Row.SQUARES, squares);
  addTo(row, Row.WEIGHTED_COORDINATE_SUM + 24, weighted);
  if (isFloat<T>()) {
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
  } else {
    if (first || low < load<T>(row, Row.MINIMUM)) {
      store<T>(row, low, Row.MINIMUM);
      store<f64>(row, <f64>(flat + lowAt), Row.MINIMUM_AT);
    }
    if (first || high > load<T>(row, Row.MAXIMUM)) {
      store<T>(row, high, Row.MAXIMUM);
      store<f64>(row, <f64>(flat + highAt), Row.MAXIMUM_AT);
    }
  }
  return sum;
}

/** Of 64-bit integers, as float64 would hold neither. */
// @ts-ignore: decorator
@inline
function difference<T>(a: T, b: T): f64 {
  if (isFloat<T>()) return 0;
  const d = <i64>a - <i64>b;
  // Wrapped unless the sign is that of the comparison.
  return d < 0 == a < b ? <f64>d : <f64>a - <f64>b;
}

const LIMB: u64 = 0xffffffffffff;

/** The integer high x 2^32 + low in the two parts that rows have. */
// @ts-ignore: decorator
@inline
function storeLimbs(field: usize, high: i64, low: u64): void {
  const rest = (<u64>(high & 0xffff) << 32) + low;
  store<f64>(field, <f64>((high >> 16) + <i64>(rest >> 48)));
  store<f64>(field, <f64>(rest & LIMB), 8);
}

/** Brings rows to the layout that they have outside. */
function finish<T>(table: usize, n: i32): void {
  for (const end = table + <usize>n * Row.BYTES; table < end; table += Row.BYTES) {
    const count = load<f64>(table);
    if (count == 0) continue;
    if (!isFloat<T>() && sizeof<T>() < 8) {
      const sum = load<i64>(table, Row.SUM);
      storeLimbs(table + Row.SUM, sum >> 32, sum & 0xffffffff);
      storeLimbs(table + Row.SQUARES, load<i64>(table, Row.SQUARES), load<u64>(table, Row.SQUARES_LOW));
      continue;
    }
    const reference = isFloat<T>() ? load<f64>(table, Row.REFERENCE) : <f64>load<T>(table, Row.REFERENCE);
    const sum = isFloat<T>() ? load<f64>(table, Row.SUM) : load<f64>(table, Row.SQUARES_LOW);
    store<f64>(table, max(load<f64>(table, Row.SQUARES) - (sum * sum) / count, 0), Row.SQUARES);
    if (isFloat<T>()) {
      store<f64>(table, reference, Row.SUM_LOW);
    } else {
      store<f64>(table, 0, Row.SQUARES_LOW);
      storeLimbs(table + Row.SUM, load<i64>(table, Row.SUM), load<u64>(table, Row.SUM_LOW));
      storeExtreme<T>(table + Row.MINIMUM);
      storeExtreme<T>(table + Row.MAXIMUM);
    }
    for (let axis = 0; axis < 4; axis++) {
      const field = table + (<usize>axis << 3);
      addTo(field, Row.WEIGHTED_COORDINATE_SUM, reference * load<f64>(field, Row.COORDINATE_SUM));
    }
    store<f64>(table, 0, Row.REFERENCE);
  }
}

// @ts-ignore: decorator
@inline
function storeExtreme<T>(field: usize): void {
  const value = load<T>(field);
  store<f64>(field, <f64>(value >> (<T>48)));
  store<f64>(field, <f64>(<u64>value & LIMB), 8);
}

/** Adds elements [start, end) of a row of the block, whose place is i, j, k and whose first element is `flat`. */
function addRun<T>(
  row: usize,
  values: usize,
  flat: i32,
  start: i32,
  end: i32,
  i: i32,
  j: i32,
  k: i32,
): void {
  const sum = values ? addValues<T>(values, flat, start, end, row) : 0;
  const count = <f64>(end - start);
  addTo(row, Row.COUNT, count);
  addAxis(row, 0, <f64>i, count, sum);
  addAxis(row, 1, <f64>j, count, sum);
  addAxis(row, 2, <f64>k, count, sum);
  if (<f64>start < load<f64>(row, Row.LOWEST + 24)) store<f64>(row, <f64>start, Row.LOWEST + 24);
  if (<f64>(end - 1) > load<f64>(row, Row.HIGHEST + 24)) store<f64>(row, <f64>(end - 1), Row.HIGHEST + 24);
  addTo(row, Row.COORDINATE_SUM + 24, count * <f64>(start + end - 1) * 0.5);
}

function reduceRegions<T>(runs: usize, values: usize, shape: usize, n: i32, table: usize): void {
  const width = load<i32>(shape, 12);
  const bounds = load<usize>(runs, Runs.BOUNDS);
  const labels = load<usize>(runs, Runs.LABELS);
  initialise(table, n);
  let line = 0;
  let r = 0;
  for (let i = 0; i < load<i32>(shape); i++) {
    for (let j = 0; j < load<i32>(shape, 4); j++) {
      for (let k = 0; k < load<i32>(shape, 8); k++) {
        const flat = line * width;
        for (const end = runsBefore(runs, ++line); r < end; r++) {
          const row = table + <usize>(load<u32>(labels + (<usize>r << 2)) - 1) * Row.BYTES;
          addRun<T>(row, values, flat, startOf(bounds, r) - flat, endOf(bounds, r) - flat, i, j, k);
        }
      }
    }
  }
  if (values) finish<T>(table, n);
}

export function regionReduce(runs: usize, values: usize, dtype: i32, shape: usize, n: i32, table: usize): void {
  switch (dtype) {
    case DType.BOOL:
    case DType.UINT8:
      return reduceRegions<u8>(runs, values, shape, n, table);
    case DType.INT8:
      return reduceRegions<i8>(runs, values, shape, n, table);
    case DType.INT16:
      return reduceRegions<i16>(runs, values, shape, n, table);
    case DType.UINT16:
      return reduceRegions<u16>(runs, values, shape, n, table);
    case DType.INT32:
      return reduceRegions<i32>(runs, values, shape, n, table);
    case DType.UINT32:
      return reduceRegions<u32>(runs, values, shape, n, table);
    case DType.INT64:
      return reduceRegions<i64>(runs, values, shape, n, table);
    case DType.UINT64:
      return reduceRegions<u64>(runs, values, shape, n, table);
    case DType.FLOAT32:
      return reduceRegions<f32>(runs, values, shape, n, table);
    case DType.FLOAT64:
      return reduceRegions<f64>(runs, values, shape, n, table);
    default:
      unreachable();
  }
}
