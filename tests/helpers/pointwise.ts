// A plain oracle for pointwise expressions, and random expressions and data to compare executors with it.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  allocate,
  type DType,
  isBigInt,
  isFloat,
  isSigned,
  itemSize,
  type TypedArray,
  view,
} from '../../src/core/dtype';
import { ArgumentError } from '../../src/core/errors';
import {
  call,
  cast,
  type Expression,
  type ExpressionLike,
  multiplyOut,
  type PointwiseFunction,
  smallExponent,
} from '../../src/core/expression';
import { floorDivide, remainder } from '../../src/exec/cpu/pointwise/math';

type Value = number | bigint;

/** The value of an expression over one element of each input, as NumPy defines it. */
export function oracle(expression: Expression, elements: readonly Value[]): Value {
  switch (expression.kind) {
    case 'constant':
      return store(Number(expression.value), expression.dtype);
    case 'input':
      return elements[expression.index];
    case 'cast':
      return store(oracle(expression.arg, elements), expression.dtype);
    case 'call': {
      const [a, b, c] = expression.args.map((arg) => oracle(arg, elements));
      const kind = expression.args[0].dtype;
      if (expression.fn === 'where') return a ? b : c;
      const exponent = smallExponent(expression);
      if (exponent && isFloat(kind))
        return multiplyOut(a, exponent, (x, y) => store(Number(x) * Number(y), kind));
      const result = isFloat(kind)
        ? floatFunction(expression.fn, Number(a), Number(b))
        : integerFunction(expression.fn, BigInt(a), BigInt(b ?? 0));
      return store(typeof result === 'boolean' ? Number(result) : result, expression.dtype);
    }
  }
}

/** Assignment as in C: bool is "non-zero", integers wrap. */
function store(value: Value, dtype: DType): Value {
  if (dtype === 'bool') return Number(value) === 0 ? 0 : 1;
  if (isFloat(dtype)) return dtype === 'float32' ? Math.fround(Number(value)) : Number(value);
  const whole = typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  const modulus = 1n << BigInt(8 * itemSize(dtype));
  let wrapped = ((whole % modulus) + modulus) % modulus;
  if (isSigned(dtype) && wrapped >= modulus / 2n) wrapped -= modulus;
  return isBigInt(dtype) ? wrapped : Number(wrapped);
}

function comparison(fn: PointwiseFunction, a: Value, b: Value): boolean | undefined {
  if (fn === 'eq') return a === b;
  if (fn === 'ne') return a !== b;
  if (fn === 'lt') return a < b;
  if (fn === 'le') return a <= b;
  if (fn === 'gt') return a > b;
  if (fn === 'ge') return a >= b;
  return undefined;
}

function floatFunction(fn: PointwiseFunction, a: number, b: number): Value | boolean {
  if (fn === 'add') return a + b;
  if (fn === 'subtract') return a - b;
  if (fn === 'multiply') return a * b;
  if (fn === 'divide') return a / b;
  // Their many cases are checked against NumPy itself.
  if (fn === 'floorDivide') return floorDivide(a, b);
  if (fn === 'remainder') return remainder(a, b);
  if (fn === 'power') return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
  if (fn === 'minimum') return Math.min(a, b);
  if (fn === 'maximum') return Math.max(a, b);
  if (fn === 'absolute') return Math.abs(a);
  if (fn === 'negative') return -a;
  if (fn === 'sqrt') return Math.sqrt(a);
  if (fn === 'exp') return Math.exp(a);
  if (fn === 'log') return Math.log(a);
  if (fn === 'arctan2') return Math.atan2(a, b);
  if (fn === 'isnan') return Number.isNaN(a);
  return comparison(fn, a, b)!;
}

function integerFunction(fn: PointwiseFunction, a: bigint, b: bigint): Value | boolean {
  const floor = b === 0n ? 0n : (a - (((a % b) + b) % b)) / b;
  if (fn === 'add') return a + b;
  if (fn === 'subtract') return a - b;
  if (fn === 'multiply') return a * b;
  if (fn === 'floorDivide') return floor;
  if (fn === 'remainder') return b === 0n ? 0n : a - floor * b;
  if (fn === 'power') {
    if (b < 0n) return a === 1n ? 1n : a === -1n ? (b % 2n === 0n ? 1n : -1n) : 0n;
    let result = 1n;
    for (const bit of b.toString(2)) result = BigInt.asUintN(64, result * result * (bit === '1' ? a : 1n));
    return result;
  }
  if (fn === 'minimum') return a < b ? a : b > a ? a : b;
  if (fn === 'maximum') return a > b ? a : b < a ? a : b;
  if (fn === 'absolute') return a < 0n ? -a : a;
  if (fn === 'negative') return -a;
  if (fn === 'and') return a !== 0n && b !== 0n;
  if (fn === 'or') return a !== 0n || b !== 0n;
  if (fn === 'xor') return (a !== 0n) !== (b !== 0n);
  if (fn === 'not') return a === 0n;
  return comparison(fn, a, b)!;
}

export function evaluate(expression: Expression, inputs: readonly TypedArray[], count: number): TypedArray {
  const out = allocate(expression.dtype, count);
  for (let i = 0; i < count; i++)
    out[i] = oracle(
      expression,
      inputs.map((data) => data[i]),
    );
  return out;
}

const EDGES = [
  0, 1, -1, 2, 3, -3, 7, 127, 128, -128, 255, 256, 32767, 65535, 2147483647, -2147483648, 4294967295,
];
const FLOAT_EDGES = [Number.NaN, Infinity, -Infinity, -0, 0.5, -2.5, 300.7, 3e9, -1e20, 1e-40, 3.4e38];

/** Values of a dtype, edge cases included. */
export const dataOf = (dtype: DType, length: number, floats: readonly number[] = FLOAT_EDGES) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...EDGES, ...(isFloat(dtype) ? floats : [])),
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer(),
      ),
      { minLength: length, maxLength: length },
    )
    .map((values) => {
      const data = allocate(dtype, length);
      values.forEach((value, i) => {
        data[i] = store(value, dtype);
      });
      return data;
    });

interface Call {
  readonly fn: PointwiseFunction;
  readonly operands: readonly Tree[];
  readonly as: DType | null;
}
type Tree = Call | { readonly leaf: ExpressionLike };

const ARITY: Partial<Record<PointwiseFunction, number>> = {
  absolute: 1,
  negative: 1,
  sqrt: 1,
  exp: 1,
  log: 1,
  not: 1,
  isnan: 1,
  where: 3,
};

/** Random expressions over inputs of the given dtypes; operand dtypes a function refuses are skipped. */
export function expressions(
  inputs: readonly Expression[],
  functions: readonly PointwiseFunction[],
  casts: readonly DType[],
): fc.Arbitrary<Expression> {
  const scalar = fc.constantFrom<ExpressionLike[]>(0, 1, -1, 2, 3, 100, 300, 70000, 0.5, 123.7, true);
  const leaf = fc
    .oneof(
      { weight: 4, arbitrary: fc.constantFrom<ExpressionLike[]>(...inputs) },
      { weight: 1, arbitrary: scalar },
    )
    .map((value): Tree => ({ leaf: value }));
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      fc.record({
        fn: fc.constantFrom(...functions),
        operands: fc.tuple(tie('tree'), tie('tree'), tie('tree')),
        as: fc.option(fc.constantFrom(...casts), { freq: 4 }),
      }),
    ),
  }));
  return tree.map((root) => {
    const built = build(root);
    return typeof built === 'object' ? built : inputs[0];
  });
}

function build(tree: Tree): ExpressionLike {
  if ('leaf' in tree) return tree.leaf;
  const operands = tree.operands.slice(0, ARITY[tree.fn] ?? 2).map(build);
  try {
    const result = call(tree.fn, ...operands);
    return tree.as ? cast(result, tree.as) : result;
  } catch (error) {
    if (error instanceof ArgumentError) return operands[0];
    throw error;
  }
}

/** What scripts/golden_pointwise.py writes; arrays are base64. */
export interface PointwiseGolden {
  readonly cases: readonly {
    readonly fn: PointwiseFunction;
    readonly dtypes: readonly DType[];
    /** Absent where NumPy refuses the dtypes. */
    readonly inputs?: readonly string[];
    readonly dtype: DType;
    readonly output: string;
  }[];
  readonly scalars: readonly {
    readonly dtype: DType;
    readonly scalar: number | boolean;
    readonly result: DType;
    readonly input: string;
    readonly comparisons: Readonly<Partial<Record<PointwiseFunction, string>>>;
  }[];
}

export const loadPointwiseGolden = (): PointwiseGolden =>
  JSON.parse(
    gunzipSync(readFileSync(new URL('../golden/pointwise.json.gz', import.meta.url))).toString(),
  ) as PointwiseGolden;

/** An array out of base64; copied out of Buffer's pool, for alignment. */
export const decode = (dtype: DType, data: string): TypedArray =>
  view(dtype, Uint8Array.from(Buffer.from(data, 'base64')).buffer);

/** Integers and booleans exactly, floats within the precision contract, relative to each value. */
export function expectClose(actual: TypedArray, expected: TypedArray, dtype: DType): void {
  if (!isFloat(dtype)) {
    expect(actual).toEqual(expected);
    return;
  }
  expect(actual.length).toBe(expected.length);
  const tolerance = dtype === 'float32' ? 1e-6 : 1e-13;
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])];
    if (!Object.is(a, e) && !(Math.abs(a - e) <= tolerance * Math.abs(e)))
      expect(`${i}: ${a}`).toBe(`${i}: ${e}`);
  }
}
