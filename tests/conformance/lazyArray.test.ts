// LazyArray's arithmetic and reductions against NumPy, on every executor, whole and in chunks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import { type DType, fromArray, type LazyArray, type Operand, where } from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordGolden } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

function arithmetic(c: GoldenCase, inputs: LazyArray[]): LazyArray {
  const [first, second, third] = inputs;
  const other = (second ?? c.args.other) as Operand;
  if (c.function === 'astype') return first.astype(c.args.dtype as DType);
  if (c.function === 'where')
    return where(first, (second ?? c.args.a) as LazyArray, (third ?? c.args.b) as LazyArray);
  if (c.function === 'clip') return first.clip(c.args.min as Operand, c.args.max as Operand);
  const method = first[c.function as keyof LazyArray] as (other?: Operand) => LazyArray;
  return method.call(first, other);
}

/** A float32 array stays float32 next to any number that float32 holds, as in NumPy 2; NumPy 1 looks at its size. */
const numpy1Only = (c: GoldenCase): boolean => /float32 70000$/.test(c.name);

const cases = loadGolden('arithmetic').filter((c) => !numpy1Only(c));

describe.each(EXECUTORS)('on %s', (device) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const inputs = c.inputs.map(({ data, shape, dtype }) => fromArray(data, { shape, dtype }));
    const array = arithmetic(c, inputs);
    const result = await array.compute({ device });
    expect(result.dtype).toBe(c.output.dtype);
    recordGolden(c, device, expectWithinContract(result.data, c.output.data, c.output.dtype), array);
  });

  test.each(loadGolden('reduce').map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const [{ data, shape, dtype }] = c.inputs;
    for (const chunks of chunkings(shape)) {
      const reduce = fromArray(data, { shape, dtype, chunks })[c.function as 'sum'];
      const axis = c.args.axis as number | number[] | null;
      const reduced = reduce.call(fromArray(data, { shape, dtype, chunks }), { axis: axis ?? undefined });
      const result = await reduced.compute({ device });
      expect(result.dtype).toBe(c.output.dtype);
      expect(result.shape).toEqual(c.output.shape);
      // The size of the summands, not of their sum, bounds what a float sum can promise.
      const range = Math.max(1, ...Array.from(data as Float64Array, (v) => Math.abs(Number(v)) || 0));
      const error = expectWithinContract(result.data, c.output.data, c.output.dtype, { range });
      recordGolden(c, device, error, reduced);
    }
  });
});
