// Chunking never changes a result, and both executors agree: random images, parameters and chunk grids.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  BOUNDARY_MODES,
  binaryClosing,
  binaryDilation,
  binaryErosion,
  binaryOpening,
  type DeviceChoice,
  fromArray,
  gaussianFilter,
  generateBinaryStructure,
  type LazyArray,
  label,
  regionTable,
  thresholdOtsu,
  uniformFilter,
} from '../src/index';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const shapes = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 14 })),
);

/** An image with a few levels, so that thresholds and labels have work to do. */
const images = shapes.chain((shape) => {
  const size = shape.reduce((a: number, b: number) => a * b, 1);
  return fc.record({
    shape: fc.constant([...shape]),
    chunks: fc.tuple(...shape.map((n) => fc.integer({ min: 1, max: n }))),
    data: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: size, maxLength: size }),
  });
});

type Image = typeof images extends fc.Arbitrary<infer T> ? T : never;

const whole = ({ data, shape }: Image, dtype: 'uint8' | 'uint16' | 'float32') =>
  fromArray(typed(data, dtype), { shape, chunks: shape });
const chunked = ({ data, shape, chunks }: Image, dtype: 'uint8' | 'uint16' | 'float32') =>
  fromArray(typed(data, dtype), { shape, chunks });

function typed(data: readonly number[], dtype: 'uint8' | 'uint16' | 'float32') {
  if (dtype === 'uint8') return Uint8Array.from(data, (v) => v * 60);
  if (dtype === 'uint16') return Uint16Array.from(data, (v) => v * 16000);
  return Float32Array.from(data, (v) => v / 3);
}

async function same(a: LazyArray, b: LazyArray, device: DeviceChoice): Promise<void> {
  const [x, y] = [await a.compute({ device }), await b.compute({ device })];
  expect(x.shape).toEqual(y.shape);
  expect(x.data).toEqual(y.data);
}

const modes = fc.constantFrom(...BOUNDARY_MODES);
const dtypes = fc.constantFrom('uint8' as const, 'uint16' as const, 'float32' as const);

describe.each(EXECUTORS)('on %s, chunked equals whole', (device) => {
  // A software GPU takes a hundred times as long.
  const numRuns = device === 'gpu' ? 8 : 40;

  test('gaussianFilter', async () => {
    await fc.assert(
      fc.asyncProperty(
        images,
        dtypes,
        modes,
        fc.double({ min: 0.3, max: 6, noNaN: true }),
        fc.integer({ min: 0, max: 3 }),
        async (image, dtype, mode, sigma, order) => {
          const filter = (a: LazyArray) => gaussianFilter(a, sigma, { mode, order, cval: 7 });
          await same(filter(chunked(image, dtype)), filter(whole(image, dtype)), device);
        },
      ),
      { numRuns },
    );
  });

  test('uniformFilter', async () => {
    await fc.assert(
      fc.asyncProperty(
        images,
        dtypes,
        modes,
        fc.integer({ min: 1, max: 15 }),
        async (image, dtype, mode, size) => {
          const filter = (a: LazyArray) => uniformFilter(a, { size, mode, cval: 3 });
          const x = await filter(chunked(image, dtype)).compute({ device });
          const y = await filter(whole(image, dtype)).compute({ device });
          // Running sums of floats restart at other places.
          const tolerance = dtype === 'float32' ? 1e-6 : 0;
          x.data.forEach((value: number | bigint, i: number) => {
            expect(Math.abs(Number(value) - Number(y.data[i]))).toBeLessThanOrEqual(tolerance);
          });
        },
      ),
      { numRuns },
    );
  });

  test('binary morphology', async () => {
    const operations = fc.constantFrom(binaryErosion, binaryDilation, binaryOpening, binaryClosing);
    await fc.assert(
      fc.asyncProperty(
        images,
        operations,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        async (image, operation, iterations, borderValue, connectivity) => {
          const structure = generateBinaryStructure(image.shape.length, connectivity);
          const apply = (a: LazyArray) => operation(a.gt(60), { iterations, borderValue, structure });
          await same(apply(chunked(image, 'uint8')), apply(whole(image, 'uint8')), device);
        },
      ),
      { numRuns },
    );
  });

  test('label and regionTable', async () => {
    await fc.assert(
      fc.asyncProperty(images, fc.integer({ min: 1, max: 3 }), async (image, connectivity) => {
        const structure = generateBinaryStructure(image.shape.length, connectivity);
        const measure = async (a: LazyArray) => {
          const { labels, count } = label(a.gt(100), { structure });
          const table = await regionTable(a, { labelImage: labels, device });
          return {
            labels: (await labels.compute({ device })).data,
            count: await count.item({ device }),
            table: table.toJSON(),
          };
        };
        expect(await measure(chunked(image, 'uint8'))).toEqual(await measure(whole(image, 'uint8')));
      }),
      { numRuns },
    );
  });

  test('a whole pipeline read by regions', async () => {
    await fc.assert(
      fc.asyncProperty(
        images,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (image, stream) => {
          const build = async (a: LazyArray) => {
            const smooth = gaussianFilter(a, 1.2);
            const mask = binaryOpening(smooth.gt(await thresholdOtsu(smooth, { device })));
            return label(mask).labels;
          };
          const [parts, all] = [await build(chunked(image, 'uint16')), await build(whole(image, 'uint16'))];
          const region = image.shape.map((n) => {
            const start = Math.floor((stream.next().value ?? 0) * n);
            return [start, start + 1 + Math.floor((stream.next().value ?? 0) * (n - start))] as const;
          });
          expect((await parts.read(region, { device })).data).toEqual(
            (await all.read(region, { device })).data,
          );
        },
      ),
      { numRuns },
    );
  });
});
