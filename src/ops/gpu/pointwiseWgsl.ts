// Pointwise expressions in WGSL. One value a node: bool, i32, u32 or f32, with small integers wrapped to their dtype.
// WGSL lets implementations assume that there is no NaN or infinity and flush denormals, so whatever must be exact
// (comparisons, minima, NaN tests) works on the bits.
import { type DType, isFloat, isInteger, isSigned, itemSize } from '../../core/dtype';
import {
  type CallNode,
  type Expression,
  inputDTypes,
  multiplyOut,
  type PointwiseFunction,
  smallExponent,
} from '../../core/expression';

/** The header of shaders/pointwise.wgsl: bindings and `fn element(i: u32) -> u32`, the result's bits. */
export function pointwiseHeader(expression: Expression, inputCount: number): string {
  const used = inputDTypes(expression);
  const declarations = Array.from(
    { length: inputCount },
    (_, i) => `@group(0) @binding(${i + 1}) var<storage, read> in${i}: array<u32>;`,
  );
  // An automatic layout drops bindings that the shader does not name.
  const unused = declarations.flatMap((_, i) => (used[i] ? [] : [`  _ = &in${i};`]));
  const writer = new Writer((index, dtype) => fromBits(`in${index}`, dtype));
  const result = writer.write(expression);
  return `struct Params { count: u32, zero: u32 }
@group(0) @binding(0) var<uniform> params: Params;
${declarations.join('\n')}
@group(0) @binding(${inputCount + 1}) var<storage, read_write> output: array<u32>;
const PER_WORD = ${4 / itemSize(expression.dtype)}u;
fn element(i: u32) -> u32 {
${[...unused, ...writer.lines].join('\n')}
  return ${toBits(result, expression.dtype)};
}
`;
}

/** Names a WGSL value of `dtype` (bool, i32, u32 or f32) for an input. */
type Leaf = (index: number, dtype: DType) => string;

/**
 * `fn evaluate(…) -> u32`, the bits of an expression's value at element `i`: of the inputs listed in `values` as float32
 * arguments v0, v1, … in that order, and of the others in buffers in0, in1, … by input.
 */
export function evaluateFunction(expression: Expression, values: readonly number[]): string {
  const writer = new Writer((index, dtype) =>
    values.includes(index) ? `v${values.indexOf(index)}` : fromBits(`in${index}`, dtype),
  );
  const result = writer.write(expression);
  const parameters = values.map((_, n) => `v${n}: f32, `).join('');
  return `fn evaluate(${parameters}i: u32) -> u32 {
${writer.lines.join('\n')}
  return ${toBits(result, expression.dtype)};
}
`;
}

const wgslType = (dtype: DType): string => {
  if (dtype === 'bool') return 'bool';
  if (dtype === 'float32') return 'f32';
  return isSigned(dtype) ? 'i32' : 'u32';
};

/** Writes one `let` for each distinct node. */
class Writer {
  readonly lines: string[] = [];
  private readonly names = new Map<string, string>();

  constructor(private readonly leaf: Leaf) {}

  write(expression: Expression): string {
    return this.define(this.code(expression));
  }

  /** `let` also keeps WGSL from evaluating constants, where an overflow would be an error. */
  private define(code: string): string {
    const known = this.names.get(code);
    if (known) return known;
    const name = `n${this.lines.length}`;
    this.lines.push(`  let ${name} = ${code};`);
    this.names.set(code, name);
    return name;
  }

  private code(expression: Expression): string {
    switch (expression.kind) {
      case 'constant':
        return literal(Number(expression.value), expression.dtype);
      case 'input':
        return this.leaf(expression.index, expression.dtype);
      case 'cast':
        return convert(this.write(expression.arg), expression.arg.dtype, expression.dtype);
      case 'call': {
        const args = expression.args.map((arg) => this.write(arg));
        return this.callCode(expression, args);
      }
    }
  }

  private callCode(node: CallNode, args: readonly string[]): string {
    const { fn, dtype } = node;
    const computeIn = node.args[node.args.length - 1].dtype;
    const [a, b, c] = args;
    if (fn === 'where') return `select(${c}, ${b}, ${a})`;
    const exponent = smallExponent(node);
    if (exponent !== undefined)
      return multiplyOut(a, exponent, (x, y) => this.define(wrap(`${x} * ${y}`, dtype)));
    const code = tableFor(computeIn)[fn] ?? COMMON[fn];
    if (!code) throw new Error(`no WGSL for ${fn} of ${computeIn}`);
    const text = code(a, b);
    return isInteger(dtype) ? wrap(text, dtype) : text;
  }
}

type Code = (a: string, b: string) => string;
type Table = Partial<Record<PointwiseFunction, Code>>;

const infix =
  (operator: string): Code =>
  (a, b) =>
    `${a} ${operator} ${b}`;

const prefixed =
  (name: string): Code =>
  (a, b) =>
    b === undefined ? `${name}(${a})` : `${name}(${a}, ${b})`;

const tableFor = (dtype: DType): Table => {
  if (dtype === 'bool') return BOOL;
  if (isFloat(dtype)) return FLOAT;
  return isSigned(dtype) ? SIGNED : UNSIGNED;
};

/** The same for integers, signed or not. */
const COMMON: Table = {
  add: infix('+'),
  subtract: infix('-'),
  multiply: infix('*'),
  minimum: prefixed('min'),
  maximum: prefixed('max'),
  eq: infix('=='),
  ne: infix('!='),
  lt: infix('<'),
  le: infix('<='),
  gt: infix('>'),
  ge: infix('>='),
};

const BOOL: Table = {
  add: infix('||'),
  or: infix('||'),
  maximum: infix('||'),
  multiply: infix('&&'),
  and: infix('&&'),
  minimum: infix('&&'),
  xor: infix('!='),
  not: (a) => `!${a}`,
  absolute: (a) => a,
  lt: (a, b) => `!${a} && ${b}`,
  le: (a, b) => `!${a} || ${b}`,
  gt: (a, b) => `${a} && !${b}`,
  ge: (a, b) => `${a} || !${b}`,
};

const SIGNED: Table = {
  absolute: prefixed('abs'),
  negative: (a) => `-${a}`,
  floorDivide: prefixed('floorDivideSigned'),
  remainder: prefixed('remainderSigned'),
  power: prefixed('powerSigned'),
};

const UNSIGNED: Table = {
  absolute: (a) => a,
  negative: (a) => `0u - ${a}`,
  floorDivide: prefixed('floorDivideUnsigned'),
  remainder: prefixed('remainderUnsigned'),
  power: (a, b) => `bitcast<u32>(powerUnsigned(bitcast<i32>(${a}), ${b}))`,
};

const FLOAT: Table = {
  divide: infix('/'),
  negative: (a) => `bitcast<f32>(bitcast<u32>(${a}) ^ 0x80000000u)`,
  absolute: (a) => `bitcast<f32>(bitcast<u32>(${a}) & 0x7fffffffu)`,
  minimum: prefixed('minimumFloat'),
  maximum: prefixed('maximumFloat'),
  sqrt: prefixed('sqrtFloat'),
  exp: prefixed('expFloat'),
  log: prefixed('logFloat'),
  arctan2: prefixed('arctan2Float'),
  isnan: prefixed('isNan'),
  eq: (a, b) => comparable(a, b, '=='),
  ne: (a, b) => `isNan(${a}) || isNan(${b}) || ordered(${a}) != ordered(${b})`,
  lt: (a, b) => comparable(a, b, '<'),
  le: (a, b) => comparable(a, b, '<='),
  gt: (a, b) => comparable(a, b, '>'),
  ge: (a, b) => comparable(a, b, '>='),
};

const comparable = (a: string, b: string, operator: string): string =>
  `!isNan(${a}) && !isNan(${b}) && ordered(${a}) ${operator} ordered(${b})`;

function literal(value: number, dtype: DType): string {
  if (dtype === 'bool') return String(value !== 0);
  if (dtype !== 'float32') return isSigned(dtype) ? `i32(${value})` : `${value}u`;
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  // A constant NaN or infinity is an error in WGSL; one that depends on a uniform is not.
  return Number.isFinite(value) ? `bitcast<f32>(${bits}u)` : `bitcast<f32>(${bits}u | params.zero)`;
}

/** Element i of a packed buffer. */
function fromBits(buffer: string, dtype: DType): string {
  const bytes = itemSize(dtype);
  if (bytes === 4) return dtype === 'uint32' ? `${buffer}[i]` : `bitcast<${wgslType(dtype)}>(${buffer}[i])`;
  const [shift, mask] = bytes === 1 ? [2, 3] : [1, 1];
  const word = `${buffer}[i >> ${shift}u]`;
  const at = `(i & ${mask}u) * ${8 * bytes}u`;
  if (dtype === 'bool') return `extractBits(${word}, ${at}, 8u) != 0u`;
  const signed = isSigned(dtype) ? `bitcast<i32>(${word})` : word;
  return `extractBits(${signed}, ${at}, ${8 * bytes}u)`;
}

/** The element's bits, zero above its width. */
function toBits(name: string, dtype: DType): string {
  if (dtype === 'bool') return `u32(${name})`;
  if (dtype === 'float32') return `bitcast<u32>(${name})`;
  return `extractBits(u32(${name}), 0u, ${8 * itemSize(dtype)}u)`;
}

/** Wraps an i32 or u32 to a narrower integer of the same signedness. */
const wrap = (code: string, dtype: DType): string =>
  isFloat(dtype) || itemSize(dtype) === 4 ? code : `extractBits(${code}, 0u, ${8 * itemSize(dtype)}u)`;

function convert(value: string, from: DType, to: DType): string {
  if (to === 'bool')
    return from === 'float32'
      ? `(bitcast<u32>(${value}) & 0x7fffffffu) != 0u`
      : `${value} != ${wgslType(from)}(0)`;
  const integer = from === 'float32' && to !== 'float32' ? `truncateFloat(${value})` : value;
  return isFloat(to) ? `f32(${value})` : wrap(`${wgslType(to)}(${integer})`, to);
}
