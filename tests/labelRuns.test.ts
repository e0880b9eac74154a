// On the CPU block labels are runs, and steps that know runs see no label image. Whatever reads lazy labels must find
// what it finds in the same labels stored as an array, which has no runs: alone and with others in one pass.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  clearBorder,
  fromArray,
  type LazyArray,
  label,
  labelEqualRegions,
  maximumFilter,
  type RegionProperty,
  regionTable,
  removeSmallObjects,
} from '../src/index';

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const device = 'cpu';

const axisLengths = [
  [40],
  [12, 13],
  [5, 6, 7],
  [3, 4, 4, 5],
  // Kernels take four axes: blocks have length 1 along the first.
  [2, 3, 3, 3, 4],
];

const images = fc
  .constantFrom(...axisLengths)
  .chain((most) => fc.tuple(...most.map((n) => fc.integer({ min: 1, max: n }))))
  .chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const cells = 3 ** shape.length;
    return fc.record({
      shape: fc.constant(shape),
      chunks: fc.tuple(...shape.map((n) => fc.integer({ min: Math.ceil(n / 4), max: n }))),
      data: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: size, maxLength: size }),
      half: fc.array(fc.boolean(), { minLength: cells >> 1, maxLength: cells >> 1 }),
      equal: fc.boolean(),
      box: fc.tuple(
        ...shape.map((n) => fc.tuple(fc.integer({ min: 0, max: n - 1 }), fc.integer({ min: 1, max: n }))),
      ),
    });
  });
type Image = typeof images extends fc.Arbitrary<infer T> ? T : never;

/** Lazy labels of an image, the same labels stored, and the image. */
async function sides({ shape, chunks, data, half, equal }: Image) {
  const structure = { shape: shape.map(() => 3), data: [...half, true, ...half.toReversed()] };
  const image = fromArray(Uint16Array.from(data), { shape, chunks });
  const { labels } = equal ? labelEqualRegions(image, { structure }) : label(image, { structure });
  const stored = fromArray((await labels.compute({ device })).data, { shape, chunks });
  return { image, labels, stored };
}

/** A window over the last two axes. */
const widest = (labels: LazyArray, side: number) =>
  maximumFilter(labels, { size: labels.shape.map((_, axis) => (axis < labels.rank - 2 ? 1 : side)) });

const sameOf =
  (make: (labels: LazyArray, image: LazyArray, sample: Image) => LazyArray) => async (sample: Image) => {
    const { image, labels, stored } = await sides(sample);
    const [actual, expected] = [labels, stored].map((l) => make(l, image, sample).compute({ device }));
    expect((await actual).data).toEqual((await expected).data);
  };

const check = (property: (sample: Image) => Promise<void>) =>
  fc.assert(fc.asyncProperty(images, property), { numRuns: 25 });

describe('lazy labels equal stored ones', () => {
  test('in a region that cuts blocks, returned and written to shared memory', () =>
    check(async (sample) => {
      const { labels, stored } = await sides(sample);
      const region = sample.box.map(([a, b]) => [Math.min(a, b - 1), Math.max(a + 1, b)] as const);
      const { data } = await stored.read(region, { device });
      expect((await labels.read(region, { device })).data).toEqual(data);
      const out = new Uint32Array(new SharedArrayBuffer(4 * data.length));
      await labels.read(region, { device, out });
      expect(Array.from(out)).toEqual(Array.from(data as Uint32Array));
    }));

  test('under a window that reads several blocks at once', () =>
    check(sameOf((labels) => widest(labels, 3))));

  test('beside what is made of the same labels', () =>
    check(sameOf((labels) => labels.add(clearBorder(labels)).add(widest(labels, 2)))));

  test('without small objects', () => check(sameOf((labels) => removeSmallObjects(labels, { minSize: 3 }))));

  test.each<readonly [string, RegionProperty[]]>([
    ['that runs tell', ['label', 'area', 'bbox', 'centroid', 'intensity_mean', 'intensity_max']],
    ['some of which take the image of labels', ['label', 'area', 'moments', 'intensity_std']],
  ])('in a table of properties %s', (_name, properties) =>
    check(async (sample) => {
      // Moments are of at most four axes.
      fc.pre(sample.shape.length < 5);
      const { image, labels, stored } = await sides(sample);
      const [actual, expected] = await Promise.all(
        [labels, stored].map((labelImage) => regionTable(image, { labelImage, properties, device })),
      );
      expect(actual.columnNames).toEqual(expected.columnNames);
      for (const name of expected.columnNames)
        for (const [i, value] of expected.column(name).entries())
          expect(actual.column(name)[i]).toBeCloseTo(Number(value), 9);
    }),
  );
});

test.each([[[290, 530]], [[40, 61, 70]], [[2, 290, 410]], [[3, 1, 70000]]])(
  'blocks of shape %j, made in several strips, equal blocks made at once',
  async (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Uint8Array.from({ length: size }, (_, i) => Number(Math.sin(i * i) > -0.1));
    const inChunks = async (chunks: readonly number[]) =>
      (await label(fromArray(data, { shape, chunks })).labels.compute({ device })).data;
    const halves = shape.map((n) => Math.ceil(n / 2));
    expect(await inChunks(shape)).toEqual(await inChunks(halves));
  },
);
