// Linear filters: chunking never changes a result, executors agree, filters are linear, separable weights are no
// different from others.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  BOUNDARY_MODES,
  convolve,
  correlate,
  type DType,
  fromArray,
  gaussianGradientMagnitude,
  gaussianLaplace,
  type LazyArray,
  laplace,
  sobel,
} from '../src/index';
import { expectWithinContract } from './helpers/compare';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const RUNS = 12;
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const cases = fc.integer({ min: 1, max: 4 }).chain((rank) => {
  const axis = (max: number) => fc.integer({ min: 1, max });
  return fc.record({
    shape: fc.array(axis(rank < 3 ? 24 : 6), { minLength: rank, maxLength: rank }),
    chunk: axis(7),
    size: fc.array(axis(rank < 3 ? 9 : 3), { minLength: rank, maxLength: rank }),
    shift: fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { minLength: rank, maxLength: rank }),
    mode: fc.constantFrom(...BOUNDARY_MODES),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  });
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function noise(seed: number, length: number): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

const values = ({ seed, shape }: Case, dtype: DType, offset = 0) => {
  const random = noise(seed + offset, product(shape));
  if (dtype === 'uint8') return Uint8Array.from(random, (v) => v * 256);
  if (dtype === 'int16') return Int16Array.from(random, (v) => (v - 0.5) * 20000);
  return dtype === 'float32' ? Float32Array.from(random) : Float64Array.from(random);
};

const image = (c: Case, dtype: DType, chunks = c.shape) =>
  fromArray(values(c, dtype), { shape: c.shape, dtype, chunks });
const chunked = (c: Case, dtype: DType) =>
  image(
    c,
    dtype,
    c.shape.map((n) => Math.min(n, c.chunk)),
  );

const weights = ({ size, seed }: Case) => ({
  shape: size,
  data: noise(seed + 1, product(size)).map((v) => (v - 0.4) / product(size)),
});
const origin = ({ size, shift }: Case) => size.map((n, axis) => Math.floor(shift[axis] * n) - (n >> 1));

const FILTERS: Record<string, (a: LazyArray, c: Case) => LazyArray> = {
  correlate: (a, c) => correlate(a, weights(c), { mode: c.mode, cval: 3, origin: origin(c) }),
  convolve: (a, c) => convolve(a, weights(c), { mode: c.mode, cval: 3 }),
  laplace: (a, c) => laplace(a, { mode: c.mode, cval: 3 }),
  sobel: (a, c) => sobel(a, { mode: c.mode, cval: 3, axis: 0 }),
  gaussianLaplace: (a, c) => gaussianLaplace(a, 1.1, { mode: c.mode, cval: 3 }),
  gaussianGradientMagnitude: (a, c) => gaussianGradientMagnitude(a, 1.1, { mode: c.mode, cval: 3 }),
};

const dtypes = fc.constantFrom('uint8' as const, 'int16' as const, 'float32' as const);

for (const device of EXECUTORS) {
  test.each(Object.keys(FILTERS))(`chunking does not change %s on ${device}`, async (name) => {
    await fc.assert(
      fc.asyncProperty(cases, dtypes, async (c, dtype) => {
        const parts = await FILTERS[name](chunked(c, dtype), c).compute({ device });
        const all = await FILTERS[name](image(c, dtype), c).compute({ device });
        expect(parts.data).toEqual(all.data);
      }),
      { numRuns: RUNS },
    );
  });
}

describe('on the CPU', () => {
  test('correlation is linear', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const x = values(c, 'float64');
        const y = values(c, 'float64', 7);
        const mixed = Float64Array.from(x, (v, i) => 2 * Number(v) - 3 * Number(y[i]));
        const run = async (data: typeof x) =>
          (await FILTERS.correlate(fromArray(data, { shape: c.shape }), { ...c, mode: 'mirror' }).compute())
            .data as Float64Array;
        const [a, b] = [await run(x), await run(y)];
        const expected = a.map((v, i) => 2 * v - 3 * b[i]);
        expectWithinContract(await run(mixed), expected, 'float64', { range: 10 });
      }),
      { numRuns: RUNS },
    );
  });

  test('separable weights give what other weights would', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const vectors = c.size.map((n, axis) => noise(c.seed + axis, n).map((v) => v + 0.1));
        const data = vectors.reduce((outer, v) => outer.flatMap((a) => v.map((b) => a * b)), [1]);
        const options = { mode: c.mode, cval: 2, origin: origin(c) };
        const run = async (d: number[]) =>
          (await correlate(chunked(c, 'float64'), { shape: c.size, data: d }, options).compute())
            .data as Float64Array;
        // Adding a tap of another value breaks separability; its share is taken off again.
        const parts = data.map((w, i) => [i === 0 ? w + 1 : w, i === 0 ? 1 : 0]);
        const [a, b] = [await run(parts.map(([w]) => w)), await run(parts.map(([, w]) => w))];
        const expected = a.map((v, i) => v - b[i]);
        const range = data.reduce((sum, w) => sum + w, 1) * 2;
        expectWithinContract(await run(data), expected, 'float64', { range });
      }),
      { numRuns: RUNS },
    );
  });
});

if (EXECUTORS.includes('gpu')) {
  test.each(Object.keys(FILTERS))('the GPU agrees with the CPU on %s of float32', async (name) => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const gpu = await FILTERS[name](chunked(c, 'float32'), c).compute({ device: 'gpu' });
        const cpu = await FILTERS[name](chunked(c, 'float32'), c).compute({ device: 'cpu' });
        // The inputs are below 3 in magnitude; where results cancel, that is what rounding is relative to.
        expectWithinContract(gpu.data, cpu.data, 'float32', { range: 10 });
      }),
      { numRuns: RUNS },
    );
  });
}
