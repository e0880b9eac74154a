// Every golden case of measurements by label: SciPy's values of every dtype, whole and in chunks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  type DeviceChoice,
  fromArray,
  type HistogramsOptions,
  histogram,
  type LazyArray,
  type MeasureOptions,
  type NDArray,
  ndmeasure,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { arrayArgument, type GoldenArray, type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

// Tiles are chunks: otherwise small images would be computed in one tile.
beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const MEASUREMENTS = ndmeasure as unknown as Record<
  string,
  (image: LazyArray, options: MeasureOptions) => LazyArray
>;

/** Those of integers that are exact, and those of floats that move values. */
const EXACT = [
  ...['area', 'minimum', 'maximum', 'minimumPosition', 'maximumPosition', 'median'],
  ...['extrema', 'labeledComprehension'],
];

const wrap = ({ data, shape, dtype }: GoldenArray, chunks: readonly number[]): LazyArray =>
  fromArray(data, { shape, dtype, chunks });

const indexOf = (c: GoldenCase): MeasureOptions['index'] => {
  const index = c.args.index === undefined ? undefined : arrayArgument(c, 'index');
  if (!index) return undefined;
  return index.shape.length === 0
    ? (index.data[0] as bigint)
    : { data: index.data as BigInt64Array, shape: index.shape };
};

/** Cases of one image and label image, which their passes over the data then are shared by. */
async function run(group: readonly GoldenCase[], device: DeviceChoice): Promise<void> {
  const [{ inputs }] = group;
  const labels = arrayArgument(group[0], 'labelImage');
  const all = chunkings(inputs[0].shape);
  // Small chunks would be hundreds of submits to a software GPU.
  for (const chunks of device === 'gpu' ? all.slice(0, 2) : all) {
    const image = wrap(inputs[0], chunks);
    const options = { labelImage: labels && wrap(labels, chunks), index: indexOf(group[0]) };
    for (const c of group) await compare(c, MEASUREMENTS[c.function](image, options), device);
    const all = ndmeasure.extrema(image, options);
    for (const c of group.filter(({ function: name }) => name in all))
      await compare({ ...c, function: 'extrema' }, all[c.function as keyof typeof all], device);
    const maximum = group.find((c) => c.function === 'maximum');
    if (!maximum || Array.from(inputs[0].data, Number).some(Number.isNaN)) continue;
    const { labelImage, index } = options;
    const result = ndmeasure.labeledComprehension(image, labelImage, index, most, maximum.output.dtype, 0);
    await compare({ ...maximum, function: 'labeledComprehension' }, result, device);
  }
}

const most = (values: ArrayLike<number | bigint>): number | bigint =>
  Array.from(values)
    .sort((a, b) => (a < b ? -1 : 1))
    .at(-1)!;

async function compare(c: GoldenCase, array: LazyArray, device: DeviceChoice): Promise<void> {
  const result = await array.compute({ device });
  expect(result.dtype).toBe(c.output.dtype);
  expect(result.shape).toEqual(c.output.shape);
  const exact = EXACT.includes(c.function);
  const single = c.inputs[0].dtype === 'float32' && !exact;
  const error = expectWithinContract(
    result.data,
    c.output.data,
    single ? 'float32' : c.output.dtype,
    // Of spreads that cancel, the size of the values counts.
    { range: exact ? undefined : magnitude(c), label: c.name },
  );
  if (exact) expect(error, c.name).toBe(0);
  recordGolden(c, device, error, array);
}

/** The size of the terms of a sum, of its square for variances. */
function magnitude(c: GoldenCase): number | undefined {
  const largest = (data: ArrayLike<number | bigint>) =>
    Math.max(...Array.from(data, (v) => Math.abs(Number(v))).filter(Number.isFinite));
  const values = largest(c.inputs[0].data);
  if (c.function === 'variance' && c.inputs[0].dtype === 'float32') return values ** 2;
  if (c.function === 'standardDeviation' && c.inputs[0].dtype === 'float32') return values;
  if (c.function === 'mean') return values;
  if (c.function === 'sumLabels') return Math.max(values, largest(c.output.data));
  return undefined;
}

const cases = loadGolden('measurements').filter(
  (c) => MEASUREMENTS[c.function] && c.function !== 'histogram',
);
const groups = new Map<string, GoldenCase[]>();
for (const c of cases) {
  const name = c.name.slice(c.function.length + 1);
  groups.set(name, [...(groups.get(name) ?? []), c]);
}

for (const device of EXECUTORS)
  describe(`measurements on ${device}`, () => {
    test.each([...groups])('%s', (_name, group) => run(group, device));
  });

describe('histograms by label', () => {
  const histograms = loadGolden('measurements').filter((c) => c.function === 'histogram');
  test.each(histograms.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const { min, max, bins } = c.args as Record<string, number>;
    const given = c.args.index;
    const index = typeof given === 'number' ? given : indexOf(c);
    for (const chunks of chunkings(c.inputs[0].shape)) {
      const labelImage = wrap(arrayArgument(c, 'labelImage')!, chunks);
      const options = { labelImage, index, device: 'cpu' } as HistogramsOptions;
      const result: NDArray | Float64Array = await histogram(
        wrap(c.inputs[0], chunks),
        min,
        max,
        bins,
        options,
      );
      const counts = 'shape' in result ? result.data : result;
      if ('shape' in result) expect(result.shape).toEqual(c.output.shape);
      expect(Array.from(counts, Number)).toEqual(Array.from(c.output.data, Number));
      recordGolden(c, 'cpu', 0);
    }
  });
});
