// Spline interpolation of a block at affine or given coordinates. Values are float64 until the row is stored.
import { CHUNK, chunk } from './chunk';
import { DType } from './dtype';
import { widen } from './lanes';
import { storeRounded } from './round';
import { mapCoordinate, mapTap, Mode, splineWeights } from './spline';

/** Positions in the i32 parameters; src/ops/ndinterp/geometry.ts writes them. */
namespace Field {
  export const RANK: usize = 0;
  export const ORDER: usize = 4;
  export const MODE: usize = 8;
  export const OUTPUT_SHAPE: usize = 16;
  export const OUTPUT_START: usize = 32;
  export const BATCH_STRIDE: usize = 48;
  export const SLOT: usize = 64;
  export const LENGTH: usize = 80;
  export const BLOCK_START: usize = 96;
  export const STRIDE: usize = 112;
  export const EXTENT: usize = 128;
}

const MAX_TAPS = 6;
/** Offsets (i32) and weights (f64) of the taps along each of four axes. */
const taps = memory.data(4 * MAX_TAPS * 4, 16);
const weights = memory.data(4 * MAX_TAPS * 8, 16);
/** Offset and weight of every combination of taps of all axes but the last. */
const rowOffsets = memory.data(MAX_TAPS * MAX_TAPS * MAX_TAPS * 4, 16);
const rowWeights = memory.data(MAX_TAPS * MAX_TAPS * MAX_TAPS * 8, 16);
/** Coordinates summed over all output axes but the last interpolated one. */
const prefix = memory.data(4 * 8, 16);

// @ts-ignore: decorator
@inline
function field(params: usize, name: usize, at: i32): i32 {
  return load<i32>(params + name + (<usize>at << 2));
}

// @ts-ignore: decorator
@inline
function tapsOf(axis: i32): usize {
  return taps + <usize>(axis * MAX_TAPS * 4);
}

// @ts-ignore: decorator
@inline
function weightsOf(axis: i32): usize {
  return weights + <usize>(axis * MAX_TAPS * 8);
}

/** Finds the taps around coordinate `c` of an axis; false where the result is the constant. */
function place(params: usize, axis: i32, c: f64): bool {
  const order = load<i32>(params, Field.ORDER);
  const mode = load<i32>(params, Field.MODE);
  const length = field(params, Field.LENGTH, axis);
  if (mode == Mode.NEAREST || mode == Mode.GRID_CONSTANT) {
    if (c != c) return false;
    c = max(-1e9, min(1e9, c));
  } else {
    c = mapCoordinate(c, length, mode);
    if (!(c > -1)) return false;
  }
  const first = <i32>floor(order & 1 ? c : c + 0.5) - (order >> 1);
  const start = field(params, Field.BLOCK_START, axis);
  const stride = field(params, Field.STRIDE, axis);
  const last = field(params, Field.EXTENT, axis) - 1;
  const into = tapsOf(axis);
  const inside = first >= 0 && first + order < length;
  for (let tap = 0; tap <= order; tap++) {
    // Coordinates that are computed may differ by a last bit from those that the block was chosen by.
    const at = inside ? first + tap : mapTap(first + tap, length, mode);
    store<i32>(into + (<usize>tap << 2), at < 0 ? -1 : max(0, min(at - start, last)) * stride);
  }
  if (order > 0) splineWeights(c, order, weightsOf(axis));
  else store<f64>(weightsOf(axis), 1);
  return true;
}

/** Combines the taps of all axes but the last; returns how many combinations there are. */
function combine(rank: i32, order: i32, tapTable: usize, weightTable: usize, pitch: i32): i32 {
  store<i32>(rowOffsets, 0);
  store<f64>(rowWeights, 1);
  let count = 1;
  for (let axis = 0; axis < rank - 1; axis++) {
    const axisTaps = tapTable + <usize>(axis * pitch * 4);
    const axisWeights = weightTable + <usize>(axis * pitch * 8);
    // Backwards, since entry i makes entries from i (order + 1) on.
    for (let i = count - 1; i >= 0; i--) {
      const offset = load<i32>(rowOffsets + (<usize>i << 2));
      const weight = load<f64>(rowWeights + (<usize>i << 3));
      for (let tap = order; tap >= 0; tap--) {
        const at = load<i32>(axisTaps + (<usize>tap << 2));
        const into = <usize>(i * (order + 1) + tap);
        store<i32>(rowOffsets + (into << 2), offset < 0 || at < 0 ? -1 : offset + at);
        store<f64>(rowWeights + (into << 3), weight * load<f64>(axisWeights + (<usize>tap << 3)));
      }
    }
    count *= order + 1;
  }
  return count;
}

/** The weighted sum over the combined rows and the last axis' taps. */
// @ts-ignore: decorator
@inline
function sumTaps<T>(input: usize, rows: i32, order: i32, lastTaps: usize, lastWeights: usize, cval: f64): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = load<i32>(rowOffsets + (<usize>row << 2));
    const weight = load<f64>(rowWeights + (<usize>row << 3));
    const line = input + <usize>offset * sizeof<T>();
    let sum: f64 = 0;
    for (let tap = 0; tap <= order; tap++) {
      const at = load<i32>(lastTaps + (<usize>tap << 2));
      const value = offset < 0 || at < 0 ? cval : <f64>load<T>(line + <usize>at * sizeof<T>());
      const factor = load<f64>(lastWeights + (<usize>tap << 3));
      // Booleans are truncated: their sums must round as SciPy's do.
      if (isBoolean<T>()) total += value * weight * factor;
      else sum += value * factor;
    }
    if (!isBoolean<T>()) total += weight * sum;
  }
  return total;
}

function gatherBlock<T>(
  input: usize,
  output: usize,
  outputType: i32,
  params: usize,
  transform: usize,
  coordinates: usize,
  cval: f64,
): void {
  const rank = load<i32>(params, Field.RANK);
  const order = load<i32>(params, Field.ORDER);
  const width = field(params, Field.OUTPUT_SHAPE, 3);
  const slot = field(params, Field.SLOT, 3);
  const batch = field(params, Field.BATCH_STRIDE, 3);
  const lastTaps = tapsOf(rank - 1);
  const lastWeights = weightsOf(rank - 1);
  for (let a = 0; a < field(params, Field.OUTPUT_SHAPE, 0); a++) {
    for (let b = 0; b < field(params, Field.OUTPUT_SHAPE, 1); b++) {
      for (let c = 0; c < field(params, Field.OUTPUT_SHAPE, 2); c++) {
        const planes =
          a * field(params, Field.BATCH_STRIDE, 0) +
          b * field(params, Field.BATCH_STRIDE, 1) +
          c * field(params, Field.BATCH_STRIDE, 2);
        for (let axis = 0; axis < rank; axis++) {
          let sum: f64 = 0;
          for (let d = 0; d < 3; d++) {
            const along = field(params, Field.SLOT, d);
            if (along < 0) continue;
            const at = (d == 0 ? a : d == 1 ? b : c) + field(params, Field.OUTPUT_START, d);
            sum += <f64>at * load<f64>(transform + (<usize>(axis * 4 + along) << 3));
          }
          store<f64>(prefix + (<usize>axis << 3), sum);
        }
        let line = input + <usize>planes * sizeof<T>();
        let rows = 0;
        for (let x = 0; x < width; x += CHUNK) {
          const count = min(CHUNK, width - x);
          for (let i = 0; i < count; i++) {
            // Along a batch axis the coordinates stay the same.
            if (slot >= 0 || coordinates != 0 || (x == 0 && i == 0)) {
              rows = 1;
              for (let axis = 0; axis < rank; axis++) {
                let at: f64;
                if (coordinates != 0) {
                  at = load<f64>(coordinates + (<usize>(axis * width + x + i) << 3)) + load<f64>(transform, 160);
                } else {
                  at = load<f64>(prefix + (<usize>axis << 3));
                  if (slot >= 0) {
                    const along = <f64>(x + i + field(params, Field.OUTPUT_START, 3));
                    at += along * load<f64>(transform + (<usize>(axis * 4 + slot) << 3));
                  }
                  at += load<f64>(transform + (<usize>axis << 3), 128);
                  at += load<f64>(transform, 160);
                }
                if (!place(params, axis, at)) {
                  rows = 0;
                  break;
                }
              }
              if (rows > 0) rows = combine(rank, order, taps, weights, MAX_TAPS);
            }
            const value = rows == 0 ? cval : sumTaps<T>(line, rows, order, lastTaps, lastWeights, cval);
            store<f64>(chunk + (<usize>i << 3), value);
            line += <usize>batch * sizeof<T>();
          }
          output = storeRounded(chunk, output, outputType, count);
        }
      }
    }
  }
}

/** rowSum += weight * row, `count` elements of T rounded up to pairs. */
function addRow<T>(source: usize, rowSum: usize, count: i32, weight: f64): void {
  const factor = f64x2.splat(weight);
  for (let x = 0; x < count; x += CHUNK) {
    const size = min(CHUNK, count - x);
    widen<T, f64>(source + <usize>x * sizeof<T>(), chunk, size);
    for (let i = 0; i < size; i += 2) {
      const into = rowSum + (<usize>(x + i) << 3);
      const value = v128.load(chunk + (<usize>i << 3));
      v128.store(into, f64x2.add(v128.load(into), f64x2.mul(value, factor)));
    }
  }
}

/** Outputs [x, x + count) of a row along the last axis, from the combined row. */
// @ts-ignore: decorator
@inline
function gatherRow(rowSum: usize, x: i32, count: i32, order: i32, tapTable: usize, weightTable: usize, cval: f64, cvalSum: f64): void {
  for (let i = 0; i < count; i++) {
    const at = <usize>((x + i) * (order + 1));
    let total: f64 = 0;
    for (let tap = 0; tap <= order; tap++) {
      const index = load<i32>(tapTable + ((at + tap) << 2));
      if (index == -2) {
        total = cval;
        break;
      }
      const value = index < 0 ? cvalSum : load<f64>(rowSum + (<usize>index << 3));
      total += value * load<f64>(weightTable + ((at + tap) << 3));
    }
    store<f64>(chunk + (<usize>i << 3), total);
  }
}

/** Taps and weights of every output index, axis after axis; a position that is all constant has -2 for its first tap. */
function fillTables(params: usize, rank: i32, size: i32, positions: usize, tapTables: usize, weightTables: usize): void {
  for (let axis = 0; axis < rank; axis++) {
    const count = field(params, Field.OUTPUT_SHAPE, 4 - rank + axis);
    for (let i = 0; i < count; i++) {
      if (place(params, axis, load<f64>(positions))) {
        memory.copy(tapTables, tapsOf(axis), size << 2);
        memory.copy(weightTables, weightsOf(axis), size << 3);
      } else {
        store<i32>(tapTables, -2);
      }
      positions += 8;
      tapTables += <usize>size << 2;
      weightTables += <usize>size << 3;
    }
  }
}

function gatherAxesBlock<T>(
  input: usize,
  output: usize,
  outputType: i32,
  params: usize,
  positions: usize,
  positionCount: i32,
  blockWidth: i32,
  cval: f64,
  scratch: usize,
): void {
  const rank = load<i32>(params, Field.RANK);
  const order = load<i32>(params, Field.ORDER);
  const size = order + 1;
  const lead = 4 - rank;
  const width = field(params, Field.OUTPUT_SHAPE, 3);
  const height = field(params, Field.OUTPUT_SHAPE, 2);
  const depth = field(params, Field.OUTPUT_SHAPE, 1);
  const weightTables = scratch + (<usize>(blockWidth + 2) << 3);
  const tapTables = weightTables + (<usize>(positionCount * size) << 3);
  fillTables(params, rank, size, positions, tapTables, weightTables);
  const before = (positionCount - width) * size;
  const lastTaps = tapTables + (<usize>before << 2);
  const lastWeights = weightTables + (<usize>before << 3);
  const lines = field(params, Field.OUTPUT_SHAPE, 0) * depth * height;
  for (let line = 0; line < lines; line++) {
    let constant = false;
    let from = 0;
    for (let axis = 0; axis < rank - 1; axis++) {
      const d = lead + axis;
      const at = d == 2 ? line % height : d == 1 ? (line / height) % depth : line / (height * depth);
      const entry = <usize>(from + at * size);
      memory.copy(tapsOf(axis), tapTables + (entry << 2), size << 2);
      memory.copy(weightsOf(axis), weightTables + (entry << 3), size << 3);
      if (load<i32>(tapsOf(axis)) == -2) constant = true;
      from += field(params, Field.OUTPUT_SHAPE, d) * size;
    }
    const rows = constant ? 0 : combine(rank, order, taps, weights, MAX_TAPS);
    if (isBoolean<T>()) {
      for (let x = 0; x < width; x += CHUNK) {
        const count = min(CHUNK, width - x);
        for (let i = 0; i < count; i++) {
          const at = <usize>((x + i) * size);
          const none = constant || load<i32>(lastTaps + (at << 2)) == -2;
          const value = none
            ? cval
            : sumTaps<T>(input, rows, order, lastTaps + (at << 2), lastWeights + (at << 3), cval);
          store<f64>(chunk + (<usize>i << 3), value);
        }
        output = storeRounded(chunk, output, outputType, count);
      }
      continue;
    }
    memory.fill(scratch, 0, <usize>(blockWidth + 2) << 3);
    let cvalSum: f64 = 0;
    for (let row = 0; row < rows; row++) {
      const offset = load<i32>(rowOffsets + (<usize>row << 2));
      const weight = load<f64>(rowWeights + (<usize>row << 3));
      cvalSum += weight * cval;
      if (offset >= 0) {
        addRow<T>(input + <usize>offset * sizeof<T>(), scratch, blockWidth, weight);
        continue;
      }
      for (let x = 0; x < blockWidth; x++) {
        const into = scratch + (<usize>x << 3);
        store<f64>(into, load<f64>(into) + weight * cval);
      }
    }
    for (let x = 0; x < width; x += CHUNK) {
      const count = min(CHUNK, width - x);
      if (constant) for (let i = 0; i < count; i++) store<f64>(chunk + (<usize>i << 3), cval);
      else gatherRow(scratch, x, count, order, lastTaps, lastWeights, cval, cvalSum);
      output = storeRounded(chunk, output, outputType, count);
    }
  }
}

export function gather(
  input: usize,
  inputType: i32,
  output: usize,
  outputType: i32,
  params: usize,
  transform: usize,
  coordinates: usize,
  cval: f64,
): void {
  switch (inputType) {
    case DType.BOOL:
      return gatherBlock<bool>(input, output, outputType, params, transform, coordinates, cval);
    case DType.INT8:
      return gatherBlock<i8>(input, output, outputType, params, transform, coordinates, cval);
    case DType.UINT8:
      return gatherBlock<u8>(input, output, outputType, params, transform, coordinates, cval);
    case DType.INT16:
      return gatherBlock<i16>(input, output, outputType, params, transform, coordinates, cval);
    case DType.UINT16:
      return gatherBlock<u16>(input, output, outputType, params, transform, coordinates, cval);
    case DType.INT32:
      return gatherBlock<i32>(input, output, outputType, params, transform, coordinates, cval);
    case DType.UINT32:
      return gatherBlock<u32>(input, output, outputType, params, transform, coordinates, cval);
    case DType.INT64:
      return gatherBlock<i64>(input, output, outputType, params, transform, coordinates, cval);
    case DType.UINT64:
      return gatherBlock<u64>(input, output, outputType, params, transform, coordinates, cval);
    case DType.FLOAT32:
      return gatherBlock<f32>(input, output, outputType, params, transform, coordinates, cval);
    case DType.FLOAT64:
      return gatherBlock<f64>(input, output, outputType, params, transform, coordinates, cval);
    default:
      unreachable();
  }
}

export function gatherAxesScratch(order: i32, positionCount: i32, blockWidth: i32): usize {
  return <usize>(blockWidth + 2 + positionCount * (order + 1) * 2) << 3;
}

export function gatherAxes(
  input: usize,
  inputType: i32,
  output: usize,
  outputType: i32,
  params: usize,
  positions: usize,
  positionCount: i32,
  blockWidth: i32,
  cval: f64,
  scratch: usize,
): void {
  switch (inputType) {
    case DType.BOOL:
      return gatherAxesBlock<bool>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.INT8:
      return gatherAxesBlock<i8>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.UINT8:
      return gatherAxesBlock<u8>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.INT16:
      return gatherAxesBlock<i16>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.UINT16:
      return gatherAxesBlock<u16>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.INT32:
      return gatherAxesBlock<i32>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.UINT32:
      return gatherAxesBlock<u32>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.INT64:
      return gatherAxesBlock<i64>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.UINT64:
      return gatherAxesBlock<u64>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.FLOAT32:
      return gatherAxesBlock<f32>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    case DType.FLOAT64:
      return gatherAxesBlock<f64>(input, output, outputType, params, positions, positionCount, blockWidth, cval, scratch);
    default:
      unreachable();
  }
}
