// What GPU filters along one axis share: arrays seen as [outer, length, inner].
import type { DType } from '../../core/dtype';
import type { GpuBufferRef } from '../../core/op';
import { lanes } from './wgsl';

/** Lines of an axis: arrays seen as [outer, length, inner]. */
export interface Lines {
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly dtype: DType;
  readonly outer: number;
  readonly inputLength: number;
  readonly outputLength: number;
  readonly inner: number;
  /** outputLength + taps - 1 positions along the input axis, -1 where the constant stands. */
  readonly table: Int32Array;
  /** Must be a whole number, inside the dtype's range, for integer types. */
  readonly cval: number;
}

/** Element types that GPU filters take; the others need 64-bit arithmetic. */
export const FILTER_TYPES: readonly DType[] = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'float32'];

/** Elements of the output. */
export const lineCount = ({ outer, outputLength, inner }: Lines): number => outer * outputLength * inner;

/** Whether the lanes of a packed word always belong to one row. */
export const isAligned = ({ dtype, inner }: Lines): boolean => inner % lanes(dtype) === 0;

/** The leading uniforms of every line shader. */
export const lineUniforms = (lines: Lines, taps: number): number[] => [
  lineCount(lines),
  lines.inputLength,
  lines.outputLength,
  lines.inner,
  taps,
];
