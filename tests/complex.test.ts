// Complex arrays: layout, views, blocks, graphs as JSON, and what refuses them.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  ArgumentError,
  binaryErosion,
  concatenate,
  type DeviceChoice,
  deserializeGraph,
  FunctionError,
  fromArray,
  histogram,
  type LazyArray,
  label,
  mapBlocks,
  mapOverlap,
  medianFilter,
  minimumFilter,
  regionTable,
  serializeGraph,
  stack,
  thresholdOtsu,
  where,
} from '../src/index';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

/** Elements by index: number i is (i + 1) (1 - j / 2). */
const elements = (...indices: number[]) => indices.flatMap((i) => [i + 1, -(i + 1) / 2]);
const image = (shape: number[], chunks = shape, dtype: 'complex64' | 'complex128' = 'complex64') => {
  const data = elements(...Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i));
  const typed = dtype === 'complex64' ? Float32Array.from(data) : Float64Array.from(data);
  return fromArray(typed, { shape, dtype, chunks });
};
const values = async (array: LazyArray, device: DeviceChoice = 'cpu') =>
  Array.from((await array.compute({ device })).data as Float64Array);
describe.each(EXECUTORS)('on %s', (device) => {
  test.each(['complex64', 'complex128'] as const)('%s moves with both parts', async (dtype) => {
    const a = image([2, 3], [1, 2], dtype);
    expect(await values(a.slice(1, [0, 2]), device)).toEqual(elements(3, 4));
    expect(await values(a.slice(null, [0, 3, 2]), device)).toEqual(elements(0, 2, 3, 5));
    expect(await values(a.rechunk([2, 1]), device)).toEqual(elements(0, 1, 2, 3, 4, 5));
    const joined = concatenate([a.slice([0, 1]), a]);
    expect(await values(joined, device)).toEqual(elements(0, 1, 2, 0, 1, 2, 3, 4, 5));
    expect(await values(stack([a.slice(0), a.slice(1)]), device)).toEqual(elements(0, 1, 2, 3, 4, 5));
    const sum = a.add(a.slice(1).multiply(0)).subtract(fromArray(Uint8Array.of(1, 1), { shape: [2, 1] }));
    expect(await values(sum, device)).toEqual(elements(0, 1, 2, 3, 4, 5).map((v, i) => v - ((i + 1) % 2)));
    expect(
      (
        await a.read(
          [
            [1, 2],
            [1, 2],
          ],
          { device },
        )
      ).data.length,
    ).toBe(2);
    expect(await a.slice(1, 1).item({ device })).toEqual({ re: 5, im: -2.5 });
    expect(await values(await a.persist({ device }), device)).toEqual(elements(0, 1, 2, 3, 4, 5));
  });

  test('chunks and regions never show', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        chunks: fc.tuple(...shape.map((n) => fc.integer({ min: 1, max: n }))),
        start: fc.tuple(...shape.map((n) => fc.integer({ min: 0, max: n - 1 }))),
        other: fc.tuple(...shape.map((n) => fc.integer({ min: 1, max: n }))),
      }),
    );
    const formula = (a: LazyArray) =>
      a
        .multiply(a.conj())
        .add(a.divide({ re: 1, im: 2 }))
        .rechunk(1)
        .multiply(a);
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, chunks, start, other }) => {
        const region = shape.map((n, axis) => [start[axis], n] as const);
        const part = await formula(image(shape, chunks).rechunk(other)).read(region, { device });
        const all = formula(image(shape)).slice(...start.map((s, axis) => [s, shape[axis]] as const));
        expect(part.data).toEqual((await all.compute({ device })).data);
      }),
      { numRuns: device === 'gpu' ? 6 : 40 },
    );
  });
});

describe('functions of the application', () => {
  test('get and return interleaved parts', async () => {
    const conjugate = mapBlocks(
      (block) => (block.data as Float32Array).map((v, i) => (i % 2 ? -v : v)),
      image([5], [2]),
    );
    expect(conjugate.dtype).toBe('complex64');
    expect(await values(conjugate)).toEqual(elements(0, 1, 2, 3, 4).map(Math.abs));
  });

  test('see margins of complex numbers', async () => {
    const seen: number[][] = [];
    const array = mapOverlap(
      (block) => {
        seen.push(Array.from(block.data as Float32Array));
        return block.data;
      },
      image([3]),
      { depth: 1, boundary: 7 },
    );
    expect(await values(array)).toEqual(elements(0, 1, 2));
    expect(seen).toEqual([[7, 0, ...elements(0, 1, 2), 7, 0]]);
  });

  test('must return both parts', async () => {
    const wrong = mapBlocks((block) => block.data.slice(0, 2), image([2]));
    await expect(wrong.compute()).rejects.toThrow(FunctionError);
    const made = mapBlocks(() => Float64Array.of(1, 2), image([1]), { dtype: 'complex128' });
    expect(await made.item()).toEqual({ re: 1, im: 2 });
  });
});

test('graphs go through JSON', async () => {
  const a = image([2, 2]);
  const formula = a.multiply({ re: 0, im: 1 }).absolute();
  const copy = deserializeGraph(JSON.parse(JSON.stringify(serializeGraph(formula))), {
    [a.node.source!.key]: a.node.source!,
  });
  expect(copy.node.key).toBe(formula.node.key);
  expect(await values(copy)).toEqual(await values(formula));
});

test('parts of what was made of parts are those parts', () => {
  const a = image([4]);
  const product = a.multiply(a).add(1);
  expect(product.real().node.op).toBe('pointwise');
  expect(a.real().astype('complex64').real().node.key).toBe(a.real().node.key);
  expect(a.conj().conj().real().node.key).toBe(a.real().node.key);
});

test('bad input', async () => {
  const a = image([4, 4]);
  expect(() => fromArray(new Float32Array(4), { shape: [4], dtype: 'complex64' })).toThrow(
    /^data: expected 8 .*parts/,
  );
  expect(() => fromArray(new Float64Array(8), { shape: [4], dtype: 'complex64' })).toThrow(/^dtype: /);
  expect(() => a.astype('float32')).toThrow(/^dtype: .*real\(\)/);
  expect(() => a.gt(1)).toThrow(/^operands of gt: .*real\(\).*complex64/);
  for (const name of ['minimum', 'maximum', 'lt', 'floorDivide', 'remainder', 'power'] as const)
    expect(() => a[name](2)).toThrow(ArgumentError);
  for (const name of ['sqrt', 'exp', 'log', 'min', 'max'] as const)
    expect(() => a[name]()).toThrow(ArgumentError);
  expect(() => a.min({ axis: 0 })).toThrow(/^array: /);
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse
  expect(() => a.add({ re: 1 } as any)).toThrow(/^other: .*re, im/);
  expect(() => where(a, 1, 2)).not.toThrow();
  for (const call of [
    () => minimumFilter(a, { size: 3 }),
    () => medianFilter(a, { size: 3 }),
    () => binaryErosion(a),
    () => label(a),
  ])
    expect(call).toThrow(/^image: expected an array of real numbers/);
  for (const call of [
    () => thresholdOtsu(a),
    () => histogram(a, 0, 1, 4),
    () => regionTable(a, { labelImage: a.real().astype('uint8') }),
  ])
    await expect(call()).rejects.toThrow(/^image: expected an array of real numbers/);
});
