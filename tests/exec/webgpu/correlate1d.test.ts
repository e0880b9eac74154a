import { afterAll, describe, expect, it } from 'vitest';
import { indexTable } from '../../../src/core/boundary';
import { castArray, type DType, isFloat } from '../../../src/core/dtype';
import { correlate1dGpu, correlate1dRefuses } from '../../../src/ops/gpu/correlate1d';
import { fixedWeights } from '../../../src/ops/gpu/fixedPoint';
import { uniform1dGpu } from '../../../src/ops/gpu/uniform1d';
import { createTestExecutor, noGpu, randomArray, runKernel } from '../../helpers/gpu';

const executor = noGpu ? undefined : await createTestExecutor();
afterAll(() => executor?.dispose());

/** Exact results in float64 and, for integers, before truncation. */
function oracle(
  data: ArrayLike<number>,
  [outer, length, inner]: number[],
  table: Int32Array,
  weights: ArrayLike<number>,
  cval: number,
): Float64Array {
  const out = new Float64Array(outer * length * inner);
  for (let o = 0; o < outer; o++)
    for (let y = 0; y < length; y++)
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          const at = table[y + k];
          sum += weights[k] * (at < 0 ? cval : data[(o * length + at) * inner + i]);
        }
        out[(o * length + y) * inner + i] = sum;
      }
  return out;
}

function gaussian(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const w = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = w.reduce((a, b) => a + b, 0);
  return w.map((v) => v / sum);
}

const WEIGHTS: Record<string, Float64Array> = {
  gaussian: gaussian(2),
  wide: gaussian(12),
  derivative: Float64Array.of(-0.5, 0, 0.5),
  sum: Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1),
  large: Float64Array.of(100.25, -77.125, 3.1, 0.001),
};

/** Integer results may differ by one, only where the exact one is within 1e-4 of the rounding point. */
function expectInteger(actual: ArrayLike<number>, exact: Float64Array, dtype: DType) {
  const round = (values: Float64Array) =>
    dtype === 'bool' ? values.map((v) => Number(Math.trunc(v) !== 0)) : castArray(values, 'float64', dtype);
  const truncated = round(exact);
  for (let i = 0; i < exact.length; i++) {
    if (actual[i] === truncated[i]) continue;
    const near = Math.abs(exact[i] - Math.round(exact[i])) < 1e-4;
    if (!near) expect.fail(`element ${i}: ${actual[i]} for exact ${exact[i]}`);
    const options = round(Float64Array.of(exact[i] - 1e-3, exact[i] + 1e-3));
    expect([...options]).toContain(actual[i]);
  }
}

describe.skipIf(noGpu)('correlate1d', () => {
  for (const dtype of ['uint8', 'int8', 'bool', 'uint16', 'int16', 'float32'] as const)
    for (const [name, weights] of Object.entries(WEIGHTS))
      for (const shape of [
        [3, 37, 1],
        [2, 19, 12],
        [2, 19, 7],
      ])
        it(`${dtype} ${name} over [${shape}]`, async () => {
          const [outer, length, inner] = shape;
          const data = randomArray(dtype, outer * length * inner, weights.length);
          const before = weights.length >> 1;
          const mode = name === 'derivative' ? 'constant' : 'reflect';
          const table = indexTable(
            [0, length],
            before,
            weights.length - 1 - before,
            [0, length],
            length,
            mode,
          );
          const cval = dtype === 'bool' ? 1 : -3 & (dtype.startsWith('u') ? 255 : -1);
          const actual = await runKernel(
            executor!,
            [{ dtype, data }],
            dtype,
            shape,
            (context, [input], output) =>
              correlate1dGpu(context, {
                input,
                output,
                dtype,
                outer,
                inputLength: length,
                outputLength: length,
                inner,
                table,
                weights,
                cval,
              }),
          );
          const exact = oracle(data as Uint8Array, shape, table, weights, cval);
          if (!isFloat(dtype)) return expectInteger(actual as Uint8Array, exact, dtype);
          const range = 200 * weights.reduce((a, w) => a + Math.abs(w), 0);
          for (let i = 0; i < exact.length; i++)
            expect(Math.abs(Number(actual[i]) - exact[i])).toBeLessThan(1e-5 * range);
        });

  it('keeps the value of flat regions', async () => {
    const data = new Uint16Array(60).fill(54321);
    const weights = gaussian(2);
    const table = indexTable([0, 60], 8, 8, [0, 60], 60, 'reflect');
    const actual = await runKernel(
      executor!,
      [{ dtype: 'uint16', data }],
      'uint16',
      [60],
      (context, [input], output) =>
        correlate1dGpu(context, {
          input,
          output,
          dtype: 'uint16',
          outer: 1,
          inputLength: 60,
          outputLength: 60,
          inner: 1,
          table,
          weights,
          cval: 0,
        }),
    );
    expect(actual).toEqual(data);
  });
});

describe('fixed-point weights', () => {
  it('take two digits for bytes and three for 16 bits', () => {
    expect(fixedWeights('uint8', gaussian(2))?.limbs).toBe(2);
    expect(fixedWeights('uint16', gaussian(2))?.limbs).toBe(3);
  });

  it('refuse what they cannot hold', () => {
    expect(correlate1dRefuses('uint16', Float64Array.of(1e9, 1))).toMatch(/fixed point/);
    expect(correlate1dRefuses('int32', Float64Array.of(1))).toMatch(/64-bit/);
    expect(correlate1dRefuses('float32', Float64Array.of(1e9))).toBeUndefined();
  });
});

describe.skipIf(noGpu)('uniform1d', () => {
  for (const dtype of ['uint8', 'int8', 'uint16', 'int16', 'float32'] as const)
    for (const shape of [
      [3, 37, 1],
      [2, 19, 12],
      [2, 19, 7],
    ])
      it(`${dtype} over [${shape}]`, async () => {
        const [outer, length, inner] = shape;
        const data = randomArray(dtype, outer * length * inner, 5);
        const size = 5;
        const table = indexTable([0, length], 2, 2, [0, length], length, 'constant');
        const actual = await runKernel(
          executor!,
          [{ dtype, data }],
          dtype,
          shape,
          (context, [input], output) =>
            uniform1dGpu(context, {
              input,
              output,
              dtype,
              outer,
              inputLength: length,
              outputLength: length,
              inner,
              table,
              size,
              cval: 7,
            }),
        );
        const sums = oracle(data as Uint8Array, shape, table, new Float64Array(size).fill(1), 7);
        const expected = sums.map((v) => (isFloat(dtype) ? v / size : Math.trunc(v / size)));
        for (let i = 0; i < expected.length; i++)
          expect(Math.abs(Number(actual[i]) - expected[i])).toBeLessThan(isFloat(dtype) ? 1e-4 : 1e-9);
      });
});
