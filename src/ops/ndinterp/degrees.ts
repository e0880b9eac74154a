// Cosine and sine of degrees as cephes computes them: rotations decide at half pixels and edges by their last bits.

const SINE = [
  1.58962301572218447952e-10, -2.50507477628503540135e-8, 2.75573136213856773549e-6,
  -1.98412698295895384658e-4, 8.33333333332211858862e-3, -1.66666666666666307295e-1,
];
const COSINE = [
  1.13678171382044553091e-11, -2.08758833757683644217e-9, 2.75573155429816611547e-7,
  -2.48015872936186303776e-5, 1.3888888888880666676e-3, -4.16666666666666348141e-2,
  4.99999999999999999798e-1,
];
const RADIANS = 1.74532925199432957692e-2;

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, c) => sum * x + c, 0);

/** [cosdg(degrees), sindg(degrees)] of scipy.special: exact at multiples of 90 (and nearly so of 30). */
export function cosineSine(degrees: number): [number, number] {
  const magnitude = Math.abs(degrees);
  const turns = Math.floor(magnitude / 45);
  // The nearest multiple of 90 degrees, so that the rest is within [-45, 45].
  const even = turns + (turns % 2);
  const rest = (magnitude - even * 45) * RADIANS;
  const square = rest * rest;
  const sine = rest + rest * (square * polynomial(SINE, square));
  const cosine = 1 - square * polynomial(COSINE, square);
  const quarter = (even % 8) / 2;
  const c = [cosine, -sine, -cosine, sine][quarter];
  const s = [sine, cosine, -sine, -cosine][quarter];
  return [c, degrees < 0 ? -s : s];
}
