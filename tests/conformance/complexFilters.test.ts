// Linear filters and interpolation of complex arrays against SciPy, on every executor, whole and in chunks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  affineTransform,
  convolve,
  correlate,
  fromArray,
  gaussianFilter,
  gaussianLaplace,
  type LazyArray,
  laplace,
  mapCoordinates,
  prewitt,
  rotate,
  shift,
  sobel,
  splineFilter,
  splineFilter1d,
  uniformFilter,
  zoom,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { arrayArgument, type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const options = (c: GoldenCase) => c.args as never;
const number = (c: GoldenCase, name: string) => c.args[name] as number;

const RUNS: Record<string, (image: LazyArray, c: GoldenCase) => LazyArray> = {
  gaussianFilter: (image, c) => gaussianFilter(image, number(c, 'sigma'), options(c)),
  uniformFilter: (image, c) => uniformFilter(image, options(c)),
  correlate: (image, c) => correlate(image, arrayArgument(c, 'weights')! as never, options(c)),
  convolve: (image, c) => convolve(image, arrayArgument(c, 'weights')! as never, options(c)),
  laplace: (image, c) => laplace(image, options(c)),
  sobel: (image, c) => sobel(image, options(c)),
  prewitt: (image, c) => prewitt(image, options(c)),
  gaussianLaplace: (image, c) => gaussianLaplace(image, number(c, 'sigma'), options(c)),
  affineTransform: (image, c) => {
    const { data } = arrayArgument(c, 'matrix')!;
    const rows = [0, 2].map((at) => Array.from(data.slice(at, at + 2), Number));
    return affineTransform(image, rows, options(c));
  },
  rotate: (image, c) => rotate(image, number(c, 'angle'), options(c)),
  shift: (image, c) => shift(image, number(c, 'shift'), options(c)),
  zoom: (image, c) => zoom(image, number(c, 'zoom'), options(c)),
  mapCoordinates: (image, c) => {
    const { data, shape } = arrayArgument(c, 'coordinates')!;
    return mapCoordinates(image, fromArray(data, { shape }), options(c));
  },
  splineFilter: (image, c) => splineFilter(image, options(c)),
  splineFilter1d: (image, c) => splineFilter1d(image, options(c)),
};

describe.each(EXECUTORS)('complex arrays on %s', (device) => {
  test.each(loadGolden('complexFilters').map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const [{ data, shape, dtype }] = c.inputs;
    for (const chunks of chunkings(shape)) {
      const filtered = RUNS[c.function](fromArray(data, { shape, dtype, chunks }), c);
      const result = await filtered.compute({ device });
      expect(result.dtype).toBe(c.output.dtype);
      expect(result.shape).toEqual(c.output.shape);
      const error = expectWithinContract(result.data, c.output.data, result.dtype, { range: 10 });
      recordGolden(c, device, error, filtered);
    }
  });
});
