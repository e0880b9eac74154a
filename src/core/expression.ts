// Pointwise expression trees as plain data. Every node's arguments already have the dtype it computes in, so the
// code generators of both executors never decide about types. Dtype rules are NumPy 1.24's.
import { type DType, isBigInt, isFloat, isInteger, promote, promoteScalar, valueRange } from './dtype';
import { ArgumentError } from './errors';

export const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type PointwiseFunction =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'floorDivide'
  | 'remainder'
  | 'power'
  | 'minimum'
  | 'maximum'
  | 'absolute'
  | 'negative'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'arctan2'
  | Comparison
  | 'and'
  | 'or'
  | 'xor'
  | 'not'
  | 'where'
  | 'isnan';

export type InputNode = { readonly kind: 'input'; readonly index: number; readonly dtype: DType };
export type ConstantNode = {
  readonly kind: 'constant';
  readonly value: number | boolean;
  readonly dtype: DType;
};
export type CallNode = {
  readonly kind: 'call';
  readonly fn: PointwiseFunction;
  readonly args: readonly Expression[];
  readonly dtype: DType;
};
export type CastNode = { readonly kind: 'cast'; readonly arg: Expression; readonly dtype: DType };

/** A tree of pointwise operations over inputs 0, 1, …; plain data. */
export type Expression = InputNode | ConstantNode | CallNode | CastNode;

/** What a function applies to: an expression (an array), or a scalar, which has NumPy's weaker say in dtypes. */
export type ExpressionLike = Expression | number | boolean;

/** Inputs that fit next to one output in WebGPU's default eight storage buffers. */
export const MAX_INPUTS = 7;

/** Nodes beyond which fusing on stops paying: code size and register pressure. */
export const MAX_SIZE = 64;

export const input = (index: number, dtype: DType): InputNode => ({ kind: 'input', index, dtype });

/** A constant of `dtype`; float32 is rounded, and integers must fit. */
export function constant(value: number | boolean, dtype: DType): ConstantNode {
  const number = Number(value);
  if (dtype === 'bool') return { kind: 'constant', value: number !== 0, dtype };
  const [low, high] = valueRange(dtype);
  if (isInteger(dtype) && !(Number.isInteger(number) && number >= low && number <= high))
    throw new ArgumentError('value', value, `an integer that fits ${dtype}`);
  return { kind: 'constant', value: dtype === 'float32' ? Math.fround(number) : number, dtype };
}

/** Conversion with C semantics: truncation, then wrapping modulo 2^bits; to bool: non-zero. */
export const cast = (arg: Expression, dtype: DType): Expression =>
  arg.dtype === dtype ? arg : { kind: 'cast', arg, dtype };

/** Applies `fn` as the NumPy function of that name would: same result dtype, same values. */
export function call(fn: PointwiseFunction, ...operands: ExpressionLike[]): Expression {
  const { arity, build } = RULES[fn];
  if (operands.length !== arity)
    throw new ArgumentError(`arguments of ${fn}`, operands.length, `${arity} operands`);
  return build(fn, operands);
}

type Build = (fn: PointwiseFunction, operands: readonly ExpressionLike[]) => Expression;

/** A rule for functions that compute in one dtype, derived from the operands' common one, and return it. */
const uniform =
  (computeIn: (common: DType, fn: PointwiseFunction) => DType): Build =>
  (fn, operands) =>
    node(fn, operands, computeIn(commonDType(operands), fn));

const notBool = (common: DType, fn: PointwiseFunction): DType => {
  if (common === 'bool')
    throw new ArgumentError(`operands of ${fn}`, 'bool', 'numbers (use xor or not for booleans)');
  return common;
};

/** NumPy has no bool loop for these and takes the int8 one. */
const boolAsInt8 = (common: DType): DType => (common === 'bool' ? 'int8' : common);

const trueDivision = (common: DType): DType => (isFloat(common) ? common : 'float64');

/** As NumPy, but float32 where it would use float16. */
const transcendental = (common: DType): DType =>
  isFloat(common) || promote(common, 'float32') === 'float64' ? promote(common, 'float32') : 'float32';

const sameDType = uniform((common) => common);
const logical: Build = (fn, operands) => node(fn, operands, 'bool');

const RULES: Record<PointwiseFunction, { arity: number; build: Build }> = {
  add: { arity: 2, build: sameDType },
  subtract: { arity: 2, build: uniform(notBool) },
  multiply: { arity: 2, build: sameDType },
  divide: { arity: 2, build: uniform(trueDivision) },
  floorDivide: { arity: 2, build: uniform(boolAsInt8) },
  remainder: { arity: 2, build: uniform(boolAsInt8) },
  power: { arity: 2, build: power },
  minimum: { arity: 2, build: sameDType },
  maximum: { arity: 2, build: sameDType },
  absolute: { arity: 1, build: sameDType },
  negative: { arity: 1, build: uniform(notBool) },
  sqrt: { arity: 1, build: uniform(transcendental) },
  exp: { arity: 1, build: uniform(transcendental) },
  log: { arity: 1, build: uniform(transcendental) },
  arctan2: { arity: 2, build: uniform(transcendental) },
  eq: { arity: 2, build: compare },
  ne: { arity: 2, build: compare },
  lt: { arity: 2, build: compare },
  le: { arity: 2, build: compare },
  gt: { arity: 2, build: compare },
  ge: { arity: 2, build: compare },
  and: { arity: 2, build: logical },
  or: { arity: 2, build: logical },
  xor: { arity: 2, build: logical },
  not: { arity: 1, build: logical },
  where: {
    arity: 3,
    build(fn, [condition, a, b]) {
      const dtype = commonDType([a, b]);
      return { kind: 'call', fn, args: [lift(condition, 'bool'), lift(a, dtype), lift(b, dtype)], dtype };
    },
  },
  isnan: {
    arity: 1,
    build(fn, operands) {
      const dtype = commonDType(operands);
      return isFloat(dtype) ? node(fn, operands, dtype, 'bool') : constant(false, 'bool');
    },
  },
};

export const POINTWISE_FUNCTIONS = Object.keys(RULES) as PointwiseFunction[];

function node(
  fn: PointwiseFunction,
  operands: readonly ExpressionLike[],
  computeIn: DType,
  dtype: DType = computeIn,
): CallNode {
  return { kind: 'call', fn, args: operands.map((operand) => lift(operand, computeIn)), dtype };
}

const isScalar = (operand: ExpressionLike): operand is number | boolean => typeof operand !== 'object';

const lift = (operand: ExpressionLike, dtype: DType): Expression =>
  isScalar(operand) ? constant(operand, dtype) : cast(operand, dtype);

const scalarDType = (value: number | boolean): DType =>
  typeof value === 'boolean' ? 'bool' : promoteScalar('bool', value);

/** NumPy's result type: arrays promote one another, scalars only by kind and value. */
function commonDType(operands: readonly ExpressionLike[]): DType {
  const arrays = operands.flatMap((o) => (isScalar(o) ? [] : [o.dtype]));
  const scalars = operands.filter(isScalar);
  if (arrays.length === 0) return scalars.map(scalarDType).reduce(promote);
  return scalars.reduce<DType>(promoteScalar, arrays.reduce(promote));
}

function power(fn: PointwiseFunction, operands: readonly ExpressionLike[]): Expression {
  const [base, exponent] = operands;
  const dtype = boolAsInt8(commonDType(operands));
  if (isFloat(dtype)) {
    // NumPy's own shortcuts; they also spare the GPU a pow().
    if (exponent === 0.5) return node('sqrt', [base], dtype);
    if (exponent === -1) return node('divide', [1, base], dtype);
  } else if (isScalar(exponent) && Number(exponent) < 0)
    throw new ArgumentError('exponent', exponent, `a non-negative integer for a base of dtype ${dtype}`);
  return node(fn, operands, dtype);
}

const MIRRORED = { eq: 'eq', ne: 'ne', lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' } as const;

function compare(fn: PointwiseFunction, operands: readonly ExpressionLike[]): Expression {
  const comparison = fn as Comparison;
  const [a, b] = operands;
  if (isScalar(a) && !isScalar(b)) return compare(MIRRORED[comparison], [b, a]);
  if (!isScalar(a) && isScalar(b) && !isFloat(a.dtype) && !isBigInt(a.dtype))
    return compareInteger(comparison, a, Number(b));
  return node(fn, operands, commonDType(operands), 'bool');
}

/** Compares an integer (or bool) array with any number exactly, without leaving its dtype. */
function compareInteger(fn: Comparison, a: Expression, value: number): Expression {
  const [low, high] = valueRange(a.dtype);
  const bound = fn === 'gt' || fn === 'le' ? Math.floor(value) : Math.ceil(value);
  const neverEqual = Number.isNaN(value) || (bound !== value && (fn === 'eq' || fn === 'ne'));
  if (neverEqual) return constant(fn === 'ne', 'bool');
  if (bound < low || bound > high) return constant(ALWAYS[fn](bound < low), 'bool');
  return { kind: 'call', fn, args: [a, constant(bound, a.dtype)], dtype: 'bool' };
}

/** Results of comparing with a number below (or else above) the whole range of the dtype. */
const ALWAYS: Record<Comparison, (below: boolean) => boolean> = {
  eq: () => false,
  ne: () => true,
  lt: (below) => !below,
  le: (below) => !below,
  gt: (below) => below,
  ge: (below) => below,
};

const childrenOf = (expression: Expression): readonly Expression[] =>
  expression.kind === 'call' ? expression.args : expression.kind === 'cast' ? [expression.arg] : [];

/** Every node, arguments before the calls that use them. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  for (const child of childrenOf(expression)) yield* nodesOf(child);
  yield expression;
}

/** Replaces input i by `inputs[i]`, whose own inputs are already numbered for the result (see {@link reindex}). */
export function fuse(expression: Expression, inputs: readonly Expression[]): Expression {
  switch (expression.kind) {
    case 'input': {
      const replacement = inputs[expression.index];
      if (replacement?.dtype !== expression.dtype)
        throw new ArgumentError(
          `inputs[${expression.index}]`,
          replacement?.dtype,
          `dtype ${expression.dtype}`,
        );
      return replacement;
    }
    case 'constant':
      return expression;
    case 'cast':
      return { ...expression, arg: fuse(expression.arg, inputs) };
    case 'call':
      return { ...expression, args: expression.args.map((arg) => fuse(arg, inputs)) };
  }
}

/** Renumbers inputs: input i becomes input `indices[i]`. */
export function reindex(expression: Expression, indices: readonly number[]): Expression {
  const dtypes = inputDTypes(expression);
  return fuse(
    expression,
    dtypes.map((dtype, i) => input(indices[i], dtype ?? 'bool')),
  );
}

/** Dtype of each input, undefined for numbers the expression does not use. */
export function inputDTypes(expression: Expression): (DType | undefined)[] {
  const dtypes: (DType | undefined)[] = [];
  for (const n of nodesOf(expression)) if (n.kind === 'input') dtypes[n.index] = n.dtype;
  return Array.from(dtypes);
}

/** Nodes of the tree. */
export const expressionSize = (expression: Expression): number => [...nodesOf(expression)].length;

/** Whether an expression is small enough, in nodes and inputs, to run as one kernel on any executor. */
export const fits = (expression: Expression): boolean =>
  expressionSize(expression) <= MAX_SIZE && inputDTypes(expression).length <= MAX_INPUTS;

/** The constant exponent of a power that is best multiplied out, or undefined. */
export function smallExponent({ fn, args: [, exponent] }: CallNode): number | undefined {
  if (fn !== 'power' || exponent.kind !== 'constant') return undefined;
  const value = Number(exponent.value);
  return Number.isInteger(value) && value >= 1 && value <= 16 ? value : undefined;
}

/** base ** exponent for a positive integer exponent, by repeated squaring with `multiply`. */
export function multiplyOut<T>(base: T, exponent: number, multiply: (a: T, b: T) => T): T {
  if (exponent === 1) return base;
  const root = multiplyOut(base, exponent >> 1, multiply);
  const square = multiply(root, root);
  return exponent & 1 ? multiply(square, base) : square;
}

/** Why no GPU can compute the expression within the precision contract; undefined when it can. */
export function gpuRefusal(expression: Expression): string | undefined {
  for (const n of nodesOf(expression)) {
    if (n.dtype === 'float64' || isBigInt(n.dtype)) return `WebGPU has no ${n.dtype}`;
    if (n.kind !== 'call' || !isFloat(n.dtype)) continue;
    if (n.fn === 'floorDivide' || n.fn === 'remainder') return `float ${n.fn} is not exact in WGSL`;
    if (n.fn === 'power' && smallExponent(n) === undefined) return "WGSL's pow() is not precise enough";
  }
  return undefined;
}
