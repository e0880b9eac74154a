// Buffer usages, padding and uploads. Storage is packed: 8-bit elements four to a word, 16-bit two.
import type { TypedArray } from '../../core/dtype';
import { itemSize } from '../../core/dtype';
import type { Operand } from '../../core/op';
import { regionSize } from '../../core/region';

// The numbers, because Node has none of WebGPU's constants unless someone defines them.
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
export const STORAGE: GPUBufferUsageFlags = 0x80 | COPY_SRC | COPY_DST;
export const UNIFORM: GPUBufferUsageFlags = 0x40 | COPY_DST;
export const READBACK: GPUBufferUsageFlags = 0x1 | COPY_DST;
export const MAP_READ: GPUMapModeFlags = 0x1;
export const COMPUTE: GPUShaderStageFlags = 0x4;

/** Whole words, and never an empty binding. */
export const padToWord = (bytes: number): number => Math.max(4, Math.ceil(bytes / 4) * 4);

/** Bytes of an operand's packed block. */
export const operandBytes = ({ dtype, region }: Operand): number => regionSize(region) * itemSize(dtype);

/** Writes `data` at the start of `buffer`; the queue orders it before the next submit. */
export function upload(queue: GPUQueue, buffer: GPUBuffer, data: TypedArray): void {
  const { buffer: memory, byteOffset, byteLength } = data;
  const whole = byteLength & ~3;
  if (whole > 0) queue.writeBuffer(buffer, 0, memory, byteOffset, whole);
  if (whole === byteLength) return;
  const tail = new Uint8Array(4);
  tail.set(new Uint8Array(memory, byteOffset + whole, byteLength - whole));
  queue.writeBuffer(buffer, whole, tail);
}
