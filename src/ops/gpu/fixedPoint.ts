// Filter weights as fixed-point digits, so that integer images are filtered exactly up to the weights' rounding.
import { type DType, isFloat, valueRange } from '../../core/dtype';

export interface FixedWeights {
  /** 16-bit digits of a weight: two or three. */
  readonly limbs: number;
  /** The weights are digits / 2^shift. */
  readonly shift: number;
  /** `limbs` balanced digits a tap, lowest first. */
  readonly digits: Int32Array;
}

/** Half of the precision contract for integer results. */
const TOLERANCE = 5e-5;
const MAX_TAPS = 16384;

/**
 * The fewest digits with which rounding the weights cannot move a result by more than the tolerance; undefined when
 * three are not enough (huge weights).
 */
export function fixedWeights(dtype: DType, weights: Float64Array): FixedWeights | undefined {
  if (isFloat(dtype) || !weights.every(Number.isFinite) || weights.length > MAX_TAPS) return undefined;
  const [low, high] = valueRange(dtype);
  const amplitude = Math.max(-low, high);
  for (const limbs of [2, 3]) {
    const shift = fixedShift(limbs, weights);
    const error = amplitude * weights.length * 2 ** -(shift + 1);
    if (shift >= 16 && error <= TOLERANCE) return { limbs, shift, digits: toDigits(weights, limbs, shift) };
  }
  return undefined;
}

/** The largest shift at which every weight fits its digits and the sum fits 64 bits, with a bit to spare for rounding. */
function fixedShift(limbs: number, weights: Float64Array): number {
  const largest = weights.reduce((max, w) => Math.max(max, Math.abs(w)), 0);
  const total = weights.reduce((sum, w) => sum + Math.abs(w), 0);
  const bits = (x: number) => (x > 0 ? Math.floor(Math.log2(x)) + 1 : 0);
  return Math.min(16 * limbs - 2, 16 * limbs - 2 - bits(largest), 46 - bits(total));
}

function toDigits(weights: Float64Array, limbs: number, shift: number): Int32Array {
  const scale = 2 ** shift;
  const fixed = Array.from(weights, (w) => Math.round(w * scale));
  // The rounding errors of all go to the largest, so that flat regions keep their value.
  let sum = 0;
  for (const w of weights) sum += w;
  const at = weights.reduce((best, w, k) => (Math.abs(w) > Math.abs(weights[best]) ? k : best), 0);
  if (fixed.length > 0) fixed[at] += Math.round(sum * scale) - fixed.reduce((a, b) => a + b, 0);
  const digits = new Int32Array(weights.length * limbs);
  fixed.forEach((value, k) => {
    let rest = value;
    for (let limb = 0; limb < limbs; limb++) {
      const digit = (((rest % 65536) + 65536 + 32768) % 65536) - 32768;
      digits[k * limbs + limb] = digit;
      rest = (rest - digit) / 65536;
    }
  });
  return digits;
}
