// Conversions between the lane representations of dtypes, with C semantics.
import { type DType, isFloat, isSigned, itemSize } from '../../../core/dtype';
import { type FunctionBody, OP, SIMD, TYPE } from './emitter';
import { mathIndex } from './math';
import { type Lanes, splat, zero } from './memory';

/** Truncation and wrapping modulo 2^bits; bool is "non-zero", and 0 or 1 as a number. */
export function convert(body: FunctionBody, value: Lanes, from: DType, to: DType): Lanes {
  if (to === 'bool') return toMask(body, value, from);
  if (from === 'bool') return fromMask(body, value[0], to);
  if (to === 'float64')
    return from === 'float32' ? promote(body, value[0]) : integerToFloat64(body, value[0], from);
  if (to === 'float32')
    return [from === 'float64' ? demote(body, value) : integerToFloat32(body, value[0], from)];
  return [wrapLanes(body, isFloat(from) ? truncate(body, value, from) : value[0], to)];
}

function toMask(body: FunctionBody, value: Lanes, from: DType): Lanes {
  const opcode = from === 'float64' ? SIMD.f64x2Ne : SIMD.f32x4Ne;
  const masks = value.map((local) => zero(body.get(local)).simd(opcode).save());
  return from === 'float64' ? [joinMasks(body, masks)] : masks;
}

function fromMask(body: FunctionBody, mask: number, to: DType): Lanes {
  const one =
    to === 'float64' ? Float64Array.of(1) : to === 'float32' ? Float32Array.of(1) : Int32Array.of(1);
  const masks = to === 'float64' ? splitMask(body, mask) : [mask];
  return masks.map((local) => splat(body.get(local), one).simd(SIMD.and).save());
}

/** The vector with its upper half moved down. */
const highHalf = (body: FunctionBody, local: number): FunctionBody =>
  body
    .get(local)
    .get(local)
    .simd(SIMD.shuffle, ...HIGH_HALF);

const promote = (body: FunctionBody, value: number): Lanes => [
  body.get(value).simd(SIMD.promoteF32).save(),
  highHalf(body, value).simd(SIMD.promoteF32).save(),
];

const demote = (body: FunctionBody, value: Lanes): number =>
  joinLow(
    body,
    value.map((local) => body.get(local).simd(SIMD.demoteF64).save()),
  );

function integerToFloat64(body: FunctionBody, value: number, from: DType): Lanes {
  const opcode = isSigned(from) ? SIMD.convertF64S : SIMD.convertF64U;
  return [body.get(value).simd(opcode).save(), highHalf(body, value).simd(opcode).save()];
}

const integerToFloat32 = (body: FunctionBody, value: number, from: DType): number =>
  body
    .get(value)
    .simd(isSigned(from) ? SIMD.convertF32S : SIMD.convertF32U)
    .save();

/** Floats to 32-bit integers modulo 2^32: one instruction when all lanes fit int32, else a call for each. */
function truncate(body: FunctionBody, value: Lanes, from: DType): number {
  const wide = from === 'float64';
  const limit = wide ? Float64Array.of(2 ** 31) : Float32Array.of(2 ** 31);
  value.forEach((local, i) => {
    body.get(local).simd(wide ? SIMD.f64x2Abs : SIMD.f32x4Abs);
    splat(body, limit).simd(wide ? SIMD.f64x2Lt : SIMD.f32x4Lt);
    if (i > 0) body.simd(SIMD.and);
  });
  body.simd(SIMD.i32x4AllTrue).emit(OP.if, TYPE.v128);
  if (wide)
    body.get(
      joinLow(
        body,
        value.map((local) => body.get(local).simd(SIMD.truncF64S).save()),
      ),
    );
  else body.get(value[0]).simd(SIMD.truncF32S);
  body.emit(OP.else);
  zero(body);
  for (let lane = 0; lane < 4; lane++) {
    if (wide) body.get(value[lane >> 1]).simd(SIMD.f64x2ExtractLane, lane & 1);
    else body.get(value[0]).simd(SIMD.f32x4ExtractLane, lane).emit(OP.f64PromoteF32);
    body.call(mathIndex('toInt32')).simd(SIMD.i32x4ReplaceLane, lane);
  }
  return body.emit(OP.end).save();
}

function wrapLanes(body: FunctionBody, value: number, to: DType): number {
  const bits = 8 * itemSize(to);
  if (bits === 32) return value;
  body.get(value);
  if (!isSigned(to))
    return splat(body, Int32Array.of(2 ** bits - 1))
      .simd(SIMD.and)
      .save();
  return body
    .i32(32 - bits)
    .simd(SIMD.i32x4Shl)
    .i32(32 - bits)
    .simd(SIMD.i32x4ShrS)
    .save();
}

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOW_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Two vectors of 64-bit masks to one of 32-bit masks. */
export const joinMasks = (body: FunctionBody, [a, b]: Lanes): number =>
  body
    .get(a)
    .get(b)
    .simd(SIMD.shuffle, ...LOW_WORDS)
    .save();

/** The low halves of two vectors side by side. */
export const joinLow = (body: FunctionBody, [a, b]: Lanes): number =>
  body
    .get(a)
    .get(b)
    .simd(SIMD.shuffle, ...LOW_HALVES)
    .save();

/** One vector of 32-bit masks to two of 64-bit masks. */
export const splitMask = (body: FunctionBody, mask: number): Lanes => [
  body.get(mask).simd(SIMD.i64x2ExtendLowS).save(),
  body.get(mask).simd(SIMD.i64x2ExtendHighS).save(),
];
