// The precision contract of docs/architecture.md as an assertion: results against SciPy's.
import { type DType, isFloat, itemSize, partDType, type TypedArray } from '../../src/core/dtype';

/** Relative to the range of SciPy's values. */
const TOLERANCE: Partial<Record<DType, number>> = { float32: 1e-5, float64: 1e-10 };

/** An integer result may be off by one where SciPy's float64 result is this near to where truncation jumps. */
const TRUNCATION = 1e-4;

export interface ContractOptions {
  /** Integer results of linear filters: SciPy's float64 result before the cast. Allows being off by one near a jump. */
  float64Result?: ArrayLike<number>;
  /** Like `float64Result`, worked out already over several passes (golden fixtures carry it). */
  ambiguous?: ArrayLike<number | bigint>;
  /** Range of values that float tolerances refer to; default: of `expected`. Give it where the result cancels. */
  range?: number;
  /** Put in front of the message. */
  label?: string;
}

type Values = TypedArray | readonly number[];

/**
 * Throws, naming the worst element, unless `actual` equals `expected` within the precision contract for `dtype`. Returns
 * the largest difference: for floats relative to the range, else absolute.
 */
export function expectWithinContract(
  actual: Values,
  expected: Values,
  type: DType,
  options: ContractOptions = {},
): number {
  // Complex numbers are held to it part by part.
  const dtype = partDType(type);
  const prefix = options.label ? `${options.label}: ` : '';
  if (actual.length !== expected.length)
    throw new Error(`${prefix}${actual.length} elements, expected ${expected.length}`);
  const excess = isFloat(dtype) ? floatExcess(expected, dtype, options.range) : integerExcess(dtype, options);
  const unit = isFloat(dtype) ? (options.range ?? spread(expected)) || 1 : 1;
  let largest = 0;
  let worst = -1;
  let most = 0;
  let failures = 0;
  for (let i = 0; i < expected.length; i++) {
    const over = excess(actual[i], expected[i], i);
    const difference = Math.abs(Number(actual[i]) - Number(expected[i]));
    // NaN where both are NaN or the same infinity.
    if (difference > largest) largest = difference;
    if (over <= 0) continue;
    failures++;
    if (over > most) {
      most = over;
      worst = i;
    }
  }
  if (failures === 0) return largest / unit;
  throw new Error(
    `${prefix}${failures} of ${expected.length} ${dtype} values break the precision contract; ` +
      `worst at flat index ${worst}: ${actual[worst]}, expected ${expected[worst]}`,
  );
}

type Excess = (actual: number | bigint, expected: number | bigint, index: number) => number;

function floatExcess(expected: Values, dtype: DType, range = spread(expected)): Excess {
  const contract = (TOLERANCE[dtype] ?? 0) * range;
  // No result can be nearer than the type's own rounding.
  const rounding = dtype === 'float32' ? 2 ** -23 : 2 ** -52;
  return (a, e) => {
    const x = Number(a);
    const y = Number(e);
    if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) return 0;
    if (!Number.isFinite(x) || !Number.isFinite(y)) return Infinity;
    return Math.abs(x - y) - Math.max(contract, rounding * Math.abs(y));
  };
}

/** Largest minus smallest finite value; of a constant array, its magnitude. */
function spread(values: Values): number {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return 1;
  return high > low ? high - low : Math.abs(high) || 1;
}

function integerExcess(dtype: DType, { float64Result, ambiguous }: ContractOptions): Excess {
  const mayDiffer = (index: number): boolean => {
    if (ambiguous) return Number(ambiguous[index]) !== 0;
    return float64Result !== undefined && distanceToJump(float64Result[index]) <= TRUNCATION;
  };
  return (a, e, index) => {
    if (a === e) return 0;
    const difference = Math.abs(Number(a) - Number(e));
    // Off by one across the wrap of an unsigned type counts as one.
    const distance =
      dtype === 'bool' ? difference : Math.min(difference, 2 ** (8 * itemSize(dtype)) - difference);
    return distance === 1 && mayDiffer(index) ? 0 : distance || 1;
  };
}

/** Distance to the nearest value where C's truncation jumps: whole numbers but zero, around which it is flat. */
function distanceToJump(value: number): number {
  const nearest = Math.abs(value) < 0.5 ? (value < 0 ? -1 : 1) : Math.round(value);
  return Math.abs(value - nearest);
}
