// Functions over blocks: what they are given, what they may return, and what becomes of their errors.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  type Block,
  type BlockInfo,
  fromArray,
  gaussianFilter,
  isTilewiseError,
  type LazyArray,
  label,
  mapBlocks,
  mapOverlap,
  type OverlapBoundary,
  type TypedArray,
  uniformFilter,
} from '../src/index';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const ramp = (shape: readonly number[], chunks: readonly number[] = shape): LazyArray =>
  fromArray(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    { shape, chunks },
  );

const values = async (array: LazyArray): Promise<number[]> =>
  Array.from((await array.compute()).data as Float32Array, Number);

const module = new URL('./helpers/blockFunctions.mjs', import.meta.url);

describe('mapBlocks', () => {
  test('gives blocks and their place, takes the result as that block', async () => {
    const seen: BlockInfo[] = [];
    const array = mapBlocks(
      ({ data, region, shape }, info) => {
        seen.push(info);
        expect(info.region).toEqual(region);
        expect(info.shape).toEqual(shape);
        return (data as Float32Array).map((v) => v + 1);
      },
      ramp([5, 4], [2, 4]),
    );
    expect(seen).toEqual([]);
    expect(await values(array)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(seen.map(({ index }) => index)).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(seen[2]).toEqual({
      index: [2, 0],
      region: [
        [4, 5],
        [0, 4],
      ],
      shape: [1, 4],
      dtype: 'float32',
      arrayShape: [5, 4],
      gridShape: [3, 1],
    });
  });

  test('computes only the blocks that are read, each once', async () => {
    const seen: string[] = [];
    const array = mapBlocks(
      ({ data }, { index }) => {
        seen.push(index.join());
        return data;
      },
      ramp([6, 6], [2, 2]),
    );
    await Promise.all([
      array.read([
        [3, 4],
        [1, 3],
      ]),
      array.read([
        [3, 4],
        [1, 3],
      ]),
    ]);
    expect(seen.sort()).toEqual(['1,0', '1,1']);
  });

  test('several arrays, broadcast; another dtype; asynchronous', async () => {
    const row = ramp([1, 4]);
    const scale = ramp([3, 1], [1, 1]);
    const image = ramp([3, 4], [2, 3]);
    const array = mapBlocks(
      async ([a, b, c], { shape }) => {
        await null;
        const [, width] = shape;
        return Float64Array.from(a.data as Float32Array, (v, i) => {
          const [y, x] = [Math.floor(i / width), i % width];
          return v + 100 * Number(b.data[x]) + 10_000 * Number(c.data[y]);
        });
      },
      [image, row, scale],
      { dtype: 'float64' },
    );
    expect(array.dtype).toBe('float64');
    const expected = Array.from({ length: 12 }, (_, i) => i + 100 * (i % 4) + 10_000 * Math.floor(i / 4));
    expect(await values(array)).toEqual(expected);
  });

  test('other chunks: every block made half as long, and one value of each block', async () => {
    const image = ramp([7, 3], [4, 2]);
    const halved = mapBlocks(
      ({ data, shape: [, width] }) => data.filter((_, i) => Math.floor(i / width) % 2 === 0) as Float32Array,
      image,
      { chunks: [2, 2] },
    );
    expect([halved.shape, halved.chunks]).toEqual([
      [4, 3],
      [2, 2],
    ]);
    expect(await values(halved)).toEqual([0, 1, 2, 6, 7, 8, 12, 13, 14, 18, 19, 20]);
    const sums = mapBlocks(
      ({ data }) => Float32Array.of((data as Float32Array).reduce((a, b) => a + b, 0)),
      image,
      { chunks: 1 },
    );
    expect(sums.shape).toEqual([2, 2]);
    expect((await values(sums)).reduce((a, b) => a + b)).toBe((20 * 21) / 2);
  });

  test('dropped axes are whole, new axes are where they are said to be', async () => {
    const image = fromArray(
      Int32Array.from({ length: 24 }, (_, i) => i),
      {
        shape: [2, 3, 4],
        chunks: [1, 1, 2],
        dimensionNames: ['z', 'y', 'x'],
      },
    );
    const sum = mapBlocks(
      ({ data, shape: [, height, width] }) =>
        Int32Array.from({ length: width }, (_, x) => {
          let total = 0;
          for (let y = 0; y < height; y++) total += Number(data[y * width + x]);
          return total;
        }),
      image,
      { dropAxis: 1 },
    );
    expect([sum.shape, sum.chunks, sum.dimensionNames]).toEqual([
      [2, 4],
      [1, 2],
      ['z', 'x'],
    ]);
    expect(await values(sum)).toEqual([12, 15, 18, 21, 48, 51, 54, 57]);
    const twice = mapBlocks(
      ({ data }) => Int32Array.of(...(data as Int32Array), ...(data as Int32Array)),
      sum,
      {
        newAxis: 0,
        chunks: [2, 1, 2],
      },
    );
    expect([twice.shape, twice.dimensionNames]).toEqual([
      [2, 2, 4],
      [null, 'z', 'x'],
    ]);
    expect(await values(twice)).toEqual([...(await values(sum)), ...(await values(sum))]);
  });

  test('bool results are 0 or 1, and graphs go on from there', async () => {
    const mask = mapBlocks(
      ({ data }) => Uint8Array.from(data as Float32Array, (v) => (v % 3 ? 7 : 0)),
      ramp([9], [2]),
      {
        dtype: 'bool',
      },
    );
    expect(await values(mask)).toEqual([0, 1, 1, 0, 1, 1, 0, 1, 1]);
    expect(await label(mask).count.item()).toBe(3);
  });

  test('functions of modules run in the workers', async () => {
    const image = ramp([4, 4], [2, 3]);
    expect(await values(mapBlocks({ module }, image))).toEqual((await values(image)).map((v) => 2 * v));
    expect(await values(mapBlocks({ module, name: 'add' }, [image, image]))).toEqual(
      (await values(image)).map((v) => 2 * v),
    );
    const where = mapBlocks({ module: module.href, name: 'inWorker' }, image, { dtype: 'uint8' });
    expect(new Set(await values(where))).toEqual(new Set([1]));
  });
});

describe('functions that fail', () => {
  const failure = async (array: LazyArray): Promise<Error> =>
    array.compute().then(
      () => {
        throw new Error('expected a rejection');
      },
      (error) => error,
    );

  test('their error is the cause', async () => {
    const cause = new RangeError('no such pixel');
    const error = await failure(
      mapBlocks(
        (_, { index }) => {
          if (index[0] === 1) throw cause;
          return new Float32Array(2);
        },
        ramp([4], [2]),
      ),
    );
    expect(isTilewiseError(error, 'FunctionError')).toBe(true);
    expect(error.message).toBe('mapBlocks: the function failed on block [1]: RangeError: no such pixel');
    expect(error.cause).toBe(cause);
  });

  test('message and stack come from the worker, too', async () => {
    const error = await failure(mapBlocks({ module, name: 'fail' }, ramp([4])));
    expect(isTilewiseError(error, 'FunctionError')).toBe(true);
    expect(error.message).toContain('RangeError: worker says no');
    expect((error.cause as Error).stack).toContain('blockFunctions.mjs');
  });

  test.each([
    [
      'of another length',
      () => new Float32Array(3),
      /Float32Array of 3 elements .* expected a float32 array of 4/,
    ],
    ['of another dtype', () => new Float64Array(4), /Float64Array of 4 elements/],
    ['nothing', () => undefined as unknown as TypedArray, /returned undefined/],
  ])('a result %s', async (_name, fn, message) => {
    const error = await failure(mapBlocks(fn, ramp([4])));
    expect(isTilewiseError(error, 'FunctionError')).toBe(true);
    expect(error.message).toMatch(message);
  });

  test.each([
    ['a missing export', { module, name: 'none' }, /no function named "none"/],
    ['an export that is no function', { module, name: 'notAFunction' }, /no function named "notAFunction"/],
    ['a missing module', { module: new URL('./none.mjs', module) }, /none\.mjs/],
  ])('%s', async (_name, fn, message) => {
    expect((await failure(mapBlocks(fn, ramp([4])))).message).toMatch(message);
  });

  test('aborting rejects at once', async () => {
    const controller = new AbortController();
    const never = mapBlocks(() => new Promise<TypedArray>(() => {}), ramp([4]));
    const read = never.compute({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
  });

  const image = ramp([4, 4]);
  const same = ({ data }: Block) => data;
  test.each([
    ['no function', /^fn: /, () => mapBlocks(1 as never, image)],
    ['a relative module', /^fn\.module: /, () => mapBlocks({ module: './x.js' }, image)],
    ['no arrays', /^arrays: /, () => mapBlocks(([a]) => a.data, [])],
    ['shapes that do not broadcast', /^arrays: /, () => mapBlocks(([a]) => a.data, [image, ramp([3])])],
    ['a dtype', /^dtype: /, () => mapBlocks(same, image, { dtype: 'complex' as never })],
    ['an axis to drop', /^dropAxis: /, () => mapBlocks(same, image, { dropAxis: 2 })],
    ['an axis twice', /^newAxis: /, () => mapBlocks(same, image, { newAxis: [0, 0] })],
    ['chunks', /^chunks/, () => mapBlocks(same, image, { chunks: [0, 1] })],
    ['a shape', /^shape: /, () => mapBlocks(same, image, { shape: [9, 4] })],
    ['a depth', /^depth/, () => mapOverlap(same, image, { depth: -1 })],
    ['depths', /^depth/, () => mapOverlap(same, image, { depth: [1, [1, 2, 3]] as never })],
    ['a boundary', /^boundary/, () => mapOverlap(same, image, { depth: 1, boundary: 'wrap' as never })],
    ['two constants', /^boundary/, () => mapOverlap(same, image, { depth: 1, boundary: [1, 2] })],
  ])('%s', (_name, message, call) => {
    expect(call).toThrow(message);
  });
});

/** Mean over a window of 2 * depth + 1, where the block has all of it. */
function mean({ data, shape: [height, width] }: Block, depth: number): Float64Array {
  const out = new Float64Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let dy = -depth; dy <= depth; dy++)
        for (let dx = -depth; dx <= depth; dx++) sum += Number(data[(y + dy) * width + x + dx] ?? 0);
      out[y * width + x] = sum / (2 * depth + 1) ** 2;
    }
  return out;
}

describe('mapOverlap', () => {
  const MODES = { reflect: 'reflect', nearest: 'nearest', periodic: 'wrap', constant: 'constant' } as const;

  test('margins hold what lies beyond the edges, whatever the chunks and depth', async () => {
    const modes = Object.keys(MODES) as (keyof typeof MODES)[];
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
        fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom(...modes),
        async (shape, size, depth, boundary) => {
          const image = ramp(
            shape,
            shape.map((n, i) => Math.min(n, size[i])),
          ).astype('float64');
          const array = mapOverlap((block) => mean(block, depth), image, { depth, boundary });
          const expected = await values(uniformFilter(image, { size: 2 * depth + 1, mode: MODES[boundary] }));
          const actual = await values(array);
          actual.forEach((v, i) => {
            expect(v).toBeCloseTo(expected[i], 9);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each<[OverlapBoundary, number[]]>([
    ['reflect', [1, 0, 0, 1, 2]],
    ['nearest', [0, 0, 0, 1, 2]],
    ['periodic', [4, 5, 0, 1, 2]],
    ['constant', [0, 0, 0, 1, 2]],
    [7, [7, 7, 0, 1, 2]],
    ['none', [0, 1, 2]],
  ])('%s', async (boundary, first) => {
    const seen: number[][] = [];
    const array = mapOverlap(
      ({ data }) => {
        seen.push(Array.from(data as Float32Array));
        return data;
      },
      ramp([6], [2]),
      { depth: [[2, 1]], boundary },
    );
    expect(await values(array)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(seen).toContainEqual(first);
    expect(seen).toContainEqual([0, 1, 2, 3, 4]);
  });

  test('without trimming the function returns its block alone', async () => {
    const array = mapOverlap(
      ({ data }, { shape }) => (data as Float32Array).slice(1, 1 + shape[0]),
      ramp([5], [2]),
      { depth: 1, boundary: 'reflect', trim: false },
    );
    expect(await values(array)).toEqual([0, 1, 2, 3, 4]);
  });

  test('several arrays, a module, int64', async () => {
    const image = fromArray(BigInt64Array.of(1n, 2n, 3n), { shape: [3], chunks: [1] });
    const array = mapOverlap({ module, name: 'add' }, [image, image], { depth: 1, boundary: 5 });
    expect(await values(array)).toEqual([2, 4, 6]);
  });
});

test.each(EXECUTORS)('blocks between operations on %s', async (device) => {
  const image = ramp([17, 13], [6, 5]);
  const smooth = gaussianFilter(image, 1);
  const twice = gaussianFilter(
    mapBlocks(({ data }) => data, smooth),
    1,
  );
  const { data } = await twice.compute({ device });
  const expected = (await gaussianFilter(smooth, 1).compute({ device })).data;
  expect(data).toEqual(expected);
});
