// n-D correlation. A slab of the block is first resolved at its edges and widened, so that the loop over taps has no
// tests. float32 accumulates in float32; all else adds up in float64, tap by tap, as scipy's NI_Correlate does. SIMD
// runs across outputs.
import { DType } from './dtype';
import { blockLanes, magnitude, storeBlock } from './lanes';
import { madd } from './madd';
import { fillTile, findRuns, TILE_PADDING } from './tile';

/** 256 KiB of float64: a slab stays in a second-level cache. */
const SLAB_ELEMENTS = 32768;
/** Bytes of a tap: its offset into the slab, and at byte 8 its weight. */
const TAP_BYTES: usize = 16;
/** Taps after which float32 sums are put aside, so that rounding does not grow with the window. */
const GROUP = 16;
/** Room for one block of outputs, where rows end in the middle of a vector. */
const TAIL_BYTES: usize = 64;

// @ts-ignore: decorator
@inline
function at(vector: usize, axis: i32): i32 {
  return load<i32>(vector + (<usize>axis << 2));
}

/** The axis along which the block is cut into slabs: the first that is longer than one. */
function slabAxis(extent: usize): i32 {
  let axis = 0;
  while (axis < 3 && at(extent, axis) == 1) axis++;
  return axis;
}

/** Elements of a slab's step along its axis. */
function slabPitch(extent: usize, inner: i32, axis: i32): i32 {
  let pitch = inner;
  for (let i = axis + 1; i < 4; i++) pitch *= at(extent, i);
  return pitch;
}

/** Output positions along its axis that a slab covers; enough that reading the overlap again stays cheap. */
function slabLength(outputShape: usize, extent: usize, inner: i32, axis: i32): i32 {
  const reach = at(extent, axis) - at(outputShape, axis);
  const fitting = SLAB_ELEMENTS / max(1, slabPitch(extent, inner, axis)) - reach;
  return min(at(outputShape, axis), max(fitting, max(2 * reach, 1)));
}

/** One block of outputs. */
// @ts-ignore: decorator
@inline
function correlateBlock<T, A>(source: usize, taps: usize, end: usize, output: usize, small: bool): void {
  let a = i32x4.splat(0);
  let b = a, c = a, d = a;
  if (sizeof<A>() == 8) {
    for (let tap = taps; tap < end; tap += TAP_BYTES) {
      const from = source + load<u32>(tap);
      const w = v128.load_splat<A>(tap, 8);
      a = madd<A>(v128.load(from), w, a);
      b = madd<A>(v128.load(from, 16), w, b);
      c = madd<A>(v128.load(from, 32), w, c);
      d = madd<A>(v128.load(from, 48), w, d);
    }
  } else {
    let tap = taps;
    while (tap < end) {
      const stop = min(tap + GROUP * TAP_BYTES, end);
      let e = i32x4.splat(0);
      let f = e, g = e, h = e;
      for (; tap < stop; tap += TAP_BYTES) {
        const from = source + load<u32>(tap);
        const w = v128.load_splat<A>(tap, 8);
        e = madd<A>(v128.load(from), w, e);
        f = madd<A>(v128.load(from, 16), w, f);
        g = madd<A>(v128.load(from, 32), w, g);
        h = madd<A>(v128.load(from, 48), w, h);
      }
      a = v128.add<A>(a, e);
      b = v128.add<A>(b, f);
      c = v128.add<A>(c, g);
      d = v128.add<A>(d, h);
    }
  }
  storeBlock<T, A>(output, a, b, c, d, small);
}

/** `count` consecutive outputs. */
function correlateSpan<T, A>(
  source: usize,
  count: i32,
  taps: usize,
  end: usize,
  output: usize,
  tail: usize,
  small: bool,
): void {
  let i = 0;
  for (; i <= count - blockLanes<A>(); i += blockLanes<A>()) {
    correlateBlock<T, A>(source, taps, end, output, small);
    source += 64;
    output += <usize>blockLanes<A>() * sizeof<T>();
  }
  if (i < count) {
    correlateBlock<T, A>(source, taps, end, tail, small);
    memory.copy(output, tail, <usize>(count - i) * sizeof<T>());
  }
}

function correlateBox<T, A>(
  input: usize,
  output: usize,
  inputShape: usize,
  outputShape: usize,
  extent: usize,
  inner: i32,
  tables: usize,
  offsets: usize,
  weights: usize,
  count: i32,
  cval: f64,
  scratch: usize,
): void {
  const tail = scratch;
  const taps = tail + TAIL_BYTES;
  const end = taps + <usize>count * TAP_BYTES;
  let total: f64 = 0;
  for (let k = 0; k < count; k++) {
    const tap = taps + <usize>k * TAP_BYTES;
    const weight = load<f64>(weights + (<usize>k << 3));
    store<u32>(tap, load<u32>(offsets + (<usize>k << 2)) * <u32>sizeof<A>());
    store<A>(tap, <A>weight, 8);
    total += abs(weight);
  }
  const small = total * max(magnitude<T>(), abs(cval)) < 2147483648.0;

  const table1 = tables + (<usize>at(extent, 0) << 2);
  const table2 = table1 + (<usize>at(extent, 1) << 2);
  const table3 = table2 + (<usize>at(extent, 2) << 2);
  const runs = end;
  findRuns(table3, at(extent, 3), runs);
  const slab = runs + ((<usize>at(extent, 3) * 4 + 15) & ~15);

  const axis = slabAxis(extent);
  const length = slabLength(outputShape, extent, inner, axis);
  const reach = at(extent, axis) - at(outputShape, axis);
  for (let start = 0; start < at(outputShape, axis); start += length) {
    const outputs = min(length, at(outputShape, axis) - start);
    const s0 = axis == 0 ? start : 0, s1 = axis == 1 ? start : 0, s2 = axis == 2 ? start : 0, s3 = axis == 3 ? start : 0;
    const e0 = axis == 0 ? outputs + reach : at(extent, 0);
    const e1 = axis == 1 ? outputs + reach : at(extent, 1);
    const e2 = axis == 2 ? outputs + reach : at(extent, 2);
    const e3 = axis == 3 ? outputs + reach : at(extent, 3);
    const row = <usize>e3 * inner;

    let target = slab;
    for (let i = s0; i < s0 + e0; i++) {
      for (let j = s1; j < s1 + e1; j++) {
        for (let k = s2; k < s2 + e2; k++) {
          const a = at(tables, i), b = at(table1, j), c = at(table2, k);
          if ((a | b | c) < 0) {
            for (let x: usize = 0; x < row; x++) store<A>(target + x * sizeof<A>(), <A>cval);
          } else {
            const line = ((<usize>a * at(inputShape, 1) + b) * at(inputShape, 2) + c) * at(inputShape, 3) * inner;
            fillTile<T, A>(input + line * sizeof<T>(), inner, inner, table3, runs, s3, s3 + e3, cval, target);
          }
          target += row * sizeof<A>();
        }
      }
    }

    const o0 = axis == 0 ? outputs : at(outputShape, 0);
    const o1 = axis == 1 ? outputs : at(outputShape, 1);
    const o2 = axis == 2 ? outputs : at(outputShape, 2);
    const o3 = axis == 3 ? outputs : at(outputShape, 3);
    for (let i = 0; i < o0; i++) {
      for (let j = 0; j < o1; j++) {
        for (let k = 0; k < o2; k++) {
          const source = ((<usize>i * e1 + j) * e2 + k) * row;
          const line = (<usize>(i + s0) * at(outputShape, 1) + j + s1) * at(outputShape, 2) + k + s2;
          const result = (line * at(outputShape, 3) + s3) * inner;
          correlateSpan<T, A>(
            slab + source * sizeof<A>(),
            o3 * inner,
            taps,
            end,
            output + result * sizeof<T>(),
            tail,
            small,
          );
        }
      }
    }
  }
}

export function correlateScratch(outputShape: usize, extent: usize, inner: i32, count: i32): usize {
  const axis = slabAxis(extent);
  const reach = at(extent, axis) - at(outputShape, axis);
  const positions = slabLength(outputShape, extent, inner, axis) + reach;
  const slab = <usize>positions * slabPitch(extent, inner, axis) * sizeof<f64>();
  const runs = (<usize>at(extent, 3) * 4 + 15) & ~15;
  return TAIL_BYTES + <usize>count * TAP_BYTES + runs + slab + TILE_PADDING;
}

export function correlate(
  input: usize,
  output: usize,
  dtype: i32,
  inputShape: usize,
  outputShape: usize,
  extent: usize,
  inner: i32,
  tables: usize,
  offsets: usize,
  weights: usize,
  count: i32,
  cval: f64,
  scratch: usize,
): void {
  switch (dtype) {
    case DType.BOOL:
      return correlateBox<bool, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.INT8:
      return correlateBox<i8, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.UINT8:
      return correlateBox<u8, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.INT16:
      return correlateBox<i16, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.UINT16:
      return correlateBox<u16, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.INT32:
      return correlateBox<i32, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.UINT32:
      return correlateBox<u32, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.INT64:
      return correlateBox<i64, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.UINT64:
      return correlateBox<u64, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.FLOAT32:
      return correlateBox<f32, f32>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    case DType.FLOAT64:
      return correlateBox<f64, f64>(input, output, inputShape, outputShape, extent, inner, tables, offsets, weights, count, cval, scratch);
    default:
      unreachable();
  }
}
