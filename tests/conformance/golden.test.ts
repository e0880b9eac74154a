// Every golden case on every executor, whole and in chunks: SciPy's results within the precision contract.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  area,
  binaryClosing,
  binaryDilation,
  binaryErosion,
  binaryOpening,
  centerOfMass,
  type DeviceChoice,
  findObjects,
  fromArray,
  gaussianFilter,
  type HistogramsOptions,
  histogram,
  type LazyArray,
  label,
  maximum,
  mean,
  minimum,
  standardDeviation,
  sumLabels,
  thresholdOtsu,
  uniformFilter,
  variance,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenArray, type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

// Tiles are chunks: otherwise small images would be computed in one tile.
beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

type Run = (c: GoldenCase, inputs: LazyArray[], device: DeviceChoice, chunks: number[]) => Promise<void>;

const options = (c: GoldenCase) => c.args as never;

const filter =
  (apply: (image: LazyArray, c: GoldenCase) => LazyArray): Run =>
  async (c, [image], device) => {
    const array = apply(image, c);
    const result = await array.compute({ device });
    expect(result.dtype).toBe(c.output.dtype);
    const contract = { ambiguous: c.ambiguous?.data };
    const error = expectWithinContract(result.data, c.output.data, c.output.dtype, contract);
    recordGolden(c, device, error, array);
  };

const morphology = (apply: typeof binaryErosion): Run =>
  filter((image, c) => {
    const mask = c.args.mask as GoldenArray | undefined;
    const wrapped = mask && fromArray(mask.data, { shape: mask.shape, dtype: 'bool' });
    return apply(image, { ...(c.args as object), mask: wrapped });
  });

const measurement =
  (apply: typeof mean): Run =>
  async (c, [image], device, chunks) => {
    const labels = c.args.labelImage as GoldenArray | undefined;
    const labelImage = labels && fromArray(labels.data, { shape: labels.shape, dtype: labels.dtype, chunks });
    const index = c.args.index as GoldenArray | number | undefined;
    const list = typeof index === 'object' ? Array.from(index.data as BigInt64Array, Number) : index;
    const scalar = typeof index === 'object' && index.shape.length === 0;
    const options = { labelImage, index: scalar ? (list as number[])[0] : list };
    const array = apply(image, options);
    const result = await array.compute({ device });
    expect(result.dtype).toBe(c.output.dtype);
    expect(result.shape).toEqual(c.output.shape);
    // SciPy sums float32 images in float32; ours are summed in float64.
    const single = c.inputs[0].dtype === 'float32' && c.output.dtype === 'float64';
    const range = single
      ? Math.max(...Array.from(c.output.data as Float64Array, (v) => Math.abs(Number(v)) || 0))
      : undefined;
    const dtype = single ? 'float32' : c.output.dtype;
    recordGolden(c, device, expectWithinContract(result.data, c.output.data, dtype, { range }), array);
  };

const RUNS: Record<string, Run> = {
  gaussianFilter: filter((image, c) => gaussianFilter(image, c.args.sigma as number, options(c))),
  uniformFilter: filter((image, c) => uniformFilter(image, options(c))),
  binaryErosion: morphology(binaryErosion),
  binaryDilation: morphology(binaryDilation),
  binaryOpening: morphology(binaryOpening),
  binaryClosing: morphology(binaryClosing),
  async label(c, [image], device) {
    const { labels, count } = label(image, options(c));
    expect(await count.item({ device })).toBe(c.value);
    const { data } = await labels.compute({ device });
    expect(Array.from(data as Uint32Array)).toEqual(Array.from(c.output.data as Int32Array));
    recordGolden(c, device, 0, labels);
  },
  area: measurement(area),
  mean: measurement(mean),
  sumLabels: measurement(sumLabels),
  minimum: measurement(minimum),
  maximum: measurement(maximum),
  variance: measurement(variance),
  standardDeviation: measurement(standardDeviation),
  centerOfMass: measurement(centerOfMass),
  async findObjects(c, [labels], device) {
    expect(await findObjects(labels, { device })).toEqual(c.value);
    recordGolden(c, device, 0, labels);
  },
  async histogram(c, [image], device, chunks) {
    const { min, max, bins } = c.args as Record<string, number>;
    const labels = c.args.labelImage as GoldenArray | undefined;
    const index = c.args.index as GoldenArray | number | undefined;
    const labelImage = labels && fromArray(labels.data, { shape: labels.shape, dtype: labels.dtype, chunks });
    const result =
      typeof index === 'object' && labelImage
        ? await histogram(image, min, max, bins, { labelImage, index, device } as HistogramsOptions)
        : await histogram(image, min, max, bins, { labelImage, index: index as number, device });
    if ('shape' in result) expect(result.shape).toEqual(c.output.shape);
    const counts = 'shape' in result ? result.data : result;
    expect(Array.from(counts, Number)).toEqual(Array.from(c.output.data as Float64Array, Number));
    recordGolden(c, device, 0, image);
  },
  async thresholdOtsu(c, [image], device) {
    const threshold = await thresholdOtsu(image, { device, nbins: c.args.nbins as number | undefined });
    const expected = Number(c.output.data[0]);
    expect(threshold).toBeCloseTo(expected, 4);
    recordGolden(c, device, Math.abs(threshold - expected), image);
  },
};

const FILES = ['gaussian', 'uniform', 'morphology', 'label', 'measure', 'histogram'] as const;

for (const file of FILES) {
  for (const device of EXECUTORS) {
    describe(`${file} on ${device}`, () => {
      const cases = loadGolden(file).filter((c) => RUNS[c.function]);
      test.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
        for (const chunks of chunkings(c.inputs[0].shape)) {
          const inputs = c.inputs.map(({ data, shape, dtype }) => fromArray(data, { shape, dtype, chunks }));
          await RUNS[c.function](c, inputs, device, chunks);
        }
      });
    });
  }
}
