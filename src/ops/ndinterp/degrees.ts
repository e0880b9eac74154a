// Cosine and sine of degrees as cephes computes them: rotations decide at half pixels and edges by their last bits.

const SINE = [
  1.5896230157221844e-10, -2.5050747762850355e-8, 2.7557313621385676e-6, -0.0001984126982958954,
  0.008333333333322118, -0.1666666666666663,
];
const COSINE = [
  1.1367817138204455e-11, -2.0875883375768363e-9, 2.7557315542981663e-7, -2.480158729361863e-5,
  0.0013888888888880667, -0.04166666666666664, 0.5,
];
const RADIANS = 0.017453292519943295;

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
