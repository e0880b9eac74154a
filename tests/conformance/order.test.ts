// Order statistics of windows on every executor, whole and in chunks: exactly SciPy's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TypedArray } from '../../src/core/dtype';
import { setTileElements } from '../../src/core/tiling';
import {
  fromArray,
  type LazyArray,
  maximumFilter,
  medianFilter,
  minimumFilter,
  percentileFilter,
  rankFilter,
} from '../../src/index';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const options = (c: GoldenCase) => c.args as never;

const RUNS: Record<string, (image: LazyArray, c: GoldenCase) => LazyArray> = {
  minimumFilter: (image, c) => minimumFilter(image, options(c)),
  maximumFilter: (image, c) => maximumFilter(image, options(c)),
  medianFilter: (image, c) => medianFilter(image, options(c)),
  rankFilter: (image, c) => rankFilter(image, c.args.rank as number, options(c)),
  percentileFilter: (image, c) => percentileFilter(image, c.args.percentile as number, options(c)),
};

/** Flat indices of elements that are not the same number; 0 and -0 are. */
function differences(actual: TypedArray, expected: TypedArray): number[] {
  if (actual.length !== expected.length) return [-1];
  const found: number[] = [];
  for (let i = 0; i < expected.length; i++) if (actual[i] !== expected[i]) found.push(i);
  return found;
}

for (const device of EXECUTORS) {
  describe(`order on ${device}`, () => {
    test.each(loadGolden('order').map((c) => [c.name, c] as const))('%s', async (_name, c) => {
      const [{ data, shape, dtype }] = c.inputs;
      for (const chunks of chunkings(shape)) {
        const filtered = RUNS[c.function](fromArray(data, { shape, dtype, chunks }), c);
        const result = await filtered.compute({ device });
        expect(result.dtype).toBe(c.output.dtype);
        expect(result.shape).toEqual(c.output.shape);
        expect(differences(result.data, c.output.data)).toEqual([]);
        recordGolden(c, device, 0, filtered);
      }
    });
  });
}
