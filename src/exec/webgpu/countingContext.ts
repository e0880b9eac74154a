// A GpuContext without a device, for explain(): it counts what a step would dispatch and move.
import type { TypedArray } from '../../core/dtype';
import type { Dispatch, GpuBufferRef, GpuContext, Operand } from '../../core/op';
import { type Region, sameRegion } from '../../core/region';
import { operandBytes } from './buffers';

export class CountingContext implements GpuContext {
  dispatches = 0;
  /** Bytes of outputs and scratch space. */
  bytesAllocated = 0;
  /** Bytes of constants. */
  bytesUploaded = 0;
  /** Names of the shaders dispatched, in order. */
  readonly shaders: string[] = [];

  input(operand: Operand, region: Region = operand.region): GpuBufferRef {
    if (!sameRegion(region, operand.region)) {
      this.dispatches++;
      this.shaders.push('copyBox');
      this.bytesAllocated += operandBytes({ ...operand, region });
    }
    return { bytes: operandBytes({ ...operand, region }) };
  }

  output(operand: Operand): GpuBufferRef {
    return this.scratch(operandBytes(operand));
  }

  alias(): void {}

  paste(): void {
    this.dispatches++;
    this.shaders.push('copyBox');
  }

  scratch(bytes: number): GpuBufferRef {
    this.bytesAllocated += bytes;
    return { bytes };
  }

  constant(data: TypedArray): GpuBufferRef {
    this.bytesUploaded += data.byteLength;
    return { bytes: data.byteLength };
  }

  dispatch({ shader }: Dispatch): void {
    this.dispatches++;
    this.shaders.push(shader);
  }
}
