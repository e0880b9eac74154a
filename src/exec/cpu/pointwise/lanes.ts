// Code for the nodes of an expression over elements held in SIMD lanes. Integers usually live in 32-bit lanes, wrapped
// to their dtype after arithmetic; expressions of one narrow integer type use lanes of its width (see laneBytesFor).
// Bools are masks as wide as the lanes; float32 has one vector, float64 two.
import { type DType, isFloat, isSigned, itemSize } from '../../../core/dtype';
import {
  type CallNode,
  COMPARISONS,
  type Comparison,
  type ConstantNode,
  type Expression,
  multiplyOut,
  nodesOf,
  type PointwiseFunction,
  smallExponent,
} from '../../../core/expression';
import { convert, joinLow, joinMasks, splitMask } from './convert';
import { type FunctionBody, OP, SIMD } from './emitter';
import { type MathFunction, mathIndex } from './math';
import {
  ARITHMETIC_STEP,
  COMPARE_STEP,
  integerPattern,
  type LaneBytes,
  type Lanes,
  load,
  narrowed,
  type Remaining,
  splat,
  zero,
} from './memory';

/** Opcodes for integers (signed, unsigned), float32 and float64. */
type Opcodes = readonly [signed: number, unsigned: number, float32: number, float64: number];

const COMPARE: Record<Comparison, Opcodes> = {
  eq: [0x37, 0x37, 0x41, 0x47],
  ne: [0x38, 0x38, 0x42, 0x48],
  lt: [0x39, 0x3a, 0x43, 0x49],
  gt: [0x3b, 0x3c, 0x44, 0x4a],
  le: [0x3d, 0x3e, 0x45, 0x4b],
  ge: [0x3f, 0x40, 0x46, 0x4c],
};

const ARITHMETIC: Partial<Record<PointwiseFunction, Opcodes>> = {
  add: [SIMD.i32x4Add, SIMD.i32x4Add, 0xe4, 0xf0],
  subtract: [SIMD.i32x4Sub, SIMD.i32x4Sub, 0xe5, 0xf1],
  multiply: [SIMD.i32x4Mul, SIMD.i32x4Mul, 0xe6, 0xf2],
  divide: [0, 0, 0xe7, SIMD.f64x2Div],
  minimum: [SIMD.i32x4MinS, 0xb7, 0xe8, 0xf4],
  maximum: [0xb8, 0xb9, 0xe9, 0xf5],
  negative: [SIMD.i32x4Neg, SIMD.i32x4Neg, 0xe1, 0xed],
  absolute: [SIMD.i32x4Abs, 0, SIMD.f32x4Abs, SIMD.f64x2Abs],
  sqrt: [0, 0, 0xe3, 0xef],
};

/** Functions of booleans, NumPy's bool arithmetic included. */
const LOGIC: Partial<Record<PointwiseFunction, number>> = {
  add: SIMD.or,
  or: SIMD.or,
  maximum: SIMD.or,
  multiply: SIMD.and,
  and: SIMD.and,
  minimum: SIMD.and,
  xor: SIMD.xor,
  not: SIMD.not,
};

const opcodeFor = (opcodes: Opcodes, dtype: DType): number =>
  opcodes[dtype === 'float64' ? 3 : dtype === 'float32' ? 2 : dtype !== 'bool' && isSigned(dtype) ? 0 : 1];

const isComparison = (fn: PointwiseFunction): fn is Comparison =>
  (COMPARISONS as readonly string[]).includes(fn);

/** Compiles expressions into `body`; equal subtrees are computed once. */
export class LaneCompiler {
  private readonly done = new Map<string, Lanes>();

  /** `constants` outlive this compiler: they are set before the loops (see {@link emitConstants}). */
  constructor(
    private readonly body: FunctionBody,
    private readonly pointers: readonly number[],
    private readonly constants: ReadonlyMap<Expression, Lanes>,
    private readonly laneBytes: LaneBytes,
    private readonly remaining: Remaining,
  ) {}

  compile(expression: Expression): Lanes {
    switch (expression.kind) {
      case 'constant':
        return this.constants.get(expression)!;
      case 'input':
        return this.once(`input ${expression.index}`, () =>
          load(this.body, this.pointers[expression.index], expression.dtype, this.laneBytes, this.remaining),
        );
      case 'cast': {
        const arg = this.compile(expression.arg);
        return this.once(`cast ${arg} ${expression.dtype}`, () =>
          this.castNode(arg, expression.arg.dtype, expression.dtype),
        );
      }
      case 'call': {
        const args = expression.args.map((arg) => this.compile(arg));
        return this.once(`${expression.fn} ${args.join(' ')} ${expression.dtype}`, () =>
          this.callNode(expression, args),
        );
      }
    }
  }

  private once(key: string, make: () => Lanes): Lanes {
    const known = this.done.get(key) ?? make();
    this.done.set(key, known);
    return known;
  }

  private castNode(value: Lanes, from: DType, to: DType): Lanes {
    if (to === 'bool' && !isFloat(from)) return this.mask([value, this.zeros()], COMPARE.ne, from);
    return convert(this.body, value, from, to);
  }

  private callNode(node: CallNode, args: readonly Lanes[]): Lanes {
    const { fn, dtype } = node;
    const computeIn = node.args[node.args.length - 1].dtype;
    if (fn === 'where') return this.select(args, dtype);
    if (fn === 'isnan') return this.mask([args[0], args[0]], COMPARE.ne, computeIn);
    if (isComparison(fn)) return this.mask(args, COMPARE[fn], computeIn);
    if (dtype === 'bool') return this.logic(fn, args);
    if (fn === 'absolute' && !isSigned(dtype)) return args[0];
    const exponent = smallExponent(node);
    if (exponent !== undefined)
      return multiplyOut(args[0], exponent, (a, b) => this.arithmetic(ARITHMETIC.multiply!, [a, b], dtype));
    const opcodes = ARITHMETIC[fn];
    if (opcodes) return this.arithmetic(opcodes, args, dtype);
    if (isFloat(dtype)) return this.eachFloatLane(fn as MathFunction, args, dtype);
    if (fn === 'power') return this.wrap(this.eachIntegerLane(args, dtype), dtype);
    return fn === 'floorDivide' ? this.floorDivide(args, dtype) : this.remainder(args, dtype);
  }

  private logic(fn: PointwiseFunction, args: readonly Lanes[]): Lanes {
    const opcode = LOGIC[fn];
    return opcode === undefined ? args[0] : this.apply(opcode, args);
  }

  /** One SIMD instruction on each vector of the operands. */
  private apply(opcode: number, args: readonly Lanes[]): Lanes {
    return args[0].map((_, vector) => {
      for (const arg of args) this.body.get(arg[vector]);
      return this.body.simd(opcode).save();
    });
  }

  private arithmetic(opcodes: Opcodes, args: readonly Lanes[], dtype: DType): Lanes {
    const opcode = opcodeFor(opcodes, dtype);
    if (isFloat(dtype)) return this.apply(opcode, args);
    return this.wrap(this.apply(narrowed(opcode, ARITHMETIC_STEP, this.laneBytes), args), dtype);
  }

  private wrap(value: Lanes, dtype: DType): Lanes {
    return itemSize(dtype) < this.laneBytes ? convert(this.body, value, 'int32', dtype) : value;
  }

  private mask(args: readonly Lanes[], opcodes: Opcodes, dtype: DType): Lanes {
    const opcode = opcodeFor(opcodes, dtype);
    if (!isFloat(dtype)) return this.apply(narrowed(opcode, COMPARE_STEP, this.laneBytes), args);
    const masks = this.apply(opcode, args);
    return dtype === 'float64' ? [joinMasks(this.body, masks)] : masks;
  }

  private select([condition, a, b]: readonly Lanes[], dtype: DType): Lanes {
    const masks = dtype === 'float64' ? splitMask(this.body, condition[0]) : condition;
    return this.apply(SIMD.bitselect, [a, b, masks]);
  }

  /** A scalar call for every lane. */
  private eachFloatLane(fn: MathFunction, args: readonly Lanes[], dtype: DType): Lanes {
    const wide = dtype === 'float64';
    return args[0].map((_, vector) => {
      const result = zero(this.body).save();
      for (let lane = 0; lane < (wide ? 2 : 4); lane++) {
        this.body.get(result);
        for (const arg of args) {
          this.body.get(arg[vector]).simd(wide ? SIMD.f64x2ExtractLane : SIMD.f32x4ExtractLane, lane);
          if (!wide) this.body.emit(OP.f64PromoteF32);
        }
        this.body.call(mathIndex(fn));
        if (!wide) this.body.emit(OP.f32DemoteF64);
        this.body.simd(wide ? SIMD.f64x2ReplaceLane : SIMD.f32x4ReplaceLane, lane).set(result);
      }
      return result;
    });
  }

  private eachIntegerLane(args: readonly Lanes[], dtype: DType): Lanes {
    const result = zero(this.body).save();
    for (let lane = 0; lane < 4; lane++) {
      this.body.get(result);
      for (const [vector] of args) this.body.get(vector).simd(SIMD.i32x4ExtractLane, lane);
      this.body.call(mathIndex(isSigned(dtype) ? 'signedPower' : 'unsignedPower'));
      this.body.simd(SIMD.i32x4ReplaceLane, lane).set(result);
    }
    return [result];
  }

  /** Rounded down, 0 where the divisor is 0. A float64 quotient of 32-bit integers has the exact floor. */
  private floorDivide([a, b]: readonly Lanes[], dtype: DType): Lanes {
    const { body } = this;
    const quotients = this.apply(SIMD.f64x2Div, [
      convert(body, a, dtype, 'float64'),
      convert(body, b, dtype, 'float64'),
    ]);
    const floors = this.apply(SIMD.f64x2Floor, [quotients]);
    // Unsigned truncation holds -2^31 / -1 = 2^31 and is 0 for negative quotients; signed truncation adds those.
    const positive = joinLow(body, this.apply(SIMD.truncF64U, [floors]));
    let result: Lanes = [positive];
    if (isSigned(dtype)) {
      const negative = joinLow(body, this.apply(SIMD.truncF64S, [floors]));
      result = this.apply(SIMD.i32x4Add, [result, this.apply(SIMD.i32x4MinS, [[negative], this.zeros()])]);
    }
    const nonZero = this.apply(SIMD.i32x4Ne, [b, this.zeros()]);
    return this.wrap(this.apply(SIMD.and, [result, nonZero]), dtype);
  }

  private remainder(args: readonly Lanes[], dtype: DType): Lanes {
    const [a, b] = args;
    const quotient = this.floorDivide(args, dtype);
    const rest = this.apply(SIMD.i32x4Sub, [a, this.apply(SIMD.i32x4Mul, [quotient, b])]);
    const nonZero = this.apply(SIMD.i32x4Ne, [b, this.zeros()]);
    return this.wrap(this.apply(SIMD.and, [rest, nonZero]), dtype);
  }

  private zeros(): Lanes {
    return this.once('zeros', () => [zero(this.body).save()]);
  }
}

/** Sets a constant's lanes; to be called ahead of the loops that use it. */
export function emitConstant(
  body: FunctionBody,
  { value, dtype }: ConstantNode,
  laneBytes: LaneBytes,
): Lanes {
  if (dtype === 'bool') return [splat(body, integerPattern(value ? -1 : 0, laneBytes)).save()];
  if (dtype === 'float32') return [splat(body, Float32Array.of(Number(value))).save()];
  if (dtype !== 'float64') return [splat(body, integerPattern(Number(value), laneBytes)).save()];
  const local = splat(body, Float64Array.of(Number(value))).save();
  return [local, local];
}

/** Functions whose instructions exist for lanes of every width, or (multiply) of two and four bytes. */
const NARROW = new Set<PointwiseFunction>([
  ...COMPARISONS,
  'add',
  'subtract',
  'multiply',
  'minimum',
  'maximum',
  'absolute',
  'negative',
  'and',
  'or',
  'xor',
  'not',
  'where',
]);

/**
 * The lane width that computes most elements at once: that of the one integer type an expression has besides bool.
 * Arithmetic then wraps by itself.
 */
export function laneBytesFor(expression: Expression): LaneBytes {
  const nodes = [...nodesOf(expression)];
  const sizes = nodes.filter(({ dtype }) => dtype !== 'bool').map(({ dtype }) => itemSize(dtype));
  const size = sizes.length === 0 ? 1 : sizes[0];
  if (size > 2 || sizes.some((other) => other !== size)) return 4;
  const narrow = nodes.every((node) => {
    if (node.kind === 'cast') return node.dtype === 'bool';
    if (node.kind !== 'call') return true;
    const multiplies = node.fn === 'multiply' && node.dtype !== 'bool';
    return NARROW.has(node.fn) && !(multiplies && size === 1);
  });
  return narrow ? (size as LaneBytes) : 4;
}
