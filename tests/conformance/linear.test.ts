// The linear filters' golden cases on every executor, whole and in chunks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  convolve,
  correlate,
  fromArray,
  gaussianGradientMagnitude,
  gaussianLaplace,
  type LazyArray,
  laplace,
  prewitt,
  sobel,
  thresholdLocal,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { arrayArgument, type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

// Tiles are chunks: otherwise small images would be computed in one tile.
beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const options = (c: GoldenCase) => c.args as never;
const sigma = (c: GoldenCase) => c.args.sigma as number;

const RUNS: Record<string, (image: LazyArray, c: GoldenCase) => LazyArray> = {
  correlate: (image, c) => correlate(image, weightsOf(c), options(c)),
  convolve: (image, c) => convolve(image, weightsOf(c), options(c)),
  laplace: (image, c) => laplace(image, options(c)),
  prewitt: (image, c) => prewitt(image, options(c)),
  sobel: (image, c) => sobel(image, options(c)),
  gaussianLaplace: (image, c) => gaussianLaplace(image, sigma(c), options(c)),
  gaussianGradientMagnitude: (image, c) => gaussianGradientMagnitude(image, sigma(c), options(c)),
  thresholdLocal: (image, c) => thresholdLocal(image, c.args.blockSize as number, options(c)),
};

function weightsOf(c: GoldenCase) {
  const { shape, data } = arrayArgument(c, 'weights')!;
  return { shape, data: data as Float64Array };
}

/** Correlations of integers on the CPU follow SciPy to the bit; elsewhere results may differ near a jump. */
const isExact = (c: GoldenCase, device: string) =>
  device === 'cpu' && (c.function === 'correlate' || c.function === 'convolve');

for (const device of EXECUTORS) {
  describe(`linear filters on ${device}`, () => {
    const cases = loadGolden('linear');
    test.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
      const [{ data, shape, dtype }] = c.inputs;
      for (const chunks of chunkings(shape)) {
        const image = fromArray(data, { shape, dtype, chunks });
        const filtered = RUNS[c.function](image, c);
        const result = await filtered.compute({ device });
        expect(result.dtype).toBe(c.output.dtype);
        const ambiguous = isExact(c, device) ? undefined : c.ambiguous?.data;
        const error = expectWithinContract(result.data, c.output.data, result.dtype, { ambiguous });
        recordGolden(c, device, error, filtered);
      }
    });
  });
}
