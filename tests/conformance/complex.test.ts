// Complex arrays against NumPy, on every executor, whole and in chunks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import { type Complex, type DType, fromArray, type LazyArray, type Operand, where } from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

function apply(c: GoldenCase, [first, second, third]: LazyArray[]): LazyArray {
  if (c.function === 'astype') return first.astype(c.args.dtype as DType);
  if (c.function === 'where') return where(first, second, third ?? (c.args.b as Complex));
  const method = first[c.function as keyof LazyArray] as (argument?: unknown) => LazyArray;
  if (['sum', 'mean', 'std'].includes(c.function)) return method.call(first, { axis: c.args.axis });
  return method.call(first, second ?? (c.args.other as Operand));
}

/** The largest magnitude: what rounding of sums and products of parts is relative to. */
const magnitude = ({ output }: GoldenCase) =>
  Math.max(1, ...Array.from(output.data as Float64Array, (v) => (Number.isFinite(v) ? Math.abs(v) : 0)));

describe.each(EXECUTORS)('on %s', (device) => {
  test.each(loadGolden('complex').map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    for (const part of [0, 1, 2]) {
      const inputs = c.inputs.map(({ data, shape, dtype }) =>
        fromArray(data, { shape, dtype, chunks: chunkings(shape)[part] }),
      );
      const array = apply(c, inputs);
      const result = await array.compute({ device });
      expect(result.dtype).toBe(c.output.dtype);
      expect(result.shape).toEqual(c.output.shape);
      const range = c.name.endsWith('edges') ? undefined : magnitude(c);
      const error = expectWithinContract(result.data, c.output.data, c.output.dtype, { range });
      recordGolden(c, device, error, array);
    }
  });
});
