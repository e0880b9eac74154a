// Spline interpolation of a block at affine or given coordinates. Values are float64 until the row is stored.
import { chunk } from './chunk';
import { DType } from './dtype';
import { gatherInside, hasInside, insideEnd, outsideEnd, placesOf, setLimits } from './gatherInside';
import { combine, field, Field, MAX_TAPS, place, sumTaps, taps, tapsOf, weights, weightsOf } from './gatherTaps';
import { sizeOf, storeRounded } from './round';
import { Mode } from './spline';

/** Outputs of a row at a time, then of the row below: the input under them stays in the first-level cache. */
const STRIP = 128;

/** Coordinates summed over all output axes but the last interpolated one. */
const prefix = memory.data(4 * 8, 16);

/** Sums the prefixes of the row at a, b, c. */
function sumPrefixes(params: usize, rank: i32, transform: usize, a: i32, b: i32, c: i32): void {
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
}

/** Coordinates of outputs [x, x + count) of a row, rounded as SciPy's. */
function fillPlaces(
  params: usize,
  rank: i32,
  slot: i32,
  transform: usize,
  coordinates: usize,
  width: i32,
  x: i32,
  count: i32,
): void {
  const pad = f64x2.splat(load<f64>(transform, 160));
  const start = <f64>(x + field(params, Field.OUTPUT_START, 3));
  for (let axis = 0; axis < rank; axis++) {
    let into = placesOf(axis);
    const end = into + (<usize>count << 3);
    if (coordinates != 0) {
      let source = coordinates + (<usize>(axis * width + x) << 3);
      for (; into < end; into += 16) {
        v128.store(into, f64x2.add(v128.load(source), pad));
        source += 16;
      }
      continue;
    }
    const sum = f64x2.splat(load<f64>(prefix + (<usize>axis << 3)));
    const scale = f64x2.splat(slot < 0 ? 0 : load<f64>(transform + (<usize>(axis * 4 + slot) << 3)));
    const offset = f64x2.splat(load<f64>(transform + (<usize>axis << 3), 128));
    let along = f64x2.replace_lane(f64x2.splat(start), 1, start + 1);
    for (; into < end; into += 16) {
      v128.store(into, f64x2.add(f64x2.add(f64x2.add(sum, f64x2.mul(along, scale)), offset), pad));
      along = f64x2.add(along, f64x2.splat(2));
    }
  }
}

/** Finds the taps of output `i` of the chunk; returns how many rows of them there are: none where it is constant. */
function findTaps(params: usize, rank: i32, order: i32, i: i32): i32 {
  for (let axis = 0; axis < rank; axis++)
    if (!place(params, axis, load<f64>(placesOf(axis) + (<usize>i << 3)))) return 0;
  return combine(rank, order, taps, weights, MAX_TAPS);
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
  // Along a batch axis the coordinates stay the same.
  const moving = slot >= 0 || coordinates != 0;
  const fast = moving && hasInside<T>(params, rank, order);
  const cutOff = moving && load<i32>(params, Field.MODE) == Mode.CONSTANT;
  const monotone = coordinates == 0;
  const bytes = sizeOf(outputType);
  setLimits(params, rank, order);
  for (let x = 0; x < width; x += STRIP) {
    const count = min(STRIP, width - x);
    let row = output + <usize>x * bytes;
    for (let a = 0; a < field(params, Field.OUTPUT_SHAPE, 0); a++) {
      for (let b = 0; b < field(params, Field.OUTPUT_SHAPE, 1); b++) {
        for (let c = 0; c < field(params, Field.OUTPUT_SHAPE, 2); c++) {
          const planes =
            a * field(params, Field.BATCH_STRIDE, 0) +
            b * field(params, Field.BATCH_STRIDE, 1) +
            c * field(params, Field.BATCH_STRIDE, 2);
          if (coordinates == 0) sumPrefixes(params, rank, transform, a, b, c);
          fillPlaces(params, rank, slot, transform, coordinates, width, x, count);
          let line = input + <usize>(planes + x * batch) * sizeof<T>();
          let rows = 0;
          for (let i = 0; i < count; i++) {
            if (fast) {
              const end = insideEnd(rank, i, count, monotone);
              gatherInside<T>(line, params, rank, order, i, end, chunk);
              i = end;
              if (i == count) break;
            }
            if (cutOff) {
              const end = outsideEnd(params, rank, i, count, monotone);
              for (let k = i; k < end; k++) store<f64>(chunk + (<usize>k << 3), cval);
              i = end;
              if (i == count) break;
            }
            if (moving || i == 0) rows = findTaps(params, rank, order, i);
            const value = rows == 0 ? cval : sumTaps<T>(line, rows, order, lastTaps, lastWeights, cval);
            store<f64>(chunk + (<usize>i << 3), value);
            line += <usize>batch * sizeof<T>();
          }
          storeRounded(chunk, row, outputType, count);
          row += <usize>width * bytes;
        }
      }
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

