// Blocks with margins: what windows see of an array, gathered first so that they see no edges.
import type { DType } from '../../core/dtype';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { elementCount } from '../../core/region';
import { bitsHeader, scalarBits, wordCount } from './wgsl';

export interface PaddedBlock {
  readonly input: GpuBufferRef;
  readonly dtype: DType;
  /** Shapes of the input and of the padded block; four axes each. */
  readonly inputShape: readonly number[];
  readonly shape: readonly number[];
  /** Position in the input of each element of the padded block, an axis each; -1 for the constant. */
  readonly tables: readonly Int32Array[];
  readonly cval: number;
}

/** The padded block, packed as the input is. */
export function padBlockGpu(context: GpuContext, block: PaddedBlock): GpuBufferRef {
  const { input, dtype, inputShape, shape, tables, cval } = block;
  const words = wordCount(dtype, elementCount(shape));
  const padded = context.workspace(4 * words);
  const { positions, starts } = joinTables(tables);
  context.dispatch({
    shader: 'gatherBox',
    header: bitsHeader(dtype),
    uniforms: [...inputShape, ...shape, ...starts, scalarBits(dtype, cval)],
    bindings: [input, context.constant(positions), padded],
    invocations: words,
  });
  return padded;
}

/** Tables of several axes as one, and where each begins. */
export function joinTables(tables: readonly Int32Array[]): { positions: Int32Array; starts: number[] } {
  let length = 0;
  const starts = tables.map((table) => {
    length += table.length;
    return length - table.length;
  });
  const positions = new Int32Array(length);
  for (const [axis, table] of tables.entries()) positions.set(table, starts[axis]);
  return { positions, starts };
}

/** Distances in a block of `shape`, from coordinates of four axes. */
export function flatOffsets(offsets: Int32Array, shape: readonly number[]): Uint32Array {
  return Uint32Array.from({ length: offsets.length / 4 }, (_, i) => {
    const [a, b, c, d] = offsets.subarray(4 * i, 4 * i + 4);
    return ((a * shape[1] + b) * shape[2] + c) * shape[3] + d;
  });
}
