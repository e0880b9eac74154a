// Loading elements into SIMD lanes of 1, 2 or 4 bytes (float64: paired vectors), and storing them back narrowed.
import { type DType, isSigned, itemSize } from '../../../core/dtype';
import { type FunctionBody, OP, SIMD } from './emitter';

/** v128 locals that hold one element a lane: one local, or two for float64. Bool lanes are masks, 0 or -1. */
export type Lanes = readonly number[];

/** Bytes of an integer or bool lane. */
export type LaneBytes = 1 | 2 | 4;

/** Local that holds how many of four elements exist; undefined when all lanes' elements do. */
export type Remaining = number | undefined;

const LANE_LOADS = [SIMD.load8Lane, SIMD.load16Lane, SIMD.load32Lane, SIMD.load64Lane];
const LANE_STORES = [SIMD.store8Lane, SIMD.store16Lane, SIMD.store32Lane, SIMD.store64Lane];

export function zero(body: FunctionBody): FunctionBody {
  return body.simd(SIMD.const, ...new Array<number>(16).fill(0));
}

/** Calls `access` under a test for each of the first three elements: a tail has no fourth. */
function eachRemaining(body: FunctionBody, remaining: number, access: (element: number) => void): void {
  for (let element = 0; element < 3; element++) {
    body.get(remaining).i32(element).emit(OP.i32GtU, OP.if, 0x40);
    access(element);
    body.emit(OP.end);
  }
}

/** Where element `element` of `size` bytes lies: its vector of the pair, and the lane there. */
const place = (element: number, size: number): [vector: number, lane: number] =>
  size === 8 ? [element >> 1, element & 1] : [0, element];

export function load(
  body: FunctionBody,
  pointer: number,
  dtype: DType,
  laneBytes: LaneBytes,
  remaining: Remaining,
): Lanes {
  const size = itemSize(dtype);
  const raw =
    remaining === undefined
      ? loadAll(body, pointer, size, laneBytes)
      : loadTail(body, pointer, size, remaining);
  const signed = isSigned(dtype);
  body.get(raw[0]);
  if (size === 1 && laneBytes > 1) body.simd(signed ? SIMD.i16x8ExtendLowS : SIMD.i16x8ExtendLowU);
  if (size < 4 && laneBytes === 4) body.simd(signed ? SIMD.i32x4ExtendLowS : SIMD.i32x4ExtendLowU);
  if (dtype === 'bool') zero(body).simd(narrowed(SIMD.i32x4Ne, COMPARE_STEP, laneBytes));
  return [body.save(), ...raw.slice(1)];
}

/** Between the opcodes of the same comparison, or arithmetic, on lanes of 1, 2 and 4 bytes. */
export const COMPARE_STEP = 0x0a;
export const ARITHMETIC_STEP = 0x20;

/** The opcode for narrower lanes, from the one for 4-byte lanes. */
export const narrowed = (opcode: number, step: number, laneBytes: LaneBytes): number =>
  opcode - step * Math.log2(4 / laneBytes);

function loadAll(body: FunctionBody, pointer: number, size: number, laneBytes: LaneBytes): Lanes {
  const bytes = (16 / laneBytes) * size;
  const opcode = bytes === 4 ? SIMD.load32Zero : bytes === 8 ? SIMD.load64Zero : SIMD.load;
  const offsets = bytes === 32 ? [0, 16] : [0];
  return offsets.map((offset) => body.get(pointer).memory(opcode, offset).save());
}

function loadTail(body: FunctionBody, pointer: number, size: number, remaining: number): Lanes {
  const lanes = (size === 8 ? [0, 1] : [0]).map(() => zero(body).save());
  eachRemaining(body, remaining, (element) => {
    const [vector, lane] = place(element, size);
    body.get(pointer).get(lanes[vector]);
    body.memory(LANE_LOADS[Math.log2(size)], element * size, lane).set(lanes[vector]);
  });
  return lanes;
}

export function store(
  body: FunctionBody,
  pointer: number,
  dtype: DType,
  laneBytes: LaneBytes,
  value: Lanes,
  remaining: Remaining,
): void {
  const size = itemSize(dtype);
  const lanes = [narrow(body, dtype, laneBytes, value[0]), ...value.slice(1)];
  if (remaining === undefined) {
    const bytes = (16 / laneBytes) * size;
    lanes.forEach((local, i) => {
      body.get(pointer).get(local);
      if (bytes >= 16) body.memory(SIMD.store, 16 * i);
      else body.memory(bytes === 4 ? SIMD.store32Lane : SIMD.store64Lane, 0, 0);
    });
    return;
  }
  eachRemaining(body, remaining, (element) => {
    const [vector, lane] = place(element, size);
    body.get(pointer).get(lanes[vector]);
    body.memory(LANE_STORES[Math.log2(size)], element * size, lane);
  });
}

/** Elements packed into the low bytes of the vector; masks become 0 or 1. */
function narrow(body: FunctionBody, dtype: DType, laneBytes: LaneBytes, value: number): number {
  const size = itemSize(dtype);
  let lanes = value;
  if (dtype === 'bool') lanes = splat(body.get(lanes), integerPattern(1, laneBytes)).simd(SIMD.and).save();
  if (size >= laneBytes) return lanes;
  const shuffle = Array.from({ length: 16 }, (_, i) => (Math.floor(i / size) * laneBytes + (i % size)) % 16);
  return body
    .get(lanes)
    .get(lanes)
    .simd(SIMD.shuffle, ...shuffle)
    .save();
}

/** An integer as one lane. */
export function integerPattern(value: number, laneBytes: LaneBytes): Int8Array | Int16Array | Int32Array {
  if (laneBytes === 4) return Int32Array.of(value);
  return laneBytes === 2 ? Int16Array.of(value) : Int8Array.of(value);
}

/** A constant vector: `pattern` repeated to 16 bytes. */
export function splat(body: FunctionBody, pattern: ArrayBufferView): FunctionBody {
  const bytes = new Uint8Array(pattern.buffer, pattern.byteOffset, pattern.byteLength);
  return body.simd(SIMD.const, ...Array.from({ length: 16 }, (_, i) => bytes[i % bytes.length]));
}
