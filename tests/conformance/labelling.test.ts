// Labels of wrapped axes, equal values and chunks, and label images made of them: exactly SciPy's and scikit-image's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  clearBorder,
  type DeviceChoice,
  expandLabels,
  fromArray,
  type LabelResult,
  type LazyArray,
  label,
  labelEqualRegions,
  mapLabels,
  mergeLabelsAcrossChunkBoundaries,
  regionTable,
  relabelSequential,
  removeSmallObjects,
  selectLabels,
} from '../../src/index';
import { recordConformance, recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

type Run = (c: GoldenCase, image: LazyArray, device: DeviceChoice) => Promise<void>;

const options = (c: GoldenCase) => c.args as never;
const numbers = (data: ArrayLike<number | bigint>) => Array.from(data, Number);

async function expectArray(c: GoldenCase, array: LazyArray, device: DeviceChoice): Promise<void> {
  const { data } = await array.compute({ device });
  expect(numbers(data)).toEqual(numbers(c.output.data));
  recordGolden(c, device, 0, array);
}

const labelled =
  (run: (image: LazyArray, c: GoldenCase) => LabelResult): Run =>
  async (c, image, device) => {
    const { labels, count } = run(image, c);
    expect(await count.item({ device })).toBe(c.value);
    await expectArray(c, labels, device);
  };

const edited =
  (run: (image: LazyArray, c: GoldenCase) => LazyArray): Run =>
  async (c, image, device) => {
    const array = run(image, c);
    expect(array.dtype).toBe(c.output.dtype);
    await expectArray(c, array, device);
  };

const RUNS: Record<string, Run> = {
  label: labelled((image, c) => label(image, options(c))),
  labelEqualRegions: labelled((image, c) => labelEqualRegions(image, options(c))),
  mergeLabelsAcrossChunkBoundaries: labelled((labels, c) =>
    mergeLabelsAcrossChunkBoundaries(labels, options(c)),
  ),
  removeSmallObjects: edited((image, c) => removeSmallObjects(image, options(c))),
  clearBorder: edited((image, c) => clearBorder(image, options(c))),
  expandLabels: edited((image, c) => expandLabels(image, options(c))),
  async relabelSequential(c, image, device) {
    const { labels, forwardMap, inverseMap } = relabelSequential(image, options(c));
    await expectArray(c, labels, device);
    const pairs = c.value as [number, number][];
    const [from, to] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
    const forward = await forwardMap({ device });
    expect([numbers(forward.from), numbers(forward.to)]).toEqual([from, to]);
    const inverse = await inverseMap({ device });
    expect([numbers(inverse.from), numbers(inverse.to)]).toEqual([to, from]);
  },
};

for (const device of EXECUTORS) {
  describe(`labelling on ${device}`, () => {
    test.each(loadGolden('labelling').map((c) => [c.name, c] as const))('%s', async (_name, c) => {
      const [{ data, shape, dtype }] = c.inputs;
      const given = c.args.chunks as number[] | undefined;
      // Many axes are cut into very many chunks.
      for (const chunks of given ? [given] : chunkings(shape).slice(0, shape.length > 4 ? 2 : 3))
        await RUNS[c.function](c, fromArray(data, { shape, dtype, chunks }), device);
    });
  });
}

const gaps = loadGolden('labelling').find((c) => c.name === 'small objects int32')!.inputs[0];
const present = [...new Set(numbers(gaps.data))].filter((value) => value > 0).sort((a, b) => a - b);
const renamed = (nameOf: (label: number) => number) => numbers(gaps.data).map((v) => (v ? nameOf(v) : 0));

describe.each(EXECUTORS)('labels by choice on %s', (device) => {
  const { data, shape, dtype } = gaps;
  const images = chunkings(shape).map((chunks) => fromArray(data, { shape, dtype, chunks }));

  async function expectLabels(name: string, array: LazyArray, expected: number[]): Promise<void> {
    expect(numbers((await array.compute({ device })).data)).toEqual(expected);
    recordConformance({ function: name, dtype, executor: device, error: 0, result: array });
  }

  test('selectLabels: a list, a set, and a table', async () => {
    const odd = present.filter((_, i) => i % 2 === 1);
    const expected = renamed((label) => (odd.includes(label) ? label : 0));
    for (const image of images) {
      await expectLabels('selectLabels', selectLabels(image, odd), expected);
      await expectLabels('selectLabels', selectLabels(image, new Set([...odd, 77777])), expected);
    }
    const [image] = images;
    const table = await regionTable(image, { labelImage: image, properties: ['label', 'area'], device });
    const large = selectLabels(image, { table, where: (row) => row.area >= 6 });
    await expectLabels(
      'selectLabels',
      large,
      numbers((await removeSmallObjects(image, { minSize: 6 }).compute({ device })).data),
    );
  });

  test('mapLabels', async () => {
    const [a, b, c] = present;
    const map = new Map([
      [b, a],
      [c, 0],
      [77777, 5],
    ]);
    for (const image of images)
      await expectLabels(
        'mapLabels',
        mapLabels(image, map),
        renamed((label) => map.get(label) ?? label),
      );
  });

  test('several, one after the other, in one pass over the blocks', async () => {
    const mask = loadGolden('labelling').find((g) => g.name === 'border of a mask, 0')!.inputs[0];
    const whole = fromArray(mask.data, { shape: mask.shape, dtype: 'bool' });
    const steps = (image: LazyArray) => {
      const { labels } = label(image);
      const kept = clearBorder(removeSmallObjects(labels, { minSize: 3 }));
      return relabelSequential(mapLabels(kept, new Map([[4, 5]]))).labels;
    };
    const expected = (await steps(whole).compute({ device: 'cpu' })).data;
    expect(new Set(numbers(expected)).size).toBeGreaterThan(3);
    for (const chunks of chunkings(mask.shape)) {
      const image = fromArray(mask.data, { shape: mask.shape, dtype: 'bool', chunks });
      expect((await steps(image).compute({ device })).data).toEqual(expected);
    }
    const table = await regionTable(whole, { labelImage: steps(whole), properties: ['label'], device });
    expect(Array.from(table.column('label'))).toEqual(Array.from({ length: table.length }, (_, i) => i + 1));
  });
});
