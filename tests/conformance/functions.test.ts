// Functions of the application against SciPy and NumPy: as a module in the workers on the CPU, in WGSL on the GPU.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  type DType,
  fromArray,
  genericFilter,
  type LazyArray,
  mapBlocks,
  mapOverlap,
  thresholdLocal,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const module = new URL('../helpers/functions.mjs', import.meta.url);

/** `$T` stands for the type of the image's elements in WGSL. */
const WGSL: Readonly<Record<string, string>> = {
  largest: `fn apply() -> f32 {
    var found = value(0u);
    for (var i = 1u; i < COUNT; i++) { found = max(found, value(i)); }
    return found;
  }`,
  average: `fn apply() -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < COUNT; i++) { sum += value(i); }
    return sum / f32(COUNT);
  }`,
  spread: `fn apply() -> f32 {
    var low = value(0u);
    var high = low;
    for (var i = 1u; i < COUNT; i++) {
      low = min(low, value(i));
      high = max(high, value(i));
    }
    return high - low;
  }`,
  ends: 'value(0u) - 0.5 * value(COUNT - 1u)',
  gain: 'argument(0u) * value(COUNT / 2u) + argument(1u)',
  deviation: `fn apply() -> f32 {
    var mean = 0.0;
    for (var i = 0u; i < COUNT; i++) { mean += value(i) / f32(COUNT); }
    var sum = 0.0;
    for (var i = 0u; i < COUNT; i++) { sum += (value(i) - mean) * (value(i) - mean); }
    return sqrt(sum / f32(COUNT));
  }`,
  affine: '3 * input0(vec2i()) + 1',
  not: '!input0(vec2i())',
  places: '1000 * position.x + position.y',
  blend: 'input0(vec2i()) + 2 * input1(vec2i()) + 3 * f32(input2(vec2i()))',
  sum: 'input0(vec2i()) + input1(vec2i())',
  weighted: `fn apply(position: vec2i) -> $T {
    var weights = array<i32, 9>(1, -2, 3, 0, 4, -1, 2, 1, -5);
    var total = $T(0);
    for (var y = 0; y < 3; y++) {
      for (var x = 0; x < 3; x++) { total += $T(weights[3 * y + x]) * input0(vec2i(y - 1, x - 1)); }
    }
    return total;
  }`,
  anyNeighbour: `fn apply(position: vec2i) -> bool {
    for (var i = 0; i < 9; i++) { if (input0(vec2i(i / 3 - 1, i % 3 - 1))) { return true; } }
    return false;
  }`,
  neighbours: `fn apply(position: vec2i) -> u32 {
    let low = max(position - 2, vec2i());
    let high = min(position + 3, arrayShape());
    return u32((high - low).x * (high - low).y);
  }`,
  sumsAlong0: `fn apply(position: vec3i) -> f32 {
    var sum = 0.0;
    for (var z = -3; z <= 3; z++) { sum += input0(vec3i(z, 0, 0)); }
    return sum;
  }`,
};

function typeOf(dtype: DType): string {
  if (dtype.startsWith('float')) return 'f32';
  return dtype.startsWith('int') ? 'i32' : 'u32';
}

/** The case's function; undefined on the GPU where it has none in WGSL. */
function functionOf(c: GoldenCase, device: string) {
  const { dtype } = c.inputs[0];
  const name = c.args.function as string;
  const cpu = { module, name };
  if (device === 'cpu') return cpu;
  const wgsl = WGSL[name === 'affine' && dtype === 'bool' ? 'not' : name];
  return wgsl && { wgsl: wgsl.replaceAll('$T', typeOf(dtype)), cpu };
}

function run(
  c: GoldenCase,
  device: string,
  chunksOf: (shape: readonly number[]) => number[],
): LazyArray | undefined {
  const fn = functionOf(c, device) as never;
  if (!fn) return undefined;
  const arrays = c.inputs.map(({ data, shape, dtype }) =>
    fromArray(data, { shape, dtype, chunks: chunksOf(shape) }),
  );
  const [image] = arrays;
  const options = c.args as never;
  switch (c.function) {
    case 'genericFilter':
      return genericFilter(image, fn, options);
    case 'thresholdLocal':
      return thresholdLocal(image, c.args.blockSize as number, {
        ...{ method: 'generic', param: fn, offset: c.args.offset as number },
      });
    case 'mapOverlap':
      return mapOverlap(fn, image, options);
    default:
      return mapBlocks(fn, arrays.length > 1 ? arrays : (image as never), {
        ...blocksOf(c, image),
        ...c.args,
      } as never);
  }
}

/** What functions make of a chunk. */
function blocksOf(c: GoldenCase, { chunks }: LazyArray) {
  if (c.args.function === 'twice') return { chunks: [2, ...chunks] };
  return c.args.function === 'binned' ? { chunks: chunks.map((n) => n / 2) } : {};
}

/** Whole, quarters, and rows fewer than windows have; even, for functions that join two rows. */
const CHUNKINGS = [
  (shape: readonly number[]) => [...shape],
  (shape: readonly number[]) => shape.map((n) => Math.max(1, 2 * Math.ceil(n / 4))),
  (shape: readonly number[]) => shape.map((n, axis) => (axis === 0 ? Math.min(n, 2) : n)),
];

describe.each(EXECUTORS)('functions on %s', (device) => {
  const cases = loadGolden('functions').filter((c) => functionOf(c, device));
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    for (const chunksOf of CHUNKINGS) {
      const array = run(c, device, chunksOf)!;
      const result = await array.compute({ device });
      expect([result.dtype, result.shape]).toEqual([c.output.dtype, c.output.shape]);
      const float64Result = device === 'gpu' ? (c.exact?.data as Float64Array) : undefined;
      const error = expectWithinContract(result.data, c.output.data, result.dtype, { float64Result });
      recordGolden(c, device, error, array);
    }
  });
});
