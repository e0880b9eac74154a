// The WGSL generator against the plain oracle, on a software GPU.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { castArray, type DType, type TypedArray } from '../../../src/core/dtype';
import {
  call,
  cast,
  constant,
  type Expression,
  gpuRefusal,
  input,
  MAX_INPUTS,
  POINTWISE_FUNCTIONS,
  type PointwiseFunction,
} from '../../../src/core/expression';
import type { GpuExecutor } from '../../../src/exec/webgpu/executor';
import { pointwiseGpu } from '../../../src/ops/gpu/pointwise';
import { createTestExecutor, noGpu, runKernel } from '../../helpers/gpu';
import { dataOf, evaluate, expectClose, expressions } from '../../helpers/pointwise';

const DTYPES: readonly DType[] = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32'];

/** Not rounded correctly by GPUs, or refused: random chains would carry the difference into exact results. */
const INEXACT: readonly PointwiseFunction[] = ['divide', 'sqrt', 'exp', 'log'];
const EXACT = POINTWISE_FUNCTIONS.filter((fn) => !INEXACT.includes(fn));

/** GPUs may flush subnormal numbers to zero, which products of tiny ones are. */
function withoutTiny(data: TypedArray): TypedArray {
  if (data instanceof Float32Array) return data.map((value) => (Math.abs(value) < 1e-6 ? 0 : value));
  return data;
}

describe.skipIf(noGpu)('pointwise on the GPU', () => {
  let executor: GpuExecutor;

  beforeAll(async () => {
    executor = await createTestExecutor();
  });
  afterAll(() => executor?.dispose());

  const run = (
    expression: Expression,
    dtypes: readonly DType[],
    data: readonly TypedArray[],
    count: number,
  ) =>
    runKernel(
      executor,
      data.map((array, i) => ({ dtype: dtypes[i], data: array })),
      expression.dtype,
      [count],
      (context, inputs, output) => pointwiseGpu(context, { expression, count, inputs, output }),
    );

  test('random expressions equal the oracle', async () => {
    const dtype = fc.constantFrom(...DTYPES);
    const cases = fc.tuple(dtype, dtype, dtype, fc.integer({ min: 1, max: 40 })).chain(([a, b, c, count]) =>
      fc.tuple(
        fc.constant([a, b, c]),
        expressions(
          [a, b, c].map((d, i) => input(i, d)),
          EXACT,
          DTYPES,
        ).filter((expression) => gpuRefusal(expression) === undefined),
        fc.tuple(dataOf(a, count), dataOf(b, count), dataOf(c, count)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([dtypes, expression, drawn]) => {
        const data = drawn.map(withoutTiny);
        const count = data[0].length;
        const actual = await run(expression, dtypes, data, count);
        expectClose(actual, evaluate(expression, data, count), expression.dtype);
      }),
      { numRuns: 150 },
    );
  });

  const SPECIAL = [
    0,
    -0,
    1,
    -1,
    0.5,
    Infinity,
    -Infinity,
    Number.NaN,
    1e-30,
    1e30,
    3e9,
    -3e9,
    1e20,
    300.7,
    -1.5,
  ];
  const sweep = Float32Array.from({ length: 3000 }, (_, i) => SPECIAL[i] ?? (i - 1500) * 0.0627);

  test.each([
    ['exp', call('exp', input(0, 'float32'))],
    ['log', call('log', input(0, 'float32'))],
    ['sqrt', call('sqrt', input(0, 'float32'))],
    ['1 / x', call('divide', 1, input(0, 'float32'))],
    ['x ** 3', call('power', input(0, 'float32'), 3)],
    ['isnan', call('isnan', input(0, 'float32'))],
    ['not', call('not', input(0, 'float32'))],
    ['x > inf', call('ge', input(0, 'float32'), Infinity)],
    ['minimum with NaN', call('minimum', input(0, 'float32'), Number.NaN)],
  ])('%s keeps the precision contract, special values included', async (_, expression) => {
    const actual = await run(expression, ['float32'], [sweep], sweep.length);
    const expected = evaluate(expression, [sweep], sweep.length);
    if (expression.dtype === 'bool') {
      expect(actual).toEqual(expected);
      return;
    }
    for (let i = 0; i < sweep.length; i++) {
      const [a, e] = [Number(actual[i]), Number(expected[i])];
      const close =
        a === e ||
        (Number.isNaN(a) && Number.isNaN(e)) ||
        Math.abs(a - e) <= 2e-6 * Math.max(1e-6, Math.abs(e));
      expect(close, `${sweep[i]}: ${a}, not ${e}`).toBe(true);
    }
  });

  test.each(DTYPES)('float32 to %s truncates and wraps', async (dtype) => {
    const expression = cast(input(0, 'float32'), dtype);
    const actual = await run(expression, ['float32'], [sweep], sweep.length);
    expect(actual).toEqual(evaluate(expression, [sweep], sweep.length));
  });

  test('fills without inputs', async () => {
    expect(await run(constant(7, 'uint16'), [], [], 11)).toEqual(new Uint16Array(11).fill(7));
  });

  test('takes as many inputs as the default limits allow', async () => {
    const dtypes = Array.from({ length: MAX_INPUTS }, (_, i) => DTYPES[i + 1]);
    const sum = dtypes
      .map((dtype, i) => cast(input(i, dtype), 'float32'))
      .reduce((a, b) => call('add', a, b));
    const data = dtypes.map((dtype, i) => castArray(new Float64Array(4).fill(i + 1), 'float64', dtype));
    expect(await run(sum, dtypes, data, 4)).toEqual(new Float32Array(4).fill(28));
  });

  test('does not need the inputs it is given', async () => {
    expect(await run(constant(true, 'bool'), ['uint8'], [new Uint8Array(9)], 9)).toEqual(
      new Uint8Array(9).fill(1),
    );
  });
});
