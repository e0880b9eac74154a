// WGSL headers that specialise shaders to an element type, and 32-bit words for uniforms.
import { type DType, isFloat, isSigned, itemSize } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { GpuBufferRef, GpuContext, Operand } from '../../core/op';
import { regionSize } from '../../core/region';

/** Element types that GPU kernels hold packed in 32-bit words. */
export const isGpuType = (dtype: DType): boolean => itemSize(dtype) <= 4;

/** Elements in a 32-bit word. */
export const lanes = (dtype: DType): number => {
  if (!isGpuType(dtype)) throw new DeviceError(`dtype: ${dtype} has no GPU kernels`);
  return 4 / itemSize(dtype);
};

/** Words that hold `count` packed elements. */
export const wordCount = (dtype: DType, count: number): number => Math.ceil(count / lanes(dtype));

const scalarType = (dtype: DType): 'f32' | 'i32' | 'u32' =>
  isFloat(dtype) ? 'f32' : isSigned(dtype) ? 'i32' : 'u32';

/** WGSL that describes how elements are packed: `LANES` (elements a word) and `BITS`. */
export const bitsHeader = (dtype: DType): string =>
  `const LANES = ${lanes(dtype)}u;\nconst BITS = ${8 * itemSize(dtype)}u;`;

/**
 * WGSL that describes an element type: `T`, `LANES` (elements a word), `decode(word, lane) -> T` and
 * `encode(value, lane) -> u32` (the value's bits in place, to be or-ed together; integers wrap, booleans are
 * non-zero or not). `prefix` comes before each name, for shaders with several types.
 */
export function elementHeader(dtype: DType, prefix = ''): string {
  const [t, bits] = [scalarType(dtype), itemSize(dtype) * 8];
  const decode =
    t === 'f32' ? 'bitcast<f32>(word)' : `extractBits(bitcast<${t}>(word), lane * ${bits}u, ${bits}u)`;
  const stored = dtype === 'bool' ? 'u32(value != 0u)' : `(bitcast<u32>(value) & ${2 ** bits - 1}u)`;
  const encode = bits === 32 ? 'bitcast<u32>(value)' : `${stored} << (lane * ${bits}u)`;
  const name = (base: string) => (prefix ? prefix + base[0].toUpperCase() + base.slice(1) : base);
  return [
    `alias ${prefix}T = ${t};`,
    `const ${prefix}LANES = ${lanes(dtype)}u;`,
    `fn ${name('decode')}(word: u32, lane: u32) -> ${t} { return ${decode}; }`,
    `fn ${name('encode')}(value: ${t}, lane: u32) -> u32 { return ${encode}; }`,
  ].join('\n');
}

/**
 * WGSL of a packed output at `binding` and `putWord(element, bits)`, which writes the elements of a word from one on. Rows
 * that do not begin with words share some: then those are or-ed into zeros.
 */
export function packedOutput(binding: number, aligned: boolean): string {
  const declare = (type: string) =>
    `@group(0) @binding(${binding}) var<storage, read_write> output: array<${type}>;`;
  if (aligned)
    return `${declare('u32')}
fn putWord(element: u32, bits: u32) { output[element / LANES] = bits; }`;
  return `${declare('atomic<u32>')}
fn putWord(element: u32, bits: u32) {
  let shift = element % LANES * BITS;
  atomicOr(&output[element / LANES], bits << shift);
  if (shift != 0u) { atomicOr(&output[element / LANES + 1u], bits >> (32u - shift)); }
}`;
}

/** The buffer for an output whose rows invocations write in parts, and whether they begin with words. */
export function rowTarget(
  context: GpuContext,
  output: Operand,
): { readonly output: GpuBufferRef; readonly aligned: boolean } {
  const [start, stop] = output.region[output.region.length - 1] ?? [0, 1];
  if ((stop - start) % lanes(output.dtype) === 0) return { output: context.output(output), aligned: true };
  const zeros = context.scratch(4 * wordCount(output.dtype, regionSize(output.region)));
  context.alias(output, zeros);
  return { output: zeros, aligned: false };
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** The bits of a number as float32. */
export function floatBits(value: number): number {
  floats[0] = value;
  return words[0];
}

/** A scalar as the 32-bit word a shader of this type expects in its uniforms. */
export const scalarBits = (dtype: DType, value: number): number =>
  isFloat(dtype) ? floatBits(value) : Math.trunc(value) >>> 0;

/** A shape of up to four axes, with leading ones. */
export function shape4(shape: readonly number[], name = 'shape'): [number, number, number, number] {
  if (shape.length > 4)
    throw new DeviceError(`${name}: GPU kernels take up to 4 axes, received ${shape.length}`);
  return [...new Array<number>(4 - shape.length).fill(1), ...shape] as [number, number, number, number];
}
