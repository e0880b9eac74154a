// Numbers and lengths for people.
import type { Image } from './image';

const SYMBOLS: Readonly<Record<string, string>> = {
  angstrom: 'Å',
  nanometer: 'nm',
  micrometer: 'µm',
  millimeter: 'mm',
  centimeter: 'cm',
  meter: 'm',
};

/** How an image's lengths are shown: in its unit, or in pixels where it has none. */
export interface Units {
  readonly symbol: string;
  readonly y: number;
  readonly x: number;
  readonly areaSymbol: string;
}

export function unitsOf({ pixelSize: { y, x, unit } }: Image): Units {
  const symbol = unit && (SYMBOLS[unit] ?? unit);
  return symbol ? { symbol, y, x, areaSymbol: `${symbol}²` } : { symbol: 'px', y: 1, x: 1, areaSymbol: 'px' };
}

/** About `digits` significant digits, but whole numbers in full. */
export function format(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 10 ** (digits - 1)) return String(Math.round(value));
  return String(Number(value.toPrecision(digits)));
}

/** The largest 1, 2 or 5 times a power of ten that is at most `limit`. */
export function roundLength(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(limit));
  return [5, 2, 1].map((n) => n * power).find((n) => n <= limit) ?? power;
}
