// The WASM compiler (and the 64-bit fallback) against a plain oracle on random expressions, and against NumPy.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  castArray,
  DTYPES,
  type DType,
  isBigInt,
  isComplex,
  itemSize,
  type TypedArray,
  view,
} from '../../../src/core/dtype';
import { ArgumentError } from '../../../src/core/errors';
import { call, constant, type Expression, input, POINTWISE_FUNCTIONS } from '../../../src/core/expression';
import { runPointwise } from '../../../src/exec/cpu/pointwise/run';
import {
  dataOf,
  decode,
  evaluate,
  expectClose,
  expressions,
  loadPointwiseGolden,
} from '../../helpers/pointwise';

/** Kernels and expressions know no complex numbers: they see their parts. */
const REAL = DTYPES.filter((dtype) => !isComplex(dtype));

const memory = new WebAssembly.Memory({ initial: 4 });
const GUARD = 0xa5;

/** Runs an expression at deliberately odd places, and checks that nothing else is written. */
function run(expression: Expression, inputs: readonly TypedArray[], count: number): TypedArray {
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(GUARD);
  let top = 64;
  const pointers = inputs.map((data) => {
    const pointer = top;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pointer);
    top = Math.ceil((pointer + data.byteLength) / 8) * 8;
    return pointer;
  });
  const before = bytes.slice();
  runPointwise({ memory }, expression, count, top, pointers);
  const end = top + count * itemSize(expression.dtype);
  expect(bytes.subarray(0, top)).toEqual(before.subarray(0, top));
  expect(bytes.subarray(end, end + 64)).toEqual(before.subarray(end, end + 64));
  return view(expression.dtype, memory.buffer.slice(top, end));
}

const NARROW = REAL.filter((dtype) => !isBigInt(dtype));

const cases = (dtypes: readonly DType[]) =>
  fc
    .tuple(
      fc.constantFrom(...dtypes),
      fc.constantFrom(...dtypes),
      fc.constantFrom(...dtypes),
      fc.integer({ min: 1, max: 40 }),
    )
    .chain(([a, b, c, count]) =>
      fc.tuple(
        expressions(
          [a, b, c].map((dtype, i) => input(i, dtype)),
          POINTWISE_FUNCTIONS,
          dtypes,
        ),
        fc.tuple(dataOf(a, count), dataOf(b, count), dataOf(c, count)),
        fc.constant(count),
      ),
    );

describe('pointwise on the CPU', () => {
  test('random expressions equal the oracle', () => {
    fc.assert(
      fc.property(cases(NARROW), ([expression, inputs, count]) => {
        expect(run(expression, inputs, count)).toEqual(evaluate(expression, inputs, count));
      }),
      { numRuns: 1500 },
    );
  });

  test.each(['int8', 'uint8', 'int16', 'uint16'] as const)('narrow lanes: %s with bool', (dtype) => {
    fc.assert(
      fc.property(cases([dtype, 'bool']), ([expression, inputs, count]) => {
        expect(run(expression, inputs, count)).toEqual(evaluate(expression, inputs, count));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['float32', call('add', call('multiply', input(0, 'float32'), 2), 1)],
    ['uint16', call('gt', input(0, 'uint16'), 100)],
    ['uint8', call('add', input(0, 'uint8'), 250)],
    ['float64', call('sqrt', input(0, 'float64'))],
  ] as const)('every tail length: %s', (dtype, expression) => {
    for (let count = 0; count <= 40; count++) {
      const data = castArray(
        Float64Array.from({ length: count }, (_, i) => 7 * i),
        'float64',
        dtype,
      );
      expect(run(expression, [data], count)).toEqual(evaluate(expression, [data], count));
    }
  });

  test('random expressions with 64-bit integers equal the oracle', () => {
    fc.assert(
      fc.property(cases(['int64', 'uint64', 'uint8', 'float32', 'bool']), ([expression, inputs, count]) => {
        expect(run(expression, inputs, count)).toEqual(evaluate(expression, inputs, count));
      }),
      { numRuns: 500 },
    );
  });

  const { cases: golden } = loadPointwiseGolden();

  test.each([...new Set(golden.map(({ fn }) => fn))])('%s equals NumPy', (name) => {
    for (const { fn, dtypes, inputs, dtype, output } of golden) {
      if (fn !== name) continue;
      const build = () => call(fn, ...dtypes.map((d, i) => input(i, d)));
      if (!inputs) {
        expect(build, `${fn} of ${dtypes}`).toThrow(ArgumentError);
        continue;
      }
      const expression = build();
      expect(expression.dtype, `${fn} of ${dtypes}`).toBe(dtype);
      const arrays = inputs.map((data, i) => decode(dtypes[i], data));
      expectClose(run(expression, arrays, arrays[0].length), decode(dtype, output), dtype);
    }
  });

  test('writes in place', () => {
    const data = Float32Array.from({ length: 39 }, (_, i) => i - 7);
    new Float32Array(memory.buffer, 0, 39).set(data);
    runPointwise({ memory }, call('multiply', input(0, 'float32'), 2), 39, 0, [0]);
    expect(new Float32Array(memory.buffer, 0, 39)).toEqual(data.map((x) => 2 * x));
  });

  test('fills without inputs', () => {
    expect(run(constant(7, 'uint16'), [], 11)).toEqual(new Uint16Array(11).fill(7));
  });
});
