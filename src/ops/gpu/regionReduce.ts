// Measurements per label: CpuKernels.regionReduce on the GPU, by integer atomics.
import { type DType, isFloat, valueRange } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { keyFunction } from './orderedKey';
import { decodeRegionTable, HEADER_WORDS, ROW_WORDS } from './regionTable';
import { elementHeader } from './wgsl';

export interface RegionReduce {
  /** u32 a pixel; 0 is skipped, the others are 1..n. */
  readonly labels: GpuBufferRef;
  /** Absent: only counts and coordinates are measured. */
  readonly values?: GpuBufferRef;
  readonly dtype: DType;
  /** Four axes. */
  readonly shape: ArrayLike<number>;
  /** Labels there is room for; when there are more, decoding throws a {@link DeviceError}. */
  readonly capacity: number;
}

export interface RegionPartialBuffers {
  readonly buffers: readonly GpuBufferRef[];
  /** Rows of labels 1..n (core/regionRow.ts), n being the largest label seen. */
  decode(data: readonly ArrayBuffer[]): Float64Array;
}

const PIXELS_PER_INVOCATION = 32;

export function regionReduceGpu(context: GpuContext, reduce: RegionReduce): RegionPartialBuffers {
  const { labels, values, dtype, capacity } = reduce;
  const shape = Array.from(reduce.shape);
  const pixels = shape.reduce((a, b) => a * b, 1);
  const bits = valueBits(dtype, shape, pixels);
  const bias = dtype === 'uint32' ? 2 ** 31 : 0;
  const table = context.scratch(4 * (HEADER_WORDS + capacity * ROW_WORDS));
  const header = [
    elementHeader(dtype),
    `const HAS_VALUES = ${values !== undefined};`,
    `fn key(value: T) -> u32 { return ${keyFunction(dtype)}(value); }`,
  ].join('\n');
  if (values && isFloat(dtype))
    context.dispatch({
      shader: 'maxAbs',
      uniforms: [pixels],
      bindings: [values, table],
      invocations: Math.ceil(pixels / 16),
    });
  const rowParts = Math.ceil(shape[3] / PIXELS_PER_INVOCATION);
  // Without values the binding is there all the same, and unread.
  const bindings = [labels, values ?? labels, table];
  context.dispatch({
    shader: 'regionReduce',
    header: `${header}\n${fixedFunction(dtype, bias)}`,
    uniforms: [...shape, capacity, rowParts, bits],
    bindings,
    invocations: shape[0] * shape[1] * shape[2] * rowParts,
  });
  if (values)
    context.dispatch({
      shader: 'regionExtremes',
      header: `${header}\n${nanFunction(dtype)}`,
      uniforms: [pixels, capacity],
      bindings,
      invocations: Math.ceil(pixels / 4),
    });
  return {
    buffers: [table],
    decode([data]) {
      const words = new Uint32Array(data);
      if (words[1] > capacity)
        throw new DeviceError(`labels: a tile has ${words[1]} labels, there was room for ${capacity}`);
      return decodeRegionTable(words, { dtype, bits, bias, hasValues: values !== undefined });
    },
  };
}

const nanFunction = (dtype: DType): string =>
  isFloat(dtype)
    ? 'fn isNan(value: T) -> bool { return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u; }'
    : 'fn isNan(value: T) -> bool { return false; }';

/** WGSL that gives a value as an integer below 2^31 in magnitude. */
const fixedFunction = (dtype: DType, bias: number): string =>
  isFloat(dtype)
    ? 'fn fixed(value: T, largest: u32, bits: u32) -> Fixed { return fixedFloat(value, largest, bits); }'
    : `fn fixed(value: T, largest: u32, bits: u32) -> Fixed { return Fixed(bitcast<i32>(bitcast<u32>(value) - ${bias}u), 0u); }`;

/** Bits of a value such that 64 bits hold the sum over all pixels of value times coordinate. */
function valueBits(dtype: DType, shape: readonly number[], pixels: number): number {
  const room = 63 - Math.ceil(Math.log2(pixels + 1)) - Math.ceil(Math.log2(Math.max(...shape) + 1));
  if (isFloat(dtype)) return Math.min(31, room);
  const [low, high] = valueRange(dtype);
  const bits = Math.ceil(Math.log2((high - low) / 2 + 1)) + 1;
  if (bits > room)
    throw new DeviceError(`labels: a tile of ${pixels} pixels overflows 64-bit sums of ${dtype}`);
  return bits;
}
