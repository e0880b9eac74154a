// One object at a time: the numbers that its properties are made of, from the tables of all objects.
import type { Shape } from '../../core/region';
import { CONTOUR } from './contours';
import { symmetricEigenvalues } from './eigenvalues';
import type { LabelRows, LabelTable } from './labelTable';
import type { MomentFormat } from './regionMoments';
import type { RegionRow, RegionRows } from './regionRows';

/** What was measured of all objects; what no property needs is not there. */
export interface Measured {
  readonly shape: Shape;
  /** Size of a pixel along each axis. */
  readonly spacing: readonly number[];
  /** Counts and extents; with intensities of an image each where there are images. */
  readonly rows: readonly RegionRows[];
  readonly moments?: LabelRows;
  readonly contours?: LabelTable;
  readonly hulls?: LabelTable;
  /** Of each image, laid out by {@link MEDIAN}. */
  readonly medians?: readonly LabelTable[];
}

/** Rows of a table of medians. NaN is larger than every number; where there is one, the row says so. */
export const MEDIAN = { median: 0, hasNaN: 1, width: 2 } as const;

/** The object at hand, moved from one to the next by {@link move}. Lengths are in units of the spacing. */
export class RegionObject {
  readonly rank: number;
  label = 0;
  /** Volume of a pixel. */
  readonly pixel: number;
  readonly #readers: readonly ((label: number) => RegionRow)[];
  #central: Float64Array | undefined;
  #eigenvalues: Float64Array | undefined;

  constructor(readonly measured: Measured) {
    this.rank = measured.shape.length;
    this.pixel = measured.spacing.reduce((a, b) => a * b, 1);
    this.#readers = measured.rows.map((rows) => rows.reader());
    this.rows = [];
  }

  /** Extents, and each image's intensities. */
  rows: readonly RegionRow[];

  move(label: number): void {
    this.label = label;
    this.rows = this.#readers.map((read) => read(label));
    this.#central = undefined;
    this.#eigenvalues = undefined;
  }

  /** Number of pixels. */
  get count(): number {
    return this.rows[0].count;
  }

  get boxCount(): number {
    const { start, stop } = this.rows[0];
    return start.reduce((product, low, axis) => product * (stop[axis] - low), 1);
  }

  get convexCount(): number {
    const { hulls } = this.measured;
    return hulls!.rows[hulls!.find(this.label)];
  }

  /** As NumPy's, NaN where any value is. */
  median(image: number): number {
    const table = this.measured.medians![image];
    const at = table.find(this.label);
    return table.rows[at + MEDIAN.hasNaN] === 1 ? Number.NaN : table.rows[at + MEDIAN.median];
  }

  contour(field: keyof typeof CONTOUR): number {
    const { contours } = this.measured;
    return contours!.rows[contours!.find(this.label) + CONTOUR[field]];
  }

  /** Moments about a corner of the bounding box: those of powers 0 to the order asked for along every axis, C order. */
  rawMoments(): Float64Array {
    const { start } = this.rows[0];
    return this.#moments((axis, reference) => reference - start[axis]);
  }

  /** Moments about the centroid. */
  centralMoments(): Float64Array {
    this.#central ??= this.#moments(
      (axis, _reference, moments) => -moments[this.#power(axis, 1)] / moments[0],
    );
    return this.#central;
  }

  /** @see skimage.measure.moments_normalized */
  normalizedMoments(): Float64Array {
    const moments = this.centralMoments();
    const scale = Math.min(...this.measured.spacing);
    return moments.map((moment, i) => {
      const total = this.exponents(i).reduce((a, b) => a + b, 0);
      return total < 2 ? Number.NaN : moment / scale ** total / moments[0] ** (total / this.rank + 1);
    });
  }

  /** The powers of a moment, by its place. */
  exponents(index: number): number[] {
    const powers = this.#format.order + 1;
    return Array.from(
      { length: this.rank },
      (_, axis) => Math.floor(index / powers ** (this.rank - 1 - axis)) % powers,
    );
  }

  /** @see skimage.measure.inertia_tensor */
  inertiaTensor(): Float64Array {
    const { rank } = this;
    const moments = this.centralMoments();
    const tensor = new Float64Array(rank * rank);
    let total = 0;
    for (let axis = 0; axis < rank; axis++) total += moments[this.#power(axis, 2)];
    for (let i = 0; i < rank; i++) {
      for (let j = 0; j < rank; j++) {
        const moment =
          i === j ? total - moments[this.#power(i, 2)] : -moments[this.#power(i, 1) + this.#power(j, 1)];
        tensor[i * rank + j] = moment / moments[0];
      }
    }
    return tensor;
  }

  /** Eigenvalues of the inertia tensor, descending; rounding leaves none below zero. */
  inertiaEigenvalues(): Float64Array {
    this.#eigenvalues ??= symmetricEigenvalues(this.inertiaTensor(), this.rank).map((v) => Math.max(0, v));
    return this.#eigenvalues;
  }

  get #format(): MomentFormat {
    return this.measured.moments!.format as MomentFormat;
  }

  /** Place of the moment of one axis' power. */
  #power(axis: number, power: number): number {
    return power * (this.#format.order + 1) ** (this.rank - 1 - axis);
  }

  /** Moments after a shift along every axis, which is found from their own point and the moments so far. */
  #moments(distance: (axis: number, reference: number, moments: Float64Array) => number): Float64Array {
    const { moments: table, spacing } = this.measured;
    const format = this.#format;
    const row = new Float64Array(format.width);
    table!.read(this.label, row);
    const moments = row.slice(this.rank);
    for (let axis = 0; axis < this.rank; axis++)
      format.shift(moments, axis, distance(axis, row[axis], moments));
    if (spacing.every((size) => size === 1)) return moments;
    return moments.map((moment, i) =>
      this.exponents(i).reduce((value, power, axis) => value * spacing[axis] ** power, moment),
    );
  }
}
