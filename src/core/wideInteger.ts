// Integers of up to 100 bits as two float64 values, high x 2^48 + low with 0 <= low < 2^48: they go where numbers go (typed
// arrays, WASM tables), and adding them up loses nothing.

export const LIMB = 2 ** 48;
const BITS = 48;

/** The two parts of an integer. */
export const toLimbs = (value: bigint): readonly [high: number, low: number] => [
  Number(value >> BigInt(BITS)),
  Number(BigInt.asUintN(BITS, value)),
];

export const fromLimbs = (high: number, low: number): bigint => (BigInt(high) << BigInt(BITS)) + BigInt(low);

/** The nearest float64. */
export const limbsToNumber = (high: number, low: number): number => high * LIMB + low;

/** Adds the integer at `from` of one array (high part, then low) to that at `to` of another. */
export function addLimbs(target: Float64Array, to: number, source: Float64Array, from: number): void {
  const low = target[to + 1] + source[from + 1];
  const carry = low >= LIMB ? 1 : 0;
  target[to] += source[from] + carry;
  target[to + 1] = low - carry * LIMB;
}
