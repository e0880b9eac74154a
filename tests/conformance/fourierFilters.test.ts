// Filters of spectra: the golden cases on every executor, whole and in chunks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  fourierEllipsoid,
  fourierGaussian,
  fourierShift,
  fourierUniform,
  fromArray,
  type LazyArray,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const options = (c: GoldenCase) => c.args as never;
const parameter = ({ args }: GoldenCase) => (args.sigma ?? args.size ?? args.shift) as number;

const RUNS: Record<string, (image: LazyArray, c: GoldenCase) => LazyArray> = {
  fourierGaussian: (image, c) => fourierGaussian(image, parameter(c), options(c)),
  fourierUniform: (image, c) => fourierUniform(image, parameter(c), options(c)),
  fourierEllipsoid: (image, c) => fourierEllipsoid(image, parameter(c), options(c)),
  fourierShift: (image, c) => fourierShift(image, parameter(c), options(c)),
};

for (const device of EXECUTORS) {
  describe(`filters of spectra on ${device}`, () => {
    test.each(loadGolden('fourierFilters').map((c) => [c.name, c] as const))('%s', async (_name, c) => {
      const [{ data, shape, dtype }] = c.inputs;
      for (const chunks of chunkings(shape)) {
        const filtered = RUNS[c.function](fromArray(data, { shape, dtype, chunks }), c);
        const result = await filtered.compute({ device });
        expect(result.dtype).toBe(c.output.dtype);
        const error = expectWithinContract(result.data, c.output.data, result.dtype);
        recordGolden(c, device, error, filtered);
      }
    });
  });
}
