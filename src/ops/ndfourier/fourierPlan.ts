// Plans of Fourier transforms of one length: radices, twiddles, and what Bluestein's convolution needs. In float64.
import { LRUCache } from 'lru-cache';

/** A pass of radix r over [before, r, after] elements; it writes [r, before, after]. */
export interface Pass {
  readonly radix: number;
  readonly before: number;
  readonly after: number;
  /** For each index of `after`, radix - 1 complex numbers. */
  readonly twiddles: Float64Array;
}

/** A forward transform; complex numbers are real and imaginary part in turn. */
export interface FourierPlan {
  readonly length: number;
  /** Passes of the transform, or of its convolution. */
  readonly passes: readonly Pass[];
  /** Bluestein's algorithm: a convolution with a chirp, through transforms of a length that has small factors. */
  readonly convolution?: {
    readonly length: number;
    /** exp(-i pi k^2 / length of the transform). */
    readonly chirp: Float64Array;
    /** Transform of the chirp's conjugate, over the convolution's length. */
    readonly filter: Float64Array;
  };
}

/** Prime factors up to here have passes of their own; the kernel keeps room for pairs of that many. */
const LARGEST_PRIME = 31;

/** exp(-2 pi i k / n) for 0 <= k < n: sine and cosine of the distance to the nearest quarter, which is small. */
function root(k: number, n: number): readonly [number, number] {
  const quarter = Math.round((4 * k) / n);
  const angle = (Math.PI * (4 * k - quarter * n)) / (2 * n);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return [
    [cosine, -sine],
    [-sine, -cosine],
    [-cosine, sine],
    [sine, cosine],
  ][quarter % 4] as [number, number];
}

/** `count` roots exp(-2 pi i k / n). */
export function rootsOf(n: number, count = n): Float64Array {
  const out = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) out.set(root(k, n), 2 * k);
  return out;
}

/** Radices whose product is `n`, or undefined where a prime factor is too large. */
function radicesOf(n: number): number[] | undefined {
  const radices: number[] = [];
  let rest = n;
  for (const radix of [8, 4, 2, 3, 5, 7]) for (; rest % radix === 0; rest /= radix) radices.push(radix);
  for (let prime = 11; prime <= LARGEST_PRIME; prime += 2)
    for (; rest % prime === 0; rest /= prime) radices.push(prime);
  return rest === 1 ? radices : undefined;
}

function passesOf(n: number, radices: readonly number[]): Pass[] {
  let before = 1;
  return radices.map((radix) => {
    const after = n / before / radix;
    const twiddles = new Float64Array(2 * (radix - 1) * after);
    for (let i = 0, at = 0; i < after; i++)
      for (let j = 1; j < radix; j++, at += 2) twiddles.set(root(i * j, radix * after), at);
    const pass = { radix, before, after, twiddles };
    before *= radix;
    return pass;
  });
}

/** The smallest number of at least `least` whose prime factors are 2, 3 and 5. */
function smoothLength(least: number): number {
  let best = Infinity;
  for (let five = 1; five < best; five *= 5)
    for (let three = five; three < best; three *= 3) {
      const twos = Math.max(0, Math.ceil(Math.log2(least / three)));
      // Rounding may be off by one.
      for (const n of [three * 2 ** twos, three * 2 ** (twos + 1)]) if (n >= least && n < best) best = n;
    }
  return best;
}

/** The transform of a complex sequence whose length has the factors `radices`, by decimation in time. */
function transformed(data: Float64Array, radices: readonly number[]): Float64Array {
  const n = data.length / 2;
  if (n === 1) return data;
  const [radix, ...rest] = radices;
  const part = n / radix;
  const parts = Array.from({ length: radix }, (_, r) => {
    const own = new Float64Array(2 * part);
    for (let i = 0; i < part; i++) {
      own[2 * i] = data[2 * (i * radix + r)];
      own[2 * i + 1] = data[2 * (i * radix + r) + 1];
    }
    return transformed(own, rest);
  });
  const roots = rootsOf(n);
  const out = new Float64Array(2 * n);
  for (let k = 0; k < n; k++)
    for (let r = 0; r < radix; r++) {
      const [at, turn] = [2 * (k % part), 2 * ((k * r) % n)];
      const [re, im] = [parts[r][at], parts[r][at + 1]];
      out[2 * k] += re * roots[turn] - im * roots[turn + 1];
      out[2 * k + 1] += re * roots[turn + 1] + im * roots[turn];
    }
  return out;
}

function convolutionOf(n: number) {
  const length = smoothLength(2 * n - 1);
  const radices = radicesOf(length)!;
  const chirp = new Float64Array(2 * n);
  // k^2 modulo 2 n, step by step: it would leave the integers that float64 holds.
  for (let k = 0, square = 0; k < n; k++) {
    chirp.set(root(square, 2 * n), 2 * k);
    square = (square + 2 * k + 1) % (2 * n);
  }
  const wrapped = new Float64Array(2 * length);
  for (let k = 0; k < n; k++)
    for (const at of [k, (length - k) % length]) {
      wrapped[2 * at] = chirp[2 * k] / length;
      wrapped[2 * at + 1] = -chirp[2 * k + 1] / length;
    }
  const filter = transformed(wrapped, radices);
  return { passes: passesOf(length, radices), convolution: { length, chirp, filter } };
}

const plans = new LRUCache<number, FourierPlan>({ max: 32 });

/** The plan for a length; kept for the next tile. */
export function fourierPlan(length: number): FourierPlan {
  const known = plans.get(length);
  if (known) return known;
  const radices = radicesOf(length);
  const plan = { length, ...(radices ? { passes: passesOf(length, radices) } : convolutionOf(length)) };
  plans.set(length, plan);
  return plan;
}
