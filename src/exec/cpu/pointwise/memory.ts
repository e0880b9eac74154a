// Loading four elements into 32-bit (or paired 64-bit) lanes, and storing them back narrowed.
import { type DType, isSigned, itemSize } from '../../../core/dtype';
import { type FunctionBody, OP, SIMD } from './emitter';

/** v128 locals that hold four elements: one, or two for float64. Bool lanes are masks, 0 or -1. */
export type Lanes = readonly number[];

/** Local that holds how many of the four elements exist; undefined when all do. */
export type Remaining = number | undefined;

const LANE_LOADS = [SIMD.load8Lane, SIMD.load16Lane, SIMD.load32Lane, SIMD.load64Lane];
const LANE_STORES = [SIMD.store8Lane, SIMD.store16Lane, SIMD.store32Lane, SIMD.store64Lane];

/** `size` bytes of each 32-bit lane, packed into the low bytes of the vector; the other bytes do not matter. */
const pack = (size: number): number[] =>
  Array.from({ length: 16 }, (_, i) => (i < 4 * size ? Math.floor(i / size) * 4 + (i % size) : 0));

const PACK: Record<number, number[]> = { 1: pack(1), 2: pack(2) };

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

export function load(body: FunctionBody, pointer: number, dtype: DType, remaining: Remaining): Lanes {
  const size = itemSize(dtype);
  const raw =
    remaining === undefined ? loadFour(body, pointer, size) : loadTail(body, pointer, size, remaining);
  if (size >= 4) return raw;
  const signed = isSigned(dtype);
  body.get(raw[0]);
  if (size === 1) body.simd(signed ? SIMD.i16x8ExtendLowS : SIMD.i16x8ExtendLowU);
  body.simd(signed ? SIMD.i32x4ExtendLowS : SIMD.i32x4ExtendLowU);
  if (dtype === 'bool') zero(body).simd(SIMD.i32x4Ne);
  return [body.save()];
}

function loadFour(body: FunctionBody, pointer: number, size: number): Lanes {
  const opcode = size === 1 ? SIMD.load32Zero : size === 2 ? SIMD.load64Zero : SIMD.load;
  const offsets = size === 8 ? [0, 16] : [0];
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
  value: Lanes,
  remaining: Remaining,
): void {
  const size = itemSize(dtype);
  const lanes = size < 4 ? [narrow(body, dtype, value[0])] : value;
  if (remaining === undefined) {
    if (size < 4) {
      const opcode = size === 1 ? SIMD.store32Lane : SIMD.store64Lane;
      body.get(pointer).get(lanes[0]).memory(opcode, 0, 0);
    } else
      lanes.forEach((local, i) => {
        body
          .get(pointer)
          .get(local)
          .memory(SIMD.store, 16 * i);
      });
    return;
  }
  eachRemaining(body, remaining, (element) => {
    const [vector, lane] = place(element, size);
    body.get(pointer).get(lanes[vector]);
    body.memory(LANE_STORES[Math.log2(size)], element * size, lane);
  });
}

function narrow(body: FunctionBody, dtype: DType, value: number): number {
  body.get(value);
  if (dtype === 'bool') splat(body, Int32Array.of(1)).simd(SIMD.and);
  const packed = body.save();
  return body
    .get(packed)
    .get(packed)
    .simd(SIMD.shuffle, ...PACK[itemSize(dtype)])
    .save();
}

/** A constant vector: `pattern` repeated to 16 bytes. */
export function splat(body: FunctionBody, pattern: Int32Array | Float32Array | Float64Array): FunctionBody {
  const bytes = new Uint8Array(pattern.buffer);
  return body.simd(SIMD.const, ...Array.from({ length: 16 }, (_, i) => bytes[i % bytes.length]));
}
