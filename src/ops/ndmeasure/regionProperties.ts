// The properties of a region table, by scikit-image's names: what each needs measured, its columns, its values.
import type { RegionObject } from './regionObject';

/** What has to be measured of the label image, or of label and intensity image. */
export type Measure = 'extents' | 'intensities' | 'medians' | 'inertia' | 'moments' | 'contours' | 'hulls';

export interface Property {
  readonly needs: Measure;
  /** Numbers of axes for which it is defined; default all. */
  readonly ranks?: readonly number[];
  /** Defined only for pixels as long as they are wide. */
  readonly isotropic?: boolean;
  /** What is added to the property's name for each of its columns. */
  columns(rank: number): readonly string[];
  /** Power of the unit of length in a column; undefined for intensities and numbers without unit. */
  unit?(column: number, rank: number): number;
  /** Values of the columns, valid until the next are asked for; of an image, for properties of intensities. */
  values(object: RegionObject, image: number): ArrayLike<number>;
}

type Scalar = (object: RegionObject, image: number) => number;

/** Values are read before the next are made: a table of a million objects makes no million lists. */
function scalar(needs: Measure, value: Scalar, rest: Partial<Property> = {}): Property {
  const list = [0];
  const values = (object: RegionObject, image: number) => {
    list[0] = value(object, image);
    return list;
  };
  return { needs, columns: () => [''], values, ...rest };
}

const AXES = (rank: number): string[] => Array.from({ length: rank }, (_, axis) => `-${axis}`);

const LENGTH = { unit: () => 1 };
const VOLUME = { unit: (_column: number, rank: number) => rank };
const PLANE = { ranks: [2] };
const PLANE_OR_SPACE = { ranks: [2, 3] };
const ISOTROPIC = { isotropic: true };

/** Powers 0 to 3 along each axis. */
const MOMENT_COUNT = 4;
const exponents = (column: number, rank: number): number[] =>
  Array.from(
    { length: rank },
    (_, axis) => Math.floor(column / MOMENT_COUNT ** (rank - 1 - axis)) % MOMENT_COUNT,
  );

const moments = (values: Property['values'], unit?: Property['unit']): Property => ({
  needs: 'moments',
  columns: (rank) =>
    Array.from({ length: MOMENT_COUNT ** rank }, (_, i) =>
      exponents(i, rank)
        .map((power) => `-${power}`)
        .join(''),
    ),
  values,
  unit,
});

const momentUnit = (column: number, rank: number) => exponents(column, rank).reduce((a, b) => a + b, 0);

/** Full lengths of the axes of the ellipse or ellipsoid with the object's second moments. */
function axisLength(object: RegionObject, which: 'major' | 'minor'): number {
  const eigenvalues = object.inertiaEigenvalues();
  if (object.rank === 2) return 4 * Math.sqrt(eigenvalues[which === 'major' ? 0 : 1]);
  const [a, b, c] = eigenvalues;
  // Flat objects have a minor axis of zero, which rounding may take below.
  return Math.sqrt(10 * Math.max(0, which === 'major' ? a + b - c : b + c - a));
}

/** Hu's seven invariants. @see skimage.measure.moments_hu; M. K. Hu, IRE Trans. Info. Theory 8:179 (1962) */
function huMoments(object: RegionObject): number[] {
  const nu = object.normalizedMoments();
  const at = (row: number, column: number) => nu[row * MOMENT_COUNT + column];
  const [sum, difference, cross] = [at(2, 0) + at(0, 2), at(2, 0) - at(0, 2), at(1, 1)];
  const [a, b] = [at(3, 0) + at(1, 2), at(2, 1) + at(0, 3)];
  const [c, d] = [at(3, 0) - 3 * at(1, 2), 3 * at(2, 1) - at(0, 3)];
  const [p, q] = [a * (a * a - 3 * b * b), b * (3 * a * a - b * b)];
  return [
    sum,
    difference ** 2 + 4 * cross ** 2,
    c * c + d * d,
    a * a + b * b,
    c * p + d * q,
    difference * (a * a - b * b) + 4 * cross * a * b,
    d * p - c * q,
  ];
}

function orientation(object: RegionObject): number {
  const [a, b, , c] = object.inertiaTensor();
  if (a === c) return b < 0 ? Math.PI / 4 : -Math.PI / 4;
  return 0.5 * Math.atan2(-2 * b, c - a);
}

const perRoot2 = Math.PI / 4 / Math.SQRT2;

export const PROPERTIES = {
  label: scalar('extents', (o) => o.label),
  area: scalar('extents', (o) => o.count * o.pixel, VOLUME),
  area_bbox: scalar('extents', (o) => o.boxCount * o.pixel, VOLUME),
  bbox: {
    needs: 'extents',
    columns: (rank) => AXES(2 * rank),
    values: ({ rows: [{ start, stop }] }) => [...start, ...stop],
  },
  centroid: {
    needs: 'extents',
    columns: AXES,
    values: ({ rows: [{ count, coordinateSum }], measured }) =>
      coordinateSum.map((sum, axis) => (sum / count) * measured.spacing[axis]),
    ...LENGTH,
  },
  equivalent_diameter_area: scalar(
    'extents',
    (o) => ((2 * o.rank * o.count * o.pixel) / Math.PI) ** (1 / o.rank),
    LENGTH,
  ),
  extent: scalar('extents', (o) => o.count / o.boxCount),
  touches_border: scalar('extents', ({ rows: [{ start, stop }], measured: { shape } }) =>
    start.some((low, axis) => low === 0 || stop[axis] === shape[axis]) ? 1 : 0,
  ),
  axis_major_length: scalar('inertia', (o) => axisLength(o, 'major'), { ...LENGTH, ...PLANE_OR_SPACE }),
  axis_minor_length: scalar('inertia', (o) => axisLength(o, 'minor'), { ...LENGTH, ...PLANE_OR_SPACE }),
  eccentricity: scalar(
    'inertia',
    (o) => {
      const [major, minor] = o.inertiaEigenvalues();
      return major === 0 ? 0 : Math.sqrt(1 - minor / major);
    },
    PLANE,
  ),
  orientation: scalar('inertia', orientation, PLANE),
  inertia_tensor: {
    needs: 'inertia',
    columns: (rank) => AXES(rank).flatMap((row) => AXES(rank).map((column) => row + column)),
    values: (o) => o.inertiaTensor(),
    unit: () => 2,
  },
  inertia_tensor_eigvals: {
    needs: 'inertia',
    columns: AXES,
    values: (o) => o.inertiaEigenvalues(),
    unit: () => 2,
  },
  moments: moments((o) => o.rawMoments(), momentUnit),
  moments_central: moments((o) => o.centralMoments(), momentUnit),
  moments_normalized: moments((o) => o.normalizedMoments()),
  moments_hu: {
    needs: 'moments',
    columns: () => AXES(7),
    values: huMoments,
    ...PLANE,
    ...ISOTROPIC,
  },
  perimeter: scalar(
    'contours',
    (o) =>
      (o.contour('straight') +
        o.contour('diagonal') * Math.SQRT2 +
        (o.contour('mixed') * (1 + Math.SQRT2)) / 2) *
      o.measured.spacing[0],
    { ...LENGTH, ...PLANE, ...ISOTROPIC },
  ),
  perimeter_crofton: scalar(
    'contours',
    (o) =>
      ((Math.PI / 4) * o.contour('croftonStraight') + perRoot2 * o.contour('croftonDiagonal')) *
      o.measured.spacing[0],
    { ...LENGTH, ...PLANE, ...ISOTROPIC },
  ),
  euler_number: scalar('contours', (o) => o.contour('euler') / 2 ** o.rank, PLANE_OR_SPACE),
  area_convex: scalar('hulls', (o) => o.convexCount * o.pixel, { ...VOLUME, ...PLANE_OR_SPACE }),
  solidity: scalar('hulls', (o) => o.count / o.convexCount, PLANE_OR_SPACE),
  centroid_weighted: {
    needs: 'intensities',
    columns: AXES,
    values: ({ rows, measured }, image) =>
      rows[image].weightedCoordinateSum.map((sum, axis) => (sum / rows[image].sum) * measured.spacing[axis]),
    ...LENGTH,
  },
  intensity_sum: scalar('intensities', (o, image) => o.rows[image].sum),
  intensity_mean: scalar('intensities', (o, image) => o.rows[image].sum / o.rows[image].count),
  intensity_min: scalar('intensities', (o, image) => leastOf(o, image)),
  intensity_max: scalar('intensities', (o, image) => Number(o.rows[image].maximum)),
  intensity_std: scalar('intensities', (o, image) =>
    Math.sqrt(o.rows[image].deviations / o.rows[image].count),
  ),
  intensity_median: scalar('medians', (o, image) => o.median(image)),
} satisfies Record<string, Property>;

/** NumPy's minimum, unlike SciPy's by label, is NaN when any value is. */
function leastOf({ rows }: RegionObject, image: number): number {
  const { minimum, maximum } = rows[image];
  return Number(Number.isNaN(maximum) ? maximum : minimum);
}

/** Properties by scikit-image's names. */
export type RegionProperty = keyof typeof PROPERTIES;

export const propertyOf = (name: RegionProperty): Property => PROPERTIES[name];

/** Whether a property is of intensities, and so has columns for each image. */
export const isOfImages = ({ needs }: Property): boolean => needs === 'intensities' || needs === 'medians';
