// Argument checks shared by the operations; each throws an ArgumentError before any data is read.
import { ArgumentError } from './errors';

/** A finite number. */
export function checkFinite(argument: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new ArgumentError(argument, value, 'a finite number');
}

/** An integer within [low, high]. */
export function checkInteger(argument: string, value: unknown, low = -Infinity, high = Infinity): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  const bounds =
    low > -Infinity && high < Infinity
      ? ` from ${low} to ${high}`
      : low > -Infinity
        ? ` of at least ${low}`
        : high < Infinity
          ? ` of at most ${high}`
          : '';
  throw new ArgumentError(argument, value, `an integer${bounds}`);
}

/** One value per axis, from a scalar or a sequence of `rank` values, each passed through `check`. */
export function perAxis<T>(
  argument: string,
  value: unknown,
  rank: number,
  check: (argument: string, value: unknown) => T,
): T[] {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) {
    const one = check(argument, value);
    return new Array<T>(rank).fill(one);
  }
  const values = Array.from(value as ArrayLike<unknown>);
  if (values.length !== rank)
    throw new ArgumentError(argument, value, `a scalar or ${rank} values, one per axis`);
  return values.map((v, axis) => check(`${argument}[${axis}]`, v));
}

/** Throws unless a shape has at most four axes, which is what kernels of neighbourhoods and labels index. */
export function checkFourAxes(argument: string, shape: readonly number[]): void {
  if (shape.length > 4)
    throw new ArgumentError(argument, shape, 'an array of at most four axes (select the others)');
}

/** An axis number, negative from the end, as a non-negative one. */
export function checkAxis(argument: string, axis: unknown, rank: number): number {
  const value = checkInteger(argument, axis, -rank, rank - 1);
  return value < 0 ? value + rank : value;
}
