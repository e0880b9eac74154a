// The host's side of lib/orderedKey.wgsl: words that order unsigned as the values of a type do.
import { type DType, isFloat, isSigned, valueRange } from '../../core/dtype';
import { floatBits } from './wgsl';

/** Name of the WGSL function that makes keys for this type. */
export const keyFunction = (dtype: DType): string =>
  isFloat(dtype) ? 'keyF32' : isSigned(dtype) ? 'keyI32' : 'keyU32';

/** The key of a value that the type holds exactly. */
export function toKey(dtype: DType, value: number): number {
  if (!isFloat(dtype)) return (isSigned(dtype) ? value ^ 0x80000000 : value) >>> 0;
  const bits = floatBits(value === 0 ? 0 : value);
  return (bits ^ (bits >= 0x80000000 ? 0xffffffff : 0x80000000)) >>> 0;
}

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);

export function fromKey(dtype: DType, key: number): number {
  if (!isFloat(dtype)) return isSigned(dtype) ? (key ^ 0x80000000) | 0 : key;
  words[0] = key ^ (key >= 0x80000000 ? 0x80000000 : 0xffffffff);
  return floats[0];
}

/**
 * The smallest value of the type that is at least `bound`, so that for every value x of the type, x >= bound exactly
 * when x >= ceiling; undefined when there is none.
 */
export function ceiling(dtype: DType, bound: number): number | undefined {
  if (isFloat(dtype)) {
    const rounded = Math.fround(bound);
    return rounded >= bound ? rounded : fromKey(dtype, toKey(dtype, rounded) + 1);
  }
  const [low, high] = valueRange(dtype);
  const value = Math.max(low, Math.ceil(bound));
  return value <= high ? value : undefined;
}

/** The largest value of the type that is at most `bound`; undefined when there is none. */
export function floor(dtype: DType, bound: number): number | undefined {
  if (isFloat(dtype)) {
    const rounded = Math.fround(bound);
    return rounded <= bound ? rounded : fromKey(dtype, toKey(dtype, rounded) - 1);
  }
  const [low, high] = valueRange(dtype);
  const value = Math.min(high, Math.floor(bound));
  return value >= low ? value : undefined;
}
