// Sum, extremes and spread of a block, and histograms as np.histogram counts them.
import { CHUNK, chunk } from './chunk';
import { DType } from './dtype';
import { widen } from './lanes';

function reduce<T>(input: usize, count: i32, centre: f64, out: usize): void {
  const centres = f64x2.splat(centre);
  let sums0 = f64x2.splat(0);
  let sums1 = sums0;
  let squares0 = sums0;
  let squares1 = sums0;
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  let nan = i64x2.splat(0);
  for (let i = 0; i < count; i += CHUNK) {
    const size = min(CHUNK, count - i);
    let values = input + <usize>i * sizeof<T>();
    if (!isFloat<T>() || sizeof<T>() == 4) {
      widen<T, f64>(values, chunk, size);
      values = chunk;
    }
    const stop = values + (<usize>(size & ~3) << 3);
    for (; values < stop; values += 32) {
      const a = v128.load(values);
      const b = v128.load(values, 16);
      sums0 = f64x2.add(sums0, a);
      sums1 = f64x2.add(sums1, b);
      const da = f64x2.sub(a, centres);
      const db = f64x2.sub(b, centres);
      squares0 = f64x2.add(squares0, f64x2.mul(da, da));
      squares1 = f64x2.add(squares1, f64x2.mul(db, db));
      low = f64x2.pmin(f64x2.pmin(low, a), b);
      high = f64x2.pmax(f64x2.pmax(high, a), b);
      if (isFloat<T>()) nan = v128.or(nan, v128.or(f64x2.ne(a, a), f64x2.ne(b, b)));
    }
    for (let k = 0; k < (size & 3); k++) {
      const value = load<f64>(values + (<usize>k << 3));
      const difference = value - centre;
      sums0 = f64x2.add(sums0, f64x2.replace_lane(f64x2.splat(0), 0, value));
      squares0 = f64x2.add(squares0, f64x2.replace_lane(f64x2.splat(0), 0, difference * difference));
      low = f64x2.pmin(low, f64x2.splat(value));
      high = f64x2.pmax(high, f64x2.splat(value));
      if (isFloat<T>() && value != value) nan = i64x2.splat(-1);
    }
  }
  const sums = f64x2.add(sums0, sums1);
  const squares = f64x2.add(squares0, squares1);
  const poisoned = v128.any_true(nan);
  const lowest = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  const highest = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
  store<f64>(out, f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
  store<f64>(out, poisoned ? NaN : lowest, 8);
  store<f64>(out, poisoned ? NaN : highest, 16);
  store<f64>(out, f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1), 24);
}

export function reduceBlock(input: usize, dtype: i32, count: i32, centre: f64, out: usize): void {
  switch (dtype) {
    case DType.BOOL:
    case DType.UINT8:
      return reduce<u8>(input, count, centre, out);
    case DType.INT8:
      return reduce<i8>(input, count, centre, out);
    case DType.INT16:
      return reduce<i16>(input, count, centre, out);
    case DType.UINT16:
      return reduce<u16>(input, count, centre, out);
    case DType.INT32:
      return reduce<i32>(input, count, centre, out);
    case DType.UINT32:
      return reduce<u32>(input, count, centre, out);
    case DType.INT64:
      return reduce<i64>(input, count, centre, out);
    case DType.UINT64:
      return reduce<u64>(input, count, centre, out);
    case DType.FLOAT32:
      return reduce<f32>(input, count, centre, out);
    case DType.FLOAT64:
      return reduce<f64>(input, count, centre, out);
    default:
      unreachable();
  }
}
