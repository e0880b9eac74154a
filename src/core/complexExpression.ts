// Pointwise functions of complex numbers, as pairs of real expressions: what both executors compute is real. Rules and
// formulae are NumPy 1.24's.
import { type Complex, type DType, partDType, promote, promoteScalar, type Scalar } from './dtype';
import { ArgumentError } from './errors';
import {
  call,
  cast,
  constant,
  type Expression,
  type ExpressionLike,
  type PointwiseFunction,
} from './expression';

/** A complex expression; both parts are of one float type. */
export interface ComplexExpression {
  readonly re: Expression;
  readonly im: Expression;
}

/** What a function applies to; a {@link Complex} is a scalar. */
export type ComplexLike = ExpressionLike | ComplexExpression | Complex;

type Rule = (operands: readonly ComplexExpression[]) => ComplexExpression | Expression;

/** Applies `fn` to operands of which at least one is complex, as the NumPy function of that name would. */
export function callComplex(
  fn: PointwiseFunction,
  operands: readonly ComplexLike[],
): ComplexExpression | Expression {
  if (fn === 'where') return choose(operands);
  const dtype = commonDType(operands);
  const rule = RULES[fn];
  if (!rule)
    throw new ArgumentError(
      `operands of ${fn}`,
      dtype,
      'real numbers (take real(), imag() or absolute() first)',
    );
  return rule(operands.map((operand) => lift(operand, partDType(dtype))));
}

/** Whether an operand is a pair, of expressions or of numbers. */
export const isPair = (operand: ComplexLike): operand is ComplexExpression | Complex =>
  typeof operand === 'object' && 're' in operand;

const isScalar = (operand: ComplexLike): operand is number | boolean | Complex =>
  typeof operand !== 'object' || (isPair(operand) && typeof operand.re === 'number');

/** The truth of a complex number: that it is not zero. */
export const truth = ({ re, im }: ComplexExpression | Complex): Expression => call('or', re, im);

/** The operand as a complex expression with parts of type `part`. */
function lift(operand: ComplexLike, part: DType): ComplexExpression {
  const like = (value: ExpressionLike) =>
    typeof value === 'object' ? cast(value, part) : constant(value, part);
  return isPair(operand)
    ? { re: like(operand.re), im: like(operand.im) }
    : { re: like(operand), im: constant(0, part) };
}

/** NumPy's result type, which is complex. */
function commonDType(operands: readonly ComplexLike[]): DType {
  const arrays = operands.flatMap((operand) => (isScalar(operand) ? [] : [dtypeOf(operand)]));
  const scalars = operands.filter(isScalar) as (Scalar | boolean | Complex)[];
  return scalars.reduce<DType>(promoteScalar, arrays.reduce(promote));
}

const dtypeOf = (operand: Exclude<ComplexLike, number | boolean | Complex>): DType =>
  isPair(operand) ? promote(operand.re.dtype, 'complex64') : operand.dtype;

const each =
  (fn: PointwiseFunction): Rule =>
  (operands) => ({
    re: call(fn, ...operands.map(({ re }) => re)),
    im: call(fn, ...operands.map(({ im }) => im)),
  });

const logical =
  (fn: PointwiseFunction): Rule =>
  (operands) =>
    call(fn, ...operands.map(truth));

const RULES: Partial<Record<PointwiseFunction, Rule>> = {
  add: each('add'),
  subtract: each('subtract'),
  negative: each('negative'),
  multiply: ([a, b]) => ({
    re: call('subtract', call('multiply', a.re, b.re), call('multiply', a.im, b.im)),
    im: call('add', call('multiply', a.re, b.im), call('multiply', a.im, b.re)),
  }),
  divide,
  absolute: ([a]) => modulus(a),
  eq: ([a, b]) => call('and', call('eq', a.re, b.re), call('eq', a.im, b.im)),
  ne: ([a, b]) => call('or', call('ne', a.re, b.re), call('ne', a.im, b.im)),
  isnan: ([a]) => call('or', call('isnan', a.re), call('isnan', a.im)),
  and: logical('and'),
  or: logical('or'),
  xor: logical('xor'),
  not: logical('not'),
};

/** `where`: the condition has no say in the dtype. */
function choose([condition, a, b]: readonly ComplexLike[]): ComplexExpression | Expression {
  const test = isPair(condition) ? truth(condition) : condition;
  if (!isPair(a) && !isPair(b)) return call('where', test, a, b);
  const part = partDType([a, b].every(isScalar) ? 'complex128' : commonDType([a, b]));
  const [x, y] = [lift(a, part), lift(b, part)];
  return { re: call('where', test, x.re, y.re), im: call('where', test, x.im, y.im) };
}

/** Smith's division: by the larger part of the divisor, so that no square overflows. */
function divide([a, b]: readonly ComplexExpression[]): ComplexExpression {
  const [sizeRe, sizeIm] = [call('absolute', b.re), call('absolute', b.im)];
  const byRe = call('ge', sizeRe, sizeIm);
  const [large, small] = [call('where', byRe, b.re, b.im), call('where', byRe, b.im, b.re)];
  const ratio = call('divide', small, large);
  const scale = call('divide', 1, call('add', large, call('multiply', small, ratio)));
  const scaled = (x: Expression) => call('multiply', x, ratio);
  const zero = call('eq', call('add', sizeRe, sizeIm), 0);
  const part = (x: Expression, byRePart: Expression, byImPart: Expression) =>
    call(
      'where',
      zero,
      call('divide', x, sizeRe),
      call('multiply', call('where', byRe, byRePart, byImPart), scale),
    );
  return {
    re: part(a.re, call('add', a.re, scaled(a.im)), call('add', scaled(a.re), a.im)),
    im: part(a.im, call('subtract', a.im, scaled(a.re)), call('subtract', scaled(a.im), a.re)),
  };
}

/** The absolute value, without overflow; infinite if a part is, even beside NaN. @see C's hypot */
function modulus({ re, im }: ComplexExpression): Expression {
  const [x, y] = [call('absolute', re), call('absolute', im)];
  const [large, small] = [call('maximum', x, y), call('minimum', x, y)];
  const ratio = call('divide', small, large);
  const root = call('sqrt', call('add', 1, call('multiply', ratio, ratio)));
  const finite = call('where', call('eq', small, 0), large, call('multiply', large, root));
  const infinite = call('or', call('eq', x, Infinity), call('eq', y, Infinity));
  return call('where', infinite, Infinity, finite);
}
