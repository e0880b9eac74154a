// A GpuContext without a device, for explain(): it counts what a step would dispatch and move.
import type { TypedArray } from '../../core/dtype';
import type { Dispatch, GpuBufferRef, GpuContext, Operand } from '../../core/op';
import { type Region, sameRegion } from '../../core/region';
import { operandBytes } from './buffers';

export class CountingContext implements GpuContext {
  dispatches = 0;
  /** Bytes of outputs and scratch space. */
  bytesAllocated = 0;
  /**
   * Bytes that dispatches read and write, each of their buffers once (what a cache of the GPU's makes of overlapping
   * windows), and bytes that are cleared.
   */
  bytesMoved = 0;
  /** Bytes of constants. */
  bytesUploaded = 0;
  /** Names of the shaders dispatched, in order. */
  readonly shaders: string[] = [];

  input(operand: Operand, region: Region = operand.region): GpuBufferRef {
    if (!sameRegion(region, operand.region)) {
      this.#copyBox(operandBytes({ ...operand, region }));
      this.bytesAllocated += operandBytes({ ...operand, region });
    }
    return { bytes: operandBytes({ ...operand, region }) };
  }

  output(operand: Operand): GpuBufferRef {
    const bytes = operandBytes(operand);
    this.bytesAllocated += bytes;
    return { bytes };
  }

  alias(): void {}

  paste({ bytes }: GpuBufferRef): void {
    this.#copyBox(bytes);
  }

  workspace(bytes: number): GpuBufferRef {
    this.bytesAllocated += bytes;
    return { bytes };
  }

  scratch(bytes: number): GpuBufferRef {
    this.bytesMoved += bytes;
    return this.workspace(bytes);
  }

  constant(data: TypedArray): GpuBufferRef {
    this.bytesUploaded += data.byteLength;
    return { bytes: data.byteLength };
  }

  dispatch({ shader, bindings }: Dispatch): void {
    this.dispatches++;
    this.shaders.push(shader);
    for (const { bytes } of bindings) this.bytesMoved += bytes;
  }

  #copyBox(bytes: number): void {
    this.dispatches++;
    this.shaders.push('copyBox');
    this.bytesMoved += 2 * bytes;
  }
}
