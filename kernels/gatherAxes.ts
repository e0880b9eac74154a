// Spline interpolation of a block where coordinates along each axis depend on that axis only: weights are found once for
// each axis. Values are float64 until the row is stored.
import { CHUNK, chunk } from './chunk';
import { DType } from './dtype';
import { combine, field, Field, place, rowOffsets, rowWeights, sumTaps, taps, tapsOf, weights, weightsOf, MAX_TAPS } from './gatherTaps';
import { widen } from './lanes';
import { storeRounded } from './round';

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
