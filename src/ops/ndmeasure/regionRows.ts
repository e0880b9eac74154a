// Merged measurements of all labels, in whole-image coordinates.
import { type Region, regionShape, type Shape, stridesOf } from '../../core/region';
import { REGION, REGION_ROW } from '../../core/regionRow';
import { LabelTable, type RowFormat } from './labelTable';

/** Measurements of one label, or of several merged. Coordinates are one per axis of the image. */
export interface RegionRow {
  readonly count: number;
  /** Bounding box; stop is exclusive. */
  readonly start: readonly number[];
  readonly stop: readonly number[];
  readonly coordinateSum: readonly number[];
  /** This and the following are 0 where there is no image. */
  readonly sum: number;
  /** Sum of squared distances from the mean. */
  readonly deviations: number;
  /** NaN values are ignored unless all are NaN. */
  readonly minimum: number;
  /** NaN when any value is. */
  readonly maximum: number;
  /** Flat index in the image of the first minimum and the first maximum. */
  readonly minimumAt: number;
  readonly maximumAt: number;
  readonly weightedCoordinateSum: readonly number[];
}

/** Positions in a row: the count, three values per axis, then those of the image, with one more per axis. */
const COUNT = 0;
const AXES = 1;
const [START, STOP, COORDINATES] = [0, 1, 2];
const [SUM, DEVIATIONS, MINIMUM, MAXIMUM, MINIMUM_AT, MAXIMUM_AT, WEIGHTED] = [0, 1, 2, 3, 4, 5, 6];

const valuesAt = (rank: number): number => AXES + 3 * rank;

class RegionFormat implements RowFormat {
  readonly width: number;

  constructor(
    readonly rank: number,
    readonly hasImage: boolean,
  ) {
    this.width = valuesAt(rank) + (hasImage ? WEIGHTED + rank : 0);
  }

  merge(table: Float64Array, to: number, rows: Float64Array, from: number): void {
    if (this.hasImage) this.#mergeValues(table, to, rows, from);
    table[to + COUNT] += rows[from + COUNT];
    for (let i = AXES; i < valuesAt(this.rank); i += 3) {
      table[to + i + START] = Math.min(table[to + i + START], rows[from + i + START]);
      table[to + i + STOP] = Math.max(table[to + i + STOP], rows[from + i + STOP]);
      table[to + i + COORDINATES] += rows[from + i + COORDINATES];
    }
  }

  #mergeValues(table: Float64Array, to: number, rows: Float64Array, from: number): void {
    const [n, m] = [table[to + COUNT], rows[from + COUNT]];
    const at = to + valuesAt(this.rank);
    const other = from + valuesAt(this.rank);
    // Chan, Golub and LeVeque: no squares of values, which would leave no digits for their spread.
    const distance = rows[other + SUM] / m - table[at + SUM] / n;
    table[at + DEVIATIONS] += rows[other + DEVIATIONS] + distance * distance * ((n * m) / (n + m));
    table[at + SUM] += rows[other + SUM];
    this.#mergeExtreme(
      table,
      at,
      rows,
      other,
      MINIMUM,
      (a, b) => b < a || (Number.isNaN(a) && !Number.isNaN(b)),
    );
    this.#mergeExtreme(
      table,
      at,
      rows,
      other,
      MAXIMUM,
      (a, b) => b > a || (Number.isNaN(b) && !Number.isNaN(a)),
    );
    for (let i = WEIGHTED; i < WEIGHTED + this.rank; i++) table[at + i] += rows[other + i];
  }

  /** Takes the value that `replaces` the one at hand, or the earlier of two alike. */
  #mergeExtreme(
    table: Float64Array,
    at: number,
    rows: Float64Array,
    other: number,
    field: number,
    replaces: (a: number, b: number) => boolean,
  ): void {
    const [a, b] = [table[at + field], rows[other + field]];
    const position = field + MINIMUM_AT - MINIMUM;
    const earlier = rows[other + position] < table[at + position];
    if (!replaces(a, b) && (replaces(b, a) || !earlier)) return;
    table[at + field] = b;
    table[at + position] = rows[other + position];
  }
}

export const regionFormat = (rank: number, hasImage: boolean): RowFormat => new RegionFormat(rank, hasImage);

/** Rows as the kernels write them (core/regionRow.ts, n of a block at `region`) in whole-image coordinates. */
export function imageRows(rows: Float64Array, region: Region, shape: Shape, hasImage: boolean): Float64Array {
  const rank = shape.length;
  const { width } = regionFormat(rank, hasImage);
  const n = rows.length / REGION_ROW;
  const out = new Float64Array(n * width);
  const flatIndex = flatten(region, shape);
  for (let k = 0; k < n; k++) {
    const at = k * REGION_ROW;
    const to = k * width;
    const values = to + valuesAt(rank);
    const count = rows[at + REGION.count];
    const sum = rows[at + REGION.sum];
    out[to + COUNT] = count;
    for (let axis = 0; axis < rank; axis++) {
      // Kernels number four axes, the image's last.
      const kernelAxis = at + 4 - rank + axis;
      const [start] = region[axis];
      const into = to + AXES + 3 * axis;
      out[into + START] = rows[kernelAxis + REGION.lowest] + start;
      out[into + STOP] = rows[kernelAxis + REGION.highest] + start + 1;
      out[into + COORDINATES] = rows[kernelAxis + REGION.coordinateSum] + count * start;
      if (hasImage)
        out[values + WEIGHTED + axis] = rows[kernelAxis + REGION.weightedCoordinateSum] + sum * start;
    }
    if (!hasImage) continue;
    out[values + SUM] = sum;
    out[values + DEVIATIONS] = rows[at + REGION.deviations];
    out[values + MINIMUM] = rows[at + REGION.minimum];
    out[values + MAXIMUM] = rows[at + REGION.maximum];
    out[values + MINIMUM_AT] = flatIndex(rows[at + REGION.minimumAt]);
    out[values + MAXIMUM_AT] = flatIndex(rows[at + REGION.maximumAt]);
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

/** The measurements of every label. */
export class RegionRows {
  constructor(
    readonly shape: Shape,
    readonly hasImage: boolean,
    readonly table: LabelTable,
  ) {}

  /** Labels present, ascending. */
  get labels(): Uint32Array {
    return this.table.labels;
  }

  get size(): number {
    return this.table.size;
  }

  get(label: number): RegionRow | undefined {
    const at = this.table.find(label);
    if (at < 0) return undefined;
    const row = emptyRow();
    this.#read(at, row);
    return row;
  }

  /** Reads one label's row after another; each is valid until the next is read. */
  reader(): (label: number) => RegionRow {
    const row = emptyRow();
    return (label) => {
      this.#read(this.table.find(label), row);
      return row;
    };
  }

  /** All labels but 0 merged into one row. */
  total(): RegionRow | undefined {
    const { rows } = this.table;
    const merged = new LabelTable(this.table.format);
    for (const label of this.labels) merged.merge(1, rows, this.table.find(label));
    return new RegionRows(this.shape, this.hasImage, merged).get(1);
  }

  #read(at: number, row: Writable<RegionRow>): void {
    const { rows } = this.table;
    const rank = this.shape.length;
    const values = at + valuesAt(rank);
    row.count = rows[at + COUNT];
    for (let axis = 0; axis < rank; axis++) {
      const from = at + AXES + 3 * axis;
      row.start[axis] = rows[from + START];
      row.stop[axis] = rows[from + STOP];
      row.coordinateSum[axis] = rows[from + COORDINATES];
      row.weightedCoordinateSum[axis] = this.hasImage ? rows[values + WEIGHTED + axis] : 0;
    }
    if (!this.hasImage) return;
    row.sum = rows[values + SUM];
    row.deviations = rows[values + DEVIATIONS];
    row.minimum = rows[values + MINIMUM];
    row.maximum = rows[values + MAXIMUM];
    row.minimumAt = rows[values + MINIMUM_AT];
    row.maximumAt = rows[values + MAXIMUM_AT];
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
