// Merged measurements of all labels, in whole-image coordinates.
import type { Scalar } from '../../core/dtype';
import { type Region, regionShape, type Shape, stridesOf } from '../../core/region';
import { REGION, REGION_ROW, type ValueKind } from '../../core/regionRow';
import { addLimbs, fromLimbs, limbsToNumber } from '../../core/wideInteger';
import { type LabelRows, LabelTable, type RowFormat } from './labelTable';

/** Measurements of one label, or of several merged. Coordinates are one per axis of the image. */
export interface RegionRow {
  readonly count: number;
  /** Bounding box; stop is exclusive. */
  readonly start: readonly number[];
  readonly stop: readonly number[];
  readonly coordinateSum: readonly number[];
  /** This and the following are 0 where there is no image. The sum is the float64 nearest to it for integers. */
  readonly sum: number;
  /** Sum of squared distances from the mean. */
  readonly deviations: number;
  /** NaN values are ignored unless all are NaN. */
  readonly minimum: Scalar;
  /** NaN when any value is. */
  readonly maximum: Scalar;
  /** Flat index in the image of the first minimum and the first maximum. */
  readonly minimumAt: number;
  readonly maximumAt: number;
  readonly weightedCoordinateSum: readonly number[];
}

/** Positions in a row: the count, three values per axis, then those of the image, with one more per axis. */
const COUNT = 0;
const AXES = 1;
const [START, STOP, COORDINATES] = [0, 1, 2];

/** Where an image's values are in their part of the row. Of integers of two parts, the low one follows the high one. */
interface ValueFields {
  /** Of floats, the sum of differences from the number that follows. */
  readonly sum: number;
  /** Sum of squares of `small` values, of two parts; else sum of squared distances from the mean. */
  readonly squares: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly minimumAt: number;
  readonly maximumAt: number;
  readonly weighted: number;
}

const FIELDS: Record<ValueKind, ValueFields> = {
  float: { sum: 0, squares: 2, minimum: 3, maximum: 4, minimumAt: 5, maximumAt: 6, weighted: 7 },
  small: { sum: 0, squares: 2, minimum: 4, maximum: 5, minimumAt: 6, maximumAt: 7, weighted: 8 },
  wide: { sum: 0, squares: 2, minimum: 3, maximum: 5, minimumAt: 7, maximumAt: 8, weighted: 9 },
};

/** Rows of an array of `rank` axes, with an image's values of a kind, or without image. */
export class RegionFormat implements RowFormat {
  readonly width: number;
  /** Where the image's values begin. */
  readonly values: number;
  readonly fields: ValueFields;

  constructor(
    readonly rank: number,
    readonly kind: ValueKind | undefined,
  ) {
    this.values = AXES + 3 * rank;
    this.fields = FIELDS[kind ?? 'float'];
    this.width = this.values + (kind ? this.fields.weighted + rank : 0);
  }

  merge(table: Float64Array, to: number, rows: Float64Array, from: number): void {
    if (this.kind) this.#mergeValues(table, to, rows, from);
    table[to + COUNT] += rows[from + COUNT];
    for (let i = AXES; i < this.values; i += 3) {
      table[to + i + START] = Math.min(table[to + i + START], rows[from + i + START]);
      table[to + i + STOP] = Math.max(table[to + i + STOP], rows[from + i + STOP]);
      table[to + i + COORDINATES] += rows[from + i + COORDINATES];
    }
  }

  #mergeValues(table: Float64Array, to: number, rows: Float64Array, from: number): void {
    const { fields, kind, rank } = this;
    const at = to + this.values;
    const other = from + this.values;
    if (kind === 'small') addLimbs(table, at + fields.squares, rows, other + fields.squares);
    else {
      // Chan, Golub and LeVeque: no squares of values, which would leave no digits for their spread.
      const [n, m] = [table[to + COUNT], rows[from + COUNT]];
      const distance = this.#distance(table, to, rows, from);
      table[at + fields.squares] += rows[other + fields.squares] + distance * distance * ((n * m) / (n + m));
    }
    if (kind === 'float') {
      const shift = rows[other + fields.sum + 1] - table[at + fields.sum + 1];
      table[at + fields.sum] += rows[other + fields.sum] + rows[from + COUNT] * shift;
    } else addLimbs(table, at + fields.sum, rows, other + fields.sum);
    this.#mergeExtreme(table, at, rows, other, fields.minimum, fields.minimumAt, isLess);
    this.#mergeExtreme(table, at, rows, other, fields.maximum, fields.maximumAt, isMore);
    for (let i = fields.weighted; i < fields.weighted + rank; i++) table[at + i] += rows[other + i];
  }

  #sum(rows: Float64Array, row: number): number {
    const sum = row + this.values + this.fields.sum;
    return this.kind === 'float'
      ? rows[sum] + rows[row + COUNT] * rows[sum + 1]
      : limbsToNumber(rows[sum], rows[sum + 1]);
  }

  /** Between two means: of large values, it has digits that they have not. */
  #distance(a: Float64Array, rowA: number, b: Float64Array, rowB: number): number {
    const [n, m] = [a[rowA + COUNT], b[rowB + COUNT]];
    const [atA, atB] = [rowA + this.values + this.fields.sum, rowB + this.values + this.fields.sum];
    if (this.kind === 'float') return b[atB + 1] - a[atA + 1] + (b[atB] / m - a[atA] / n);
    const [sumA, sumB] = [fromLimbs(a[atA], a[atA + 1]), fromLimbs(b[atB], b[atB + 1])];
    return Number(sumB * BigInt(n) - sumA * BigInt(m)) / (n * m);
  }

  /** Takes the value that `replaces` the one at hand, or the earlier of two alike. */
  #mergeExtreme(
    table: Float64Array,
    at: number,
    rows: Float64Array,
    other: number,
    field: number,
    position: number,
    replaces: (a: number, b: number) => boolean,
  ): void {
    const wide = this.kind === 'wide';
    const part = wide && table[at + field] === rows[other + field] ? field + 1 : field;
    const [a, b] = [table[at + part], rows[other + part]];
    const earlier = rows[other + position] < table[at + position];
    if (!replaces(a, b) && (replaces(b, a) || !earlier)) return;
    table[at + field] = rows[other + field];
    if (wide) table[at + field + 1] = rows[other + field + 1];
    table[at + position] = rows[other + position];
  }

  /** Reads a row into an object. */
  read(rows: Float64Array, at: number, row: Writable<RegionRow>): void {
    const { fields, rank, kind } = this;
    const values = at + this.values;
    row.count = rows[at + COUNT];
    for (let axis = 0; axis < rank; axis++) {
      const from = at + AXES + 3 * axis;
      row.start[axis] = rows[from + START];
      row.stop[axis] = rows[from + STOP];
      row.coordinateSum[axis] = rows[from + COORDINATES];
      row.weightedCoordinateSum[axis] = kind ? rows[values + fields.weighted + axis] : 0;
    }
    if (!kind) return;
    row.sum = this.#sum(rows, at);
    const squares = values + fields.squares;
    row.deviations =
      kind === 'small' ? exactDeviations(row.count, rows, values + fields.sum, squares) : rows[squares];
    const extreme = (field: number): Scalar =>
      kind === 'wide' ? fromLimbs(rows[values + field], rows[values + field + 1]) : rows[values + field];
    row.minimum = extreme(fields.minimum);
    row.maximum = extreme(fields.maximum);
    row.minimumAt = rows[values + fields.minimumAt];
    row.maximumAt = rows[values + fields.maximumAt];
  }
}

const isLess = (a: number, b: number): boolean => b < a || (Number.isNaN(a) && !Number.isNaN(b));
const isMore = (a: number, b: number): boolean => b > a || (Number.isNaN(b) && !Number.isNaN(a));

/** n (sum of squares) - (sum)^2, which cancels, in integers: the same whatever the parts that were added up. */
function exactDeviations(n: number, rows: Float64Array, sum: number, squares: number): number {
  const s = limbsToNumber(rows[sum], rows[sum + 1]);
  const q = limbsToNumber(rows[squares], rows[squares + 1]);
  if (n * q <= Number.MAX_SAFE_INTEGER) return (n * q - s * s) / n;
  const total = fromLimbs(rows[sum], rows[sum + 1]);
  return Number(BigInt(n) * fromLimbs(rows[squares], rows[squares + 1]) - total * total) / n;
}

/** Rows as the kernels write them (core/regionRow.ts, n of a block at `region`) in whole-image coordinates. */
export function imageRows(
  rows: Float64Array,
  region: Region,
  shape: Shape,
  format: RegionFormat,
): Float64Array {
  const rank = shape.length;
  const { width, fields, kind } = format;
  const n = rows.length / REGION_ROW;
  const out = new Float64Array(n * width);
  const flatIndex = flatten(region, shape);
  const squareParts = kind === 'small' ? 2 : 1;
  const extremeParts = kind === 'wide' ? 2 : 1;
  for (let k = 0; k < n; k++) {
    const at = k * REGION_ROW;
    const to = k * width;
    const values = to + format.values;
    const copy = (from: number, field: number, parts: number) => {
      for (let i = 0; i < parts; i++) out[values + field + i] = rows[at + from + i];
    };
    if (kind) {
      copy(REGION.sum, fields.sum, 2);
      copy(REGION.squares, fields.squares, squareParts);
      copy(REGION.minimum, fields.minimum, extremeParts);
      copy(REGION.maximum, fields.maximum, extremeParts);
      out[values + fields.minimumAt] = flatIndex(rows[at + REGION.minimumAt]);
      out[values + fields.maximumAt] = flatIndex(rows[at + REGION.maximumAt]);
    }
    const count = rows[at + REGION.count];
    const sum =
      kind === 'float'
        ? rows[at + REGION.sum] + count * rows[at + REGION.sumLow]
        : limbsToNumber(rows[at + REGION.sum], rows[at + REGION.sumLow]);
    out[to + COUNT] = count;
    for (let axis = 0; axis < rank; axis++) {
      // Kernels number four axes, the image's last; along earlier ones blocks have length 1.
      const kernelAxis = 4 - rank + axis;
      const [start] = region[axis];
      const into = to + AXES + 3 * axis;
      const within = (field: number) => (kernelAxis < 0 ? 0 : rows[at + field + kernelAxis]);
      out[into + START] = within(REGION.lowest) + start;
      out[into + STOP] = within(REGION.highest) + start + 1;
      out[into + COORDINATES] = within(REGION.coordinateSum) + count * start;
      if (kind) out[values + fields.weighted + axis] = within(REGION.weightedCoordinateSum) + sum * start;
    }
  }
  return out;
}

/** Flat index in the image of a flat index in a block of it. */
function flatten(region: Region, shape: Shape): (index: number) => number {
  const own = stridesOf(regionShape(region));
  const whole = stridesOf(shape);
  return (index) => {
    let flat = 0;
    for (let rest = index, axis = 0; axis < own.length; axis++) {
      const at = Math.floor(rest / own[axis]);
      rest -= at * own[axis];
      flat += (region[axis][0] + at) * whole[axis];
    }
    return flat;
  };
}

/** Flat indices in the image of flat indices in a block of it. */
export function flatIndices(indices: Uint32Array, region: Region, shape: Shape): Float64Array {
  const flat = flatten(region, shape);
  const out = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i++) out[i] = flat(indices[i]);
  return out;
}

/** The measurements of every label. */
export class RegionRows {
  readonly format: RegionFormat;

  constructor(
    readonly shape: Shape,
    readonly table: LabelRows,
  ) {
    this.format = table.format as RegionFormat;
  }

  /** Labels present, ascending. */
  get labels(): Uint32Array {
    return this.table.labels;
  }

  get size(): number {
    return this.table.size;
  }

  has(label: number): boolean {
    return this.table.has(label);
  }

  get(label: number): RegionRow | undefined {
    return this.has(label) ? this.reader()(label) : undefined;
  }

  /** Reads one label's row after another; each is valid until the next is read. */
  reader(): (label: number) => RegionRow {
    const row = emptyRow();
    const numbers = new Float64Array(this.format.width);
    return (label) => {
      this.table.read(label, numbers);
      this.format.read(numbers, 0, row);
      return row;
    };
  }

  /** All labels but 0 merged into one row. */
  total(): RegionRow | undefined {
    const numbers = new Float64Array(this.format.width);
    const merged = new LabelTable(this.format);
    for (const label of this.labels) {
      this.table.read(label, numbers);
      merged.merge(1, numbers, 0);
    }
    return new RegionRows(this.shape, merged).get(1);
  }
}

/** A row to be read into, again and again where many are read. */
type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

const emptyRow = (): Writable<RegionRow> => ({
  count: 0,
  start: [],
  stop: [],
  coordinateSum: [],
  sum: 0,
  deviations: 0,
  minimum: 0,
  maximum: 0,
  minimumAt: 0,
  maximumAt: 0,
  weightedCoordinateSum: [],
});
