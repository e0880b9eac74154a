// Measurements by label where golden data does not reach: chunkings, sums of any size, indices, bad input.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import { fromLimbs, toLimbs } from '../src/core/wideInteger';
import {
  ArgumentError,
  area,
  centerOfMass,
  extrema,
  findObjects,
  fromArray,
  type LazyArray,
  type MeasureOptions,
  mean,
  standardDeviation,
  sum,
  sumLabels,
  variance,
} from '../src/index';
import { LabelTable } from '../src/ops/ndmeasure/labelTable';
import { RegionFormat, RegionRows } from '../src/ops/ndmeasure/regionRows';

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const DEVICE = { device: 'cpu' } as const;

const shapes = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })),
  fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 10 })),
);

const labelled = shapes.chain((shape) => {
  const size = shape.reduce((a: number, b: number) => a * b, 1);
  return fc.record({
    shape: fc.constant([...shape]),
    chunks: fc.tuple(...shape.map((n) => fc.integer({ min: 1, max: n }))),
    values: fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: size, maxLength: size }),
    labels: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: size, maxLength: size }),
  });
});

const ALL = { sumLabels, mean, variance, standardDeviation, centerOfMass } as const;

describe('chunks', () => {
  test('never move a bit of what is measured of 16-bit images', async () => {
    await fc.assert(
      fc.asyncProperty(labelled, async ({ shape, chunks, values, labels }) => {
        const measured = async (grid: readonly number[]) => {
          const image = fromArray(Uint16Array.from(values), { shape, chunks: grid });
          const labelImage = fromArray(Uint8Array.from(labels), { shape, chunks: grid });
          const options = { labelImage, index: [1, 2, 3, 4] };
          const { minimumPosition, maximumPosition } = extrema(image, options);
          const arrays = [
            ...Object.values(ALL).map((f) => f(image, options)),
            minimumPosition,
            maximumPosition,
          ];
          return Promise.all(arrays.map(async (array) => (await array.compute(DEVICE)).data));
        };
        expect(await measured([...chunks])).toEqual(await measured(shape));
      }),
      { numRuns: 25 },
    );
  });

  test('leave the spread of floats its digits, far from zero', async () => {
    const data = Float64Array.from({ length: 4000 }, (_, i) => 1e9 + ((i * 7919) % 101) / 100);
    const n = data.length;
    const centred = data.map((v) => v - 1e9);
    const average = centred.reduce((a, b) => a + b) / n;
    const expected = centred.reduce((a, b) => a + (b - average) ** 2, 0) / n;
    for (const chunks of [[4000], [1999], [64]]) {
      const image = fromArray(data, { shape: [n], chunks });
      expect(Number(await variance(image).item(DEVICE)) / expected).toBeCloseTo(1, 9);
    }
  });
});

describe('sums', () => {
  test('of 64-bit integers are exact before they become float64', async () => {
    const data = BigInt64Array.from(
      { length: 300 },
      (_, i) => 2n ** 62n + (i % 2 === 0 ? 1n : -1n) * BigInt(i),
    );
    const image = fromArray(data, { shape: [300], chunks: [37] });
    expect(await sum(image).item(DEVICE)).toBe(Number(data.reduce((a, b) => a + b)));
    const cancelling = fromArray(BigInt64Array.from([2n ** 62n, 1n, -(2n ** 62n)]), {
      shape: [3],
      chunks: [1],
    });
    expect(await sumLabels(cancelling).item(DEVICE)).toBe(1);
    expect(await mean(cancelling).item(DEVICE)).toBe(1 / 3);
  });

  test('of 2^40 pixels of uint32 are exact: parts of tiles add up without a rounding', () => {
    const format = new RegionFormat(1, 'small');
    const table = new LabelTable(format, 1);
    const [n, value] = [2n ** 20n, 2n ** 32n - 1n];
    const row = new Float64Array(format.width);
    row.set([Number(n), 0, Number(n), 0]);
    row.set(toLimbs(n * value), format.values + format.fields.sum);
    row.set(toLimbs(n * value * value), format.values + format.fields.squares);
    for (let part = 0; part < 2 ** 20; part++) table.merge(1, row, 0);
    const at = format.values + format.fields.sum;
    expect(fromLimbs(table.rows[at], table.rows[at + 1])).toBe(2n ** 40n * value);
    const merged = new RegionRows([2 ** 20], table).get(1)!;
    expect(merged).toMatchObject({ count: 2 ** 40, sum: Number(2n ** 40n * value), deviations: 0 });
  });
});

test('an index has any shape, and the result has it too', async () => {
  const image = fromArray(Uint8Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3] });
  const labelImage = fromArray(Uint8Array.of(1, 1, 2, 2, 3, 0), { shape: [2, 3] });
  const result = async (index: MeasureOptions['index']) => {
    const { data, shape } = await sumLabels(image, { labelImage, index }).compute(DEVICE);
    return [[...shape], [...data]];
  };
  expect(await result(2)).toEqual([[], [7]]);
  expect(await result(3n)).toEqual([[], [5]]);
  expect(await result([2, 9, 1])).toEqual([[3], [7, 0, 3]]);
  expect(
    await result([
      [1, 2],
      [3, 2],
      [4, 0],
    ]),
  ).toEqual([
    [3, 2],
    [3, 7, 5, 7, 0, 6],
  ]);
  expect(await result(BigInt64Array.of(3n, 1n))).toEqual([[2], [5, 3]]);
  expect(await result({ data: Int32Array.of(3, 1), shape: [1, 2, 1] })).toEqual([
    [1, 2, 1],
    [5, 3],
  ]);
  expect(await result([])).toEqual([[0], []]);
  expect(await result(-1)).toEqual([[], [0]]);
});

test('findObjects up to a label', async () => {
  const labels = fromArray(Uint8Array.of(0, 3, 3, 1), { shape: [4] });
  expect(await findObjects(labels, DEVICE)).toEqual([[[3, 4]], null, [[1, 3]]]);
  expect(await findObjects(labels, { ...DEVICE, maxLabel: 2 })).toEqual([[[3, 4]], null]);
  expect(await findObjects(labels, { ...DEVICE, maxLabel: 4 })).toEqual([[[3, 4]], null, [[1, 3]], null]);
  await expect(findObjects(labels, { maxLabel: -1 })).rejects.toThrow(/^maxLabel: .*-1/);
});

describe('bad input', () => {
  const image = fromArray(new Uint8Array(6), { shape: [2, 3] });
  const labelImage = fromArray(Int32Array.of(0, 1, 2, -3, 1, 1), { shape: [2, 3] });
  const cases: [string, RegExp, () => unknown][] = [
    ['float labels', /^labelImage: .*"float32"/, () => area(image, { labelImage: image.astype('float32') })],
    [
      'complex labels',
      /^labelImage: .*"complex64"/,
      () => area(image, { labelImage: image.astype('complex64') }),
    ],
    [
      'labels of another shape',
      /^labelImage: .*\[2, 2\]/,
      () => area(image, { labelImage: image.slice(null, [0, 2]) }),
    ],
    ['a complex image', /^image: .*"complex64"/, () => mean(image.astype('complex64'))],
    ['an index without labels', /^index: /, () => mean(image, { index: 1 })],
    ['a fraction', /^index\[1\]: .*1.5/, () => mean(image, { labelImage, index: [1, 1.5] })],
    ['a string', /^index: .*"1"/, () => mean(image, { labelImage, index: '1' as never })],
    [
      'lists of several lengths',
      /^index\[1\]: .*\[3\]/,
      () => mean(image, { labelImage, index: [[1, 2], [3]] }),
    ],
    [
      'lists of several depths',
      /^index\[1\]: .*3/,
      () => mean(image, { labelImage, index: [[1, 2], 3] as never }),
    ],
    [
      'a shape of another size',
      /^index.shape: /,
      () => mean(image, { labelImage, index: { data: [1], shape: [2] } }),
    ],
  ];

  test.each(cases)('%s', (_name, message, call) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });

  test.each([
    ['int32', (labels: LazyArray) => labels],
    ['int8', (labels: LazyArray) => labels.astype('int8')],
    ['int64', (labels: LazyArray) => labels.astype('int64')],
    ['beyond uint32', (labels: LazyArray) => labels.astype('int64').add(2 ** 33)],
  ])('negative labels and those out of range: %s', async (_name, convert) => {
    const bad = convert(labelImage);
    const found = mean(image, { labelImage: bad, index: [1] }).compute(DEVICE);
    await expect(found).rejects.toBeInstanceOf(ArgumentError);
    await expect(found).rejects.toThrow(/^labelImage: .*from 0 to/);
    await expect(findObjects(bad, DEVICE)).rejects.toThrow(/^labelImage: /);
    await expect(mean(image, { labelImage: bad, index: [0] }).compute(DEVICE)).rejects.toThrow(
      /^labelImage: /,
    );
  });
});
