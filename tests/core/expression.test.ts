// Expression trees: NumPy's dtypes, exact rewriting of comparisons, and fusion.
import { describe, expect, test } from 'vitest';
import { DTYPES, promoteScalar } from '../../src/core/dtype';
import { ArgumentError } from '../../src/core/errors';
import {
  type Comparison,
  call,
  cast,
  constant,
  expressionSize,
  fits,
  fuse,
  gpuRefusal,
  input,
  inputDTypes,
  MAX_INPUTS,
  reindex,
} from '../../src/core/expression';
import { decode, evaluate, loadPointwiseGolden } from '../helpers/pointwise';

const { scalars } = loadPointwiseGolden();
const u8 = input(0, 'uint8');
const u16 = input(0, 'uint16');
const f32 = input(0, 'float32');

describe('dtypes', () => {
  describe.each(DTYPES)('%s and scalars', (dtype) => {
    const cases = scalars.filter((golden) => golden.dtype === dtype);

    test('promote as in NumPy', () => {
      for (const { scalar, result } of cases) {
        const array = input(0, dtype);
        const promoted = [
          promoteScalar(dtype, scalar),
          call('multiply', array, scalar).dtype,
          call('maximum', scalar, array).dtype,
        ];
        expect({ scalar, promoted }).toEqual({ scalar, promoted: [result, result, result] });
      }
    });

    test('compare as in NumPy', () => {
      for (const { scalar, input: data, comparisons } of cases)
        for (const [fn, expected] of Object.entries(comparisons)) {
          const array = decode(dtype, data);
          const expression = call(fn as Comparison, input(0, dtype), scalar);
          const values = evaluate(expression, [array], array.length);
          expect({ fn, scalar, values }).toEqual({ fn, scalar, values: decode('bool', expected) });
        }
    });
  });

  test('arguments are cast to the dtype that computes', () => {
    expect(call('divide', u8, input(1, 'float32'))).toEqual({
      kind: 'call',
      fn: 'divide',
      args: [cast(u8, 'float32'), input(1, 'float32')],
      dtype: 'float32',
    });
    expect(call('add', u8, 300)).toEqual({
      kind: 'call',
      fn: 'add',
      args: [cast(u8, 'uint16'), constant(300, 'uint16')],
      dtype: 'uint16',
    });
    expect(call('where', f32, u8, 1.5).dtype).toBe('float64');
    expect(call('where', input(0, 'bool'), 1, 0).dtype).toBe('int64');
    expect(call('gt', f32, 0.1)).toMatchObject({ args: [f32, { value: Math.fround(0.1) }] });
  });

  test('what NumPy refuses', () => {
    const mask = input(0, 'bool');
    expect(() => call('subtract', mask, mask)).toThrow(ArgumentError);
    expect(() => call('negative', mask)).toThrow(ArgumentError);
    expect(() => call('power', u8, -1)).toThrow(ArgumentError);
    expect(() => call('add', u8)).toThrow(ArgumentError);
    expect(() => constant(1.5, 'int32')).toThrow(ArgumentError);
  });
});

describe('comparisons of integers with numbers', () => {
  test.each([
    ['gt', 123.7, 'gt', 123],
    ['ge', 123.7, 'ge', 124],
    ['lt', 123.7, 'lt', 124],
    ['le', 123.7, 'le', 123],
    ['gt', 0, 'gt', 0],
    ['eq', 7, 'eq', 7],
  ] as const)('x %s %d is x %s %d', (fn, value, expected, bound) => {
    expect(call(fn, u16, value)).toMatchObject({ fn: expected, args: [u16, constant(bound, 'uint16')] });
  });

  test.each([
    ['gt', 70000, false],
    ['lt', 70000, true],
    ['ge', -0.5, true],
    ['lt', -1, false],
    ['eq', 1.5, false],
    ['ne', -3, true],
    ['le', Number.NaN, false],
    ['ne', Number.NaN, true],
    ['lt', Infinity, true],
  ] as const)('x %s %d is %s', (fn, value, expected) => {
    const expression = call(fn, u16, value);
    const values = Uint16Array.of(0, 1, 65535);
    expect(evaluate(expression, [values], 3)).toEqual(new Uint8Array(3).fill(Number(expected)));
    expect(gpuRefusal(expression)).toBeUndefined();
  });

  test('a scalar on the left mirrors', () => {
    expect(call('lt', 5, u8)).toEqual(call('gt', u8, 5));
  });
});

describe('fusion', () => {
  const threshold = call('gt', f32, 0.5);

  test('replaces and renumbers inputs', () => {
    const scaled = call('multiply', f32, 2);
    const outer = call('and', threshold, input(1, 'bool'));
    const fused = fuse(outer, [reindex(scaled, [1]), input(0, 'bool')]);
    expect(fused).toEqual(
      call('and', call('gt', call('multiply', input(1, 'float32'), 2), 0.5), input(0, 'bool')),
    );
    expect(inputDTypes(fused)).toEqual(['bool', 'float32']);
    expect(expressionSize(fused)).toBe(7);
  });

  test('refuses another dtype', () => {
    expect(() => fuse(threshold, [u8])).toThrow(ArgumentError);
  });

  test('size and inputs are capped', () => {
    let long = call('add', f32, 1);
    expect(fits(long)).toBe(true);
    for (let i = 0; i < 40; i++) long = call('add', long, i);
    expect(fits(long)).toBe(false);
    expect(fits(input(MAX_INPUTS - 1, 'uint8'))).toBe(true);
    expect(fits(input(MAX_INPUTS, 'uint8'))).toBe(false);
  });

  test('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(threshold))).toEqual(threshold);
  });
});

test('what the GPU refuses', () => {
  expect(gpuRefusal(call('divide', u8, 2))).toMatch('float64');
  expect(gpuRefusal(call('add', u8, input(1, 'int64')))).toMatch('int64');
  expect(gpuRefusal(call('remainder', f32, 2))).toMatch('remainder');
  expect(gpuRefusal(call('power', f32, 2.5))).toMatch('pow');
  for (const exponent of [2, 3, 0.5, -1]) expect(gpuRefusal(call('power', f32, exponent))).toBeUndefined();
  expect(gpuRefusal(call('gt', u16, 123.7))).toBeUndefined();
});
