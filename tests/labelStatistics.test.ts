// Medians whatever the size of objects, and functions of the application by label.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allocate, type DType, type TypedArray } from '../src/core/dtype';
import { setTileElements } from '../src/core/tiling';
import {
  ArgumentError,
  configure,
  FunctionError,
  fromArray,
  histogram,
  label,
  labeledComprehension,
  median,
} from '../src/index';
import { random } from './helpers/gpu';

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));
afterEach(() => configure({ memoryBudget: undefined }));

const DEVICE = { device: 'cpu' } as const;

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function noise(dtype: DType, length: number, seed: number): TypedArray {
  const next = random(seed);
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) {
    const value = dtype.startsWith('float')
      ? (next() - 0.3) * 10 ** (6 * next() - 3)
      : Math.floor(next() * 3e9 - 1e9);
    data[i] = (typeof data[i] === 'bigint' ? BigInt(value) * 2n ** 28n : value) as never;
  }
  return data;
}

describe('median', () => {
  test.each(['uint8', 'uint16', 'int32', 'uint64', 'float32', 'float64'] as const)(
    'of %s, of more values than memory is set aside for: by digits',
    async (dtype) => {
      // A sixteenth: 64 KiB.
      configure({ memoryBudget: 1 << 20 });
      const shape = [301, 300];
      const data = noise(dtype, 301 * 300, 5);
      const numbers = Array.from(data as Float64Array, Number);
      const labels = Uint8Array.from(numbers, (_, i) => 1 + (Math.floor(i / 7) % 3));
      const image = fromArray(data, { shape, chunks: [64, 300] });
      const labelImage = fromArray(labels, { shape, chunks: [64, 300] });
      const { data: found } = await median(image, { labelImage, index: [1, 2, 3] }).compute(DEVICE);
      const values = (wanted: number) => numbers.filter((_, i) => labels[i] === wanted);
      expect([...found]).toEqual([1, 2, 3].map((wanted) => middle(values(wanted))));
      expect(await median(image).item(DEVICE)).toBe(middle(numbers));
    },
  );

  test('of two values far apart, of which the upper one is in another digit', async () => {
    configure({ memoryBudget: 1 << 20 });
    const data = Float32Array.from({ length: 40000 }, (_, i) => (i < 20000 ? -1e30 : 1e-3));
    const image = fromArray(data, { shape: [40000], chunks: [4096] });
    expect(await median(image).item(DEVICE)).toBe((data[0] + data[39999]) / 2);
  });

  test('of labels that label() finds, whatever the chunks', async () => {
    const { data, labels } = objects();
    for (const chunks of [
      [40, 50],
      [7, 9],
    ]) {
      const image = fromArray(data, { shape: [40, 50], chunks });
      const found = label(image.gt(150));
      expect(await found.count.item(DEVICE)).toBe(labels.count);
      const index = Array.from({ length: labels.count }, (_, i) => i + 1);
      const result = await median(image, { labelImage: found.labels, index }).compute(DEVICE);
      expect([...result.data]).toEqual(
        index.map((wanted) => middle([...data].filter((_, i) => labels.data[i] === wanted))),
      );
    }
  });
});

/** An image, and its objects above 150 by flood fill, numbered by first pixel. */
function objects() {
  const next = random(11);
  const data = Uint16Array.from(
    { length: 2000 },
    (_, i) => 100 * next() + 90 * (1 + Math.sin(i / 9) * Math.cos(i / 150)),
  );
  const labels = new Uint32Array(2000);
  let count = 0;
  for (let first = 0; first < 2000; first++) {
    if (data[first] <= 150 || labels[first] !== 0) continue;
    const queue = [first];
    labels[first] = ++count;
    for (let at = queue.pop(); at !== undefined; at = queue.pop())
      for (const next of [
        at - 50,
        at + 50,
        ...(at % 50 > 0 ? [at - 1] : []),
        ...(at % 50 < 49 ? [at + 1] : []),
      ])
        if (data[next] > 150 && labels[next] === 0) {
          labels[next] = count;
          queue.push(next);
        }
  }
  return { data, labels: { data: labels, count } };
}

describe('labeledComprehension', () => {
  const shape = [9, 11];
  const data = noise('float32', 99, 3) as Float32Array;
  const labels = Int16Array.from(data, (_, i) => [0, 1, 4, 4, 2][i % 5]);
  const image = fromArray(data, { shape, chunks: [4, 5] });
  const labelImage = fromArray(labels, { shape, chunks: [4, 5] });

  test('gives elements in C order of the image, and where they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 11 }),
        async (height, width) => {
          const seen = new Map<number, [number[], number[]]>();
          const chunks = [height, width];
          const array = labeledComprehension(
            fromArray(data, { shape, chunks }),
            fromArray(labels, { shape, chunks }),
            [
              [4, 9],
              [1, 4],
            ],
            (values, positions) => {
              seen.set(labels[positions[0]], [Array.from(values, Number), [...positions]]);
              return values.length;
            },
            'int32',
            -7,
            { passPositions: true },
          );
          const result = await array.compute(DEVICE);
          const places = (wanted: number) => [...labels.keys()].filter((i) => labels[i] === wanted);
          expect(result).toMatchObject({ shape: [2, 2], dtype: 'int32' });
          expect([...result.data]).toEqual([places(4).length, -7, places(1).length, places(4).length]);
          for (const wanted of [1, 4])
            expect(seen.get(wanted)).toEqual([places(wanted).map((i) => data[i]), places(wanted)]);
          expect([...seen.keys()].sort()).toEqual([1, 4]);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('of one label, of all labels, of the whole image', async () => {
    const count = (from: Parameters<typeof labeledComprehension>[1], index?: number) =>
      labeledComprehension(image, from, index, (values) => BigInt(values.length), 'int64', 0).item(DEVICE);
    expect(await count(labelImage, 2)).toBe(BigInt(labels.filter((l) => l === 2).length));
    expect(await count(labelImage, 77)).toBe(0n);
    expect(await count(labelImage)).toBe(BigInt(labels.filter((l) => l > 0).length));
    expect(await count(null)).toBe(99n);
    const any = labeledComprehension(image, null, null, (values) => values.length > 3, 'bool', 0);
    expect(await any.item(DEVICE)).toBe(1);
  });

  test('bad input, and functions that fail', async () => {
    const apply = (fn: unknown, outDtype: unknown = 'float64', defaultValue: unknown = 0) =>
      labeledComprehension(image, labelImage, [1], fn as never, outDtype as never, defaultValue as never);
    expect(() => apply('max')).toThrow(/^fn: .*"max"/);
    expect(() => apply(Math.max, 'complex64')).toThrow(/^outDtype: .*complex64/);
    expect(() => apply(Math.max, 'float16')).toThrow(/^outDtype: .*float16/);
    expect(() => apply(Math.max, 'int8', '0')).toThrow(/^defaultValue: /);
    const fail = () => {
      throw new RangeError('no such thing');
    };
    const failed = apply(fail).compute(DEVICE);
    await expect(failed).rejects.toBeInstanceOf(FunctionError);
    await expect(failed).rejects.toThrow(/label 1: RangeError: no such thing/);
    await expect(apply(() => 'x').compute(DEVICE)).rejects.toThrow(/returned string for label 1/);
    const other = fromArray(new Uint8Array(4), { shape: [2, 2] });
    expect(() => median(image, { labelImage: other })).toThrow(ArgumentError);
    await expect(histogram(image, 0, 1, 4, { index: 1 })).rejects.toThrow(/^index: /);
  });
});
