// Discrete Fourier transforms: the golden cases on every executor, whole and in chunks.
import { afterAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import { fftn, fftshift, fromArray, ifftn, ifftshift, irfftn, type LazyArray, rfftn } from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

afterAll(() => setTileElements(undefined));

const options = ({ args }: GoldenCase) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
const axes = ({ args }: GoldenCase) => (args.axes ?? undefined) as number[] | undefined;

const RUNS: Record<string, (image: LazyArray, c: GoldenCase) => LazyArray> = {
  fftn: (image, c) => fftn(image, options(c)),
  ifftn: (image, c) => ifftn(image, options(c)),
  rfftn: (image, c) => rfftn(image, options(c)),
  irfftn: (image, c) => irfftn(image, options(c)),
  fftshift: (image, c) => fftshift(image, axes(c)),
  ifftshift: (image, c) => ifftshift(image, axes(c)),
};

describe.each(EXECUTORS)('transforms on %s', (device) => {
  test.each(loadGolden('fft').map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const [{ data, shape, dtype }] = c.inputs;
    for (const [part, chunks] of chunkings(shape).entries()) {
      // All axes in one tile, or a pass for each.
      setTileElements(part === 0 ? undefined : 1);
      const transformed = RUNS[c.function](fromArray(data, { shape, dtype, chunks }), c);
      const result = await transformed.compute({ device });
      expect(result.dtype).toBe(c.output.dtype);
      expect(result.shape).toEqual(c.output.shape);
      const error = expectWithinContract(result.data, c.output.data, result.dtype);
      recordGolden(c, device, error, transformed);
    }
  });
});
