// Expressions with 64-bit integers, element by element in JavaScript: correct, not fast.
import {
  type DType,
  isBigInt,
  isFloat,
  isSigned,
  itemSize,
  type Scalar,
  type TypedArray,
} from '../../../core/dtype';
import type { CallNode, Expression, PointwiseFunction } from '../../../core/expression';
import { floorDivide, power, remainder } from './math';

/** The value of a node at one element: a bigint for 64-bit integers, 0 or 1 for bool. */
type Evaluate = (element: number) => Scalar;

type Table<T extends Scalar> = Partial<Record<PointwiseFunction, (a: T, b: T) => T>>;

/** Evaluates `expression` over the first `count` elements of `inputs` into `output`. */
export function evaluateBigInt(
  expression: Expression,
  count: number,
  output: TypedArray,
  inputs: readonly TypedArray[],
): void {
  const evaluate = prepare(expression, inputs);
  for (let i = 0; i < count; i++) output[i] = evaluate(i);
}

function prepare(expression: Expression, inputs: readonly TypedArray[]): Evaluate {
  switch (expression.kind) {
    case 'constant': {
      const value = convert(Number(expression.value), expression.dtype);
      return () => value;
    }
    case 'input': {
      const data = inputs[expression.index];
      return expression.dtype === 'bool' ? (i) => (data[i] ? 1 : 0) : (i) => data[i];
    }
    case 'cast': {
      const arg = prepare(expression.arg, inputs);
      return (i) => convert(arg(i), expression.dtype);
    }
    case 'call':
      return prepareCall(
        expression,
        expression.args.map((arg) => prepare(arg, inputs)),
      );
  }
}

function prepareCall({ fn, args, dtype }: CallNode, [a, b, c]: readonly Evaluate[]): Evaluate {
  if (fn === 'where') return (i) => (a(i) ? b(i) : c(i));
  const second = b ?? a;
  const relation = RELATIONS[fn];
  if (relation) return (i) => (relation(a(i), second(i)) ? 1 : 0);
  if (isFloat(dtype)) {
    const float = FLOAT[fn]!;
    return (i) => convert(float(Number(a(i)), Number(second(i))), dtype);
  }
  const integer = INTEGER[fn]!;
  // Bool arithmetic is logic: the truth of the sum, product, minimum or maximum.
  const computeIn = args[0].dtype;
  return (i) => convert(integer(BigInt(a(i)), BigInt(second(i))), computeIn);
}

/** C semantics: truncation, then wrapping; 0 for NaN and infinities. */
function convert(value: Scalar, to: DType): Scalar {
  if (to === 'bool') return Number(value !== 0 && value !== 0n);
  if (to === 'float64') return Number(value);
  if (to === 'float32') return Math.fround(Number(value));
  const integer = typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  const wrapped = (isSigned(to) ? BigInt.asIntN : BigInt.asUintN)(8 * itemSize(to), integer);
  return isBigInt(to) ? wrapped : Number(wrapped);
}

const RELATIONS: Partial<Record<PointwiseFunction, (a: Scalar, b: Scalar) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  and: (a, b) => Boolean(a) && Boolean(b),
  or: (a, b) => Boolean(a) || Boolean(b),
  xor: (a, b) => Boolean(a) !== Boolean(b),
  not: (a) => !a,
  isnan: (a) => Number.isNaN(a),
};

const FLOAT: Table<number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  floorDivide,
  remainder,
  power,
  minimum: Math.min,
  maximum: Math.max,
  absolute: Math.abs,
  negative: (a) => -a,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  arctan2: Math.atan2,
};

const integerFloor = (a: bigint, b: bigint): bigint => {
  if (b === 0n) return 0n;
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
};

/** Modulo 2^64, which every narrower result wraps further; negative exponents truncate the true value. */
function integerPower(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) return base === 1n || base === -1n ? base ** (-exponent & 1n) : 0n;
  let result = 1n;
  let factor = base;
  for (let rest = exponent; rest !== 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asUintN(64, result * factor);
    factor = BigInt.asUintN(64, factor * factor);
  }
  return result;
}

const INTEGER: Table<bigint> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  floorDivide: integerFloor,
  remainder: (a, b) => (b === 0n ? 0n : a - integerFloor(a, b) * b),
  power: integerPower,
  // biome-ignore lint/complexity/useMathMinMax: Math takes no bigint
  minimum: (a, b) => (a < b ? a : b),
  // biome-ignore lint/complexity/useMathMinMax: Math takes no bigint
  maximum: (a, b) => (a > b ? a : b),
  absolute: (a) => (a < 0n ? -a : a),
  negative: (a) => -a,
};
