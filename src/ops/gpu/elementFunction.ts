// What surrounds a function of the application's in WGSL: how it gets at elements, and how its results are stored.
import { type DType, isFloat, isSigned, itemSize } from '../../core/dtype';
import type { ArrayMeta } from '../../core/graph';
import type { GpuBufferRef, GpuContext, Operand } from '../../core/op';
import { elementCount, regionShape } from '../../core/region';
import type { ElementFunctionParams, FunctionText } from '../elementFunction';
import { flatOffsets } from './padBlock';
import { elementHeader, floatBits, isGpuType, shape4, wordCount } from './wgsl';

/** A packed block of one of the arrays, four axes. */
export interface FunctionBlock {
  readonly buffer: GpuBufferRef;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface FunctionCall {
  readonly params: ElementFunctionParams;
  readonly blocks: readonly FunctionBlock[];
  readonly output: Operand;
  readonly buffer: GpuBufferRef;
}

/** Storage buffers of a shader by WebGPU's default limits, without the output and the window. */
const MOST_ARRAYS = 6;
/** Values that the functions of one dispatch get at: tens of milliseconds at most for plain ones. */
const DISPATCH_WORK = 2 ** 24;

/** Why the GPU cannot do it. */
export function elementFunctionRefuses(
  { window }: ElementFunctionParams,
  arrays: readonly ArrayMeta[],
  output: ArrayMeta,
): string | undefined {
  const rank = output.shape.length;
  if (rank < 1 || rank > 4) return `functions take one to four axes, not ${rank}`;
  if (arrays.length > MOST_ARRAYS) return `functions take at most ${MOST_ARRAYS} arrays`;
  const wide = [...arrays, output].find(({ dtype }) => !isGpuType(dtype));
  if (wide) return `there is no ${wide.dtype}`;
  const { dtype } = arrays[0];
  return window && itemSize(dtype) === 4 && !isFloat(dtype)
    ? `${dtype} values do not fit float32`
    : undefined;
}

/** How an element is given to functions, and taken from them. */
const valueType = (dtype: DType): string => {
  if (dtype === 'bool') return 'bool';
  if (isFloat(dtype)) return 'f32';
  return isSigned(dtype) ? 'i32' : 'u32';
};

/** A position or an offset in an array of `rank` axes. */
const vectorType = (rank: number): string => (rank === 1 ? 'i32' : `vec${rank}i`);

/** The function that the application's text has to define. */
export const signatureOf = (
  { window }: FunctionText,
  { shape, dtype }: Pick<ArrayMeta, 'shape' | 'dtype'>,
): string =>
  window ? 'fn apply() -> f32' : `fn apply(position: ${vectorType(shape.length)}) -> ${valueType(dtype)}`;

/** Each element of the output is what the function makes of it, in dispatches of about DISPATCH_WORK values each. */
export function elementFunctionGpu(
  context: GpuContext,
  { params, blocks, output, buffer }: FunctionCall,
): void {
  const { label, wgsl, window, extraArguments } = params;
  const rank = output.shape.length;
  const shape = shape4(regionShape(output.region));
  const count = elementCount(shape);
  const words = wordCount(output.dtype, count);
  const start = shape4(output.region.map(([first]) => first)).fill(0, 0, 4 - rank);
  const offsets = window && flatOffsets(withLeading(window, rank), blocks[0].shape);
  const fixed = [...shape, ...start, ...shape4(output.shape), ...blocks.flatMap((block) => block.shape)];
  const rows = Math.ceil(extraArguments.length / 4);
  const values = Array.from({ length: 4 * rows }, (_, i) => floatBits(extraArguments[i] ?? 0));
  const inputs = blocks.map((block) => block.buffer);
  const perWord = (count / words) * (offsets?.length ?? 1);
  const batch = Math.max(64, Math.floor(DISPATCH_WORK / perWord));
  const header = functionHeader(params, blocks, output, offsets?.length);
  for (let first = 0; first < words; first += batch)
    context.dispatch({
      shader: 'elementFunction',
      functions: { wgsl, label, signature: signatureOf(params, output) },
      header,
      uniforms: [...fixed, ...values, count, first],
      bindings: [...inputs, ...(offsets ? [context.constant(offsets)] : []), buffer],
      invocations: Math.min(batch, words - first),
    });
}

/** Coordinates of `rank` axes in four. */
function withLeading(coordinates: Int32Array, rank: number): Int32Array {
  const padded = new Int32Array((coordinates.length / rank) * 4);
  for (let i = 0; i < coordinates.length; i += rank)
    padded.set(coordinates.subarray(i, i + rank), (i / rank) * 4 + 4 - rank);
  return padded;
}

function functionHeader(
  params: ElementFunctionParams,
  blocks: readonly FunctionBlock[],
  output: Operand,
  windowElements: number | undefined,
): string {
  const rows = Math.ceil(params.extraArguments.length / 4);
  const bindings = [
    ...blocks.map((_, i) => `var<storage, read> block${i}: array<u32>;`),
    ...(windowElements ? ['var<storage, read> offsets: array<u32>;'] : []),
    'var<storage, read_write> output: array<u32>;',
  ];
  return [
    'struct Params {',
    '  outputShape: vec4u, start: vec4i, arrayShape: vec4i,',
    ...blocks.map((_, i) => `  shape${i}: vec4u,`),
    rows > 0 ? `  extraArguments: array<vec4f, ${rows}>,` : '',
    '  count: u32, first: u32,',
    '}',
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...bindings.map((binding, i) => `@group(0) @binding(${i + 1}) ${binding}`),
    'var<private> place: vec4u;',
    rows > 0 ? 'fn argument(i: u32) -> f32 { return params.extraArguments[i / 4u][i % 4u]; }' : '',
    ...blocks.map(({ dtype }, i) => elementHeader(dtype, `block${i}`)),
    elementHeader(output.dtype),
    windowElements ? windowHeader(output.dtype, windowElements) : stencilHeader(params, blocks, output),
  ].join('\n');
}

/** `inputN(offset)`, the element of array number N at an offset within reach, and `result()`. */
function stencilHeader(
  { before, after }: ElementFunctionParams,
  blocks: readonly FunctionBlock[],
  { shape, dtype }: Operand,
): string {
  const rank = shape.length;
  const vector = vectorType(rank);
  const zeros = '0, '.repeat(4 - rank);
  const swizzle = 'xyzw'.slice(4 - rank);
  const four = (values: readonly number[]) => `vec4i(${zeros}${values.join(', ')})`;
  return [
    `const BEFORE = ${four(before)};`,
    `const AFTER = ${four(after)};`,
    `fn arrayShape() -> ${vector} { return params.arrayShape.${swizzle}; }`,
    ...blocks.map(({ dtype: own }, i) => {
      const value = `block${i}Decode(block${i}[at / block${i}LANES], at % block${i}LANES)`;
      return [
        `fn input${i}(offset: ${vector}) -> ${valueType(own)} {`,
        `  let p = vec4u(vec4i(place) + BEFORE + clamp(vec4i(${zeros}offset), -BEFORE, AFTER));`,
        `  let at = ((p.x * params.shape${i}.y + p.y) * params.shape${i}.z + p.z) * params.shape${i}.w + p.w;`,
        `  return ${own === 'bool' ? `${value} != 0u` : value};`,
        '}',
      ].join('\n');
    }),
    'fn result() -> T {',
    `  let value: ${valueType(dtype)} = apply((vec4i(place) + params.start).${swizzle});`,
    `  return ${dtype === 'bool' ? 'u32(value)' : 'value'};`,
    '}',
  ].join('\n');
}

/** `COUNT` and `value(i)`, the elements of the window in C order, and `result()`, cast like C. */
function windowHeader(dtype: DType, elements: number): string {
  const truncated = 'truncateFloat(value)';
  const cast = dtype === 'bool' ? `u32(${truncated} != 0)` : `T(${truncated})`;
  return `const COUNT = ${elements}u;
fn value(i: u32) -> f32 {
  let row = (place.x * params.shape0.y + place.y) * params.shape0.z + place.z;
  let at = row * params.shape0.w + place.w + offsets[min(i, COUNT - 1u)];
  return f32(block0Decode(block0[at / block0LANES], at % block0LANES));
}
fn result() -> T {
  let value: f32 = apply();
  return ${isFloat(dtype) ? 'value' : cast};
}`;
}
