// What shaders/lib/windowPlace.wgsl is given: windows of any shape over blocks of four axes.
import { type DType, isFloat, isSigned } from '../../core/dtype';
import type { GpuBufferRef, GpuContext, Operand } from '../../core/op';
import { flatOffsets, joinTables, type PaddedBlock } from './padBlock';
import { bitsHeader, scalarBits } from './wgsl';

export interface GpuWindow extends Omit<PaddedBlock, 'shape'> {
  readonly output: Operand;
  /** Four axes each. */
  readonly outputShape: readonly number[];
  readonly sizes: readonly number[];
}

export interface GpuTaps extends GpuWindow {
  /** Coordinates of the window's elements from its corner, four each, in C order. */
  readonly offsets: Int32Array;
  readonly rank: number;
}

/** What lib/orderKeys.wgsl asks for, and how elements are packed. */
export const keysHeader = (dtype: DType): string => {
  const kind = isFloat(dtype) ? 2 : isSigned(dtype) ? 1 : 0;
  return `${bitsHeader(dtype)}\nconst KIND = ${kind}u;`;
};

/** Uniforms and bindings; of `edges` as many elements enter a window as leave it. */
export function windowArguments(
  context: GpuContext,
  window: GpuTaps,
  output: GpuBufferRef,
  edges: readonly Int32Array[] = [],
): { uniforms: number[]; bindings: GpuBufferRef[] } {
  const { dtype, offsets, outputShape, inputShape, sizes, tables, cval, rank } = window;
  const { positions, starts } = joinTables(tables);
  const lists = [offsets, ...edges].flatMap((list) => [flatOffsets(list, inputShape), packedPairs(list)]);
  const taps = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    taps.set(list, at);
    at += list.length;
  }
  const [count, edge] = [offsets, edges[0] ?? []].map(({ length }) => length / 4);
  return {
    uniforms: [
      ...[...inputShape, ...outputShape, ...sizes, ...starts],
      ...[count, rank, scalarBits(dtype, cval), edge],
    ],
    bindings: [window.input, context.constant(positions), context.constant(taps), output],
  };
}

/** Coordinates, two a word. */
const packedPairs = (offsets: Int32Array): Uint32Array =>
  Uint32Array.from({ length: offsets.length / 2 }, (_, i) => offsets[2 * i] | (offsets[2 * i + 1] << 16));
