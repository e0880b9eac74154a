// Interpolation: every golden case on every executor, whole and in chunks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  affineTransform,
  fromArray,
  type LazyArray,
  mapCoordinates,
  rotate,
  shift,
  splineFilter,
  splineFilter1d,
  zoom,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { arrayArgument, type GoldenArray, type GoldenCase, loadGolden } from '../helpers/golden';

// Tiles are chunks: otherwise small images would be computed in one tile.
beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));
expectNoFallback();

const argumentsOf = (c: GoldenCase) => c.args as never;

/** Rows of a stored matrix, or the vector. */
function matrixOf({ data, shape }: GoldenArray): number[] | number[][] {
  const values = Array.from(data as Float64Array);
  if (shape.length === 1) return values;
  return Array.from({ length: shape[0] }, (_, row) => values.slice(row * shape[1], (row + 1) * shape[1]));
}

const RUNS: Record<string, (c: GoldenCase, inputs: LazyArray[], chunks: number[]) => LazyArray> = {
  affineTransform: (c, [image], outputChunks) =>
    affineTransform(image, matrixOf(arrayArgument(c, 'matrix')!), { outputChunks, ...c.args }),
  shift: (c, [image]) => shift(image, c.args.shift as number, argumentsOf(c)),
  zoom: (c, [image]) => zoom(image, c.args.zoom as number, argumentsOf(c)),
  rotate: (c, [image]) => rotate(image, c.args.angle as number, argumentsOf(c)),
  mapCoordinates: (c, [image, coordinates]) => mapCoordinates(image, coordinates, argumentsOf(c)),
  splineFilter: (c, [image]) => splineFilter(image, argumentsOf(c)),
  splineFilter1d: (c, [image]) => splineFilter1d(image, argumentsOf(c)),
};

/** Functions whose coordinates the GPU works out in float64: a software GPU compiles that for half a second. */
const COMPILED_LONG = ['affineTransform', 'rotate', 'mapCoordinates'];

/**
 * Every case on the CPU. Of those that take a software GPU long, one for each shader of some orders: all modes at orders
 * 0 and 1, and one mode of the others.
 */
function casesOn(device: string): GoldenCase[] {
  const cases = loadGolden('interp');
  if (device === 'cpu') return cases;
  const seen = new Set<string>();
  return cases.filter((c) => {
    if (!COMPILED_LONG.includes(c.function)) return true;
    const { order = c.function === 'affineTransform' ? 1 : 3, mode = 'constant' } = c.args;
    const [{ dtype, shape }, coordinates] = c.inputs;
    const exact = coordinates?.dtype === 'float64' || dtype === 'float64' || dtype.endsWith('int64');
    const linear = Number(order) < 2;
    // What the GPU leaves to the CPU costs nothing.
    if (exact || (dtype !== 'float32' && !linear)) return true;
    const key = [
      coordinates ? 'given' : shape.length,
      dtype,
      order,
      linear && dtype === 'float32' ? mode : '',
    ];
    if (seen.has(key.join())) return false;
    seen.add(key.join());
    return shape.length < 3 || linear;
  });
}

for (const device of EXECUTORS) {
  describe(`interpolation on ${device}`, () => {
    test.each(casesOn(device).map((c) => [c.name, c] as const))('%s', async (_name, c) => {
      for (const chunks of chunkings(c.inputs[0].shape)) {
        const inputs = c.inputs.map(({ data, shape, dtype }, i) =>
          fromArray(data, { shape, dtype, chunks: i === 0 ? chunks : shape.map((n) => Math.min(n, 7)) }),
        );
        const lazy = RUNS[c.function](c, inputs, chunks);
        const result = await lazy.compute({ device });
        expect(result.dtype).toBe(c.output.dtype);
        expect(result.shape).toEqual(c.output.shape);
        const options = { ambiguous: c.ambiguous?.data };
        const error = expectWithinContract(result.data, c.output.data, c.output.dtype, options);
        recordGolden(c, device, error, lazy);
      }
    });
  });
}
