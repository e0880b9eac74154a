// Functions that WASM has no instruction for, called once per lane. Float results are float64; float32 callers round.
import { type ImportedFunction, TYPE } from './emitter';

/** C's pow: unlike JavaScript's, 1 ** y is 1 for every y, and (-1) ** ±Infinity is 1. */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

/** numpy.floor_divide on floats (npy_divmod). */
export function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && b < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** numpy.remainder on floats: the sign follows the divisor. */
export function remainder(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return b < 0 !== rest < 0 ? rest + b : rest;
}

/** base ** exponent modulo 2^32 for an unsigned exponent. */
export function unsignedPower(base: number, exponent: number): number {
  let result = 1;
  let factor = base;
  for (let rest = exponent >>> 0; rest !== 0; rest >>>= 1) {
    if (rest & 1) result = Math.imul(result, factor);
    factor = Math.imul(factor, factor);
  }
  return result;
}

/** base ** exponent modulo 2^32; negative exponents, an error in NumPy, truncate the true value (0 for base 0). */
export function signedPower(base: number, exponent: number): number {
  if (exponent >= 0) return unsignedPower(base, exponent);
  if (base === 1) return 1;
  return base === -1 ? 1 - 2 * (exponent & 1) : 0;
}

/** Truncation and wrapping modulo 2^32; 0 for NaN and infinities. */
const toInt32 = (value: number): number => value | 0;

const unary = { parameters: [TYPE.f64], result: TYPE.f64 } as const;
const binary = { parameters: [TYPE.f64, TYPE.f64], result: TYPE.f64 } as const;
const integer = { parameters: [TYPE.i32, TYPE.i32], result: TYPE.i32 } as const;

const MATH = {
  exp: { ...unary, implementation: Math.exp },
  log: { ...unary, implementation: Math.log },
  arctan2: { ...binary, implementation: Math.atan2 },
  power: { ...binary, implementation: power },
  floorDivide: { ...binary, implementation: floorDivide },
  remainder: { ...binary, implementation: remainder },
  unsignedPower: { ...integer, implementation: unsignedPower },
  signedPower: { ...integer, implementation: signedPower },
  toInt32: { parameters: [TYPE.f64], result: TYPE.i32, implementation: toInt32 },
} as const;

export type MathFunction = keyof typeof MATH;

const NAMES = Object.keys(MATH) as MathFunction[];

/** Declarations for the module, in the order of their indices. */
export const MATH_IMPORTS: readonly ImportedFunction[] = NAMES.map((name) => ({ name, ...MATH[name] }));

export const mathIndex = (name: MathFunction): number => NAMES.indexOf(name);

/** The functions themselves, for instantiation. */
export const mathImplementations: WebAssembly.ModuleImports = Object.fromEntries(
  NAMES.map((name) => [name, MATH[name].implementation]),
);
