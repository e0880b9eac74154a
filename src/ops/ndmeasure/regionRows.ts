// Merged measurements of all labels, in whole-image coordinates.
import type { Region, Shape } from '../../core/region';
import { REGION, REGION_ROW } from '../../core/regionRow';

/** Measurements of one label, or of several merged. Coordinates are one per axis of the image. */
export interface RegionRow {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** NaN values are ignored unless all are NaN. */
  readonly minimum: number;
  /** NaN when any value is. */
  readonly maximum: number;
  /** Bounding box; stop is exclusive. */
  readonly start: readonly number[];
  readonly stop: readonly number[];
  readonly coordinateSum: readonly number[];
  readonly weightedCoordinateSum: readonly number[];
}

const COUNT = 0;
const SUM = 1;
const SQUARES = 2;
const MINIMUM = 3;
const MAXIMUM = 4;
const AXES = 5;

/** Rows keyed by label, in one growing float64 table: five values, then four per axis. */
export class RegionRows {
  readonly #width: number;
  readonly #rank: number;
  readonly #positions = new Map<number, number>();
  #table = new Float64Array(0);

  constructor(
    readonly shape: Shape,
    readonly hasImage: boolean,
  ) {
    this.#rank = shape.length;
    this.#width = AXES + 4 * this.#rank;
  }

  /** Labels present, ascending. */
  get labels(): number[] {
    return [...this.#positions.keys()].sort((a, b) => a - b);
  }

  get size(): number {
    return this.#positions.size;
  }

  /** Makes room for this many labels at once: a table that grows by doubling leaves as much again behind. */
  reserve(labels: number): void {
    if (labels * this.#width > this.#table.length) this.#resize(labels);
  }

  /** Adds the rows of a block (core/regionRow.ts) at `region`; `labelOf(k)` names row k. */
  add(rows: Float64Array, region: Region, labelOf: (row: number) => number): void {
    const rank = this.#rank;
    const part = new Float64Array(this.#width);
    for (let k = 0; k * REGION_ROW < rows.length; k++) {
      const at = k * REGION_ROW;
      const count = rows[at + REGION.count];
      if (count === 0) continue;
      const sum = rows[at + REGION.sum];
      part.set([count, sum, rows[at + REGION.sumOfSquares]]);
      part[MINIMUM] = rows[at + REGION.minimum];
      part[MAXIMUM] = rows[at + REGION.maximum];
      for (let axis = 0; axis < rank; axis++) {
        // Kernels number four axes, the image's last.
        const kernelAxis = 4 - rank + axis;
        const [start] = region[axis];
        const into = AXES + 4 * axis;
        part[into] = rows[at + REGION.lowest + kernelAxis] + start;
        part[into + 1] = rows[at + REGION.highest + kernelAxis] + start + 1;
        part[into + 2] = rows[at + REGION.coordinateSum + kernelAxis] + count * start;
        part[into + 3] = rows[at + REGION.weightedCoordinateSum + kernelAxis] + sum * start;
      }
      this.#merge(labelOf(k), part, 0);
    }
  }

  /** Adds another table's rows under other labels. */
  absorb(other: RegionRows, labelOf: (label: number) => number): void {
    for (const [label, row] of other.#positions) this.#merge(labelOf(label), other.#table, row * this.#width);
  }

  get(label: number): RegionRow | undefined {
    const row = this.#positions.get(label);
    if (row === undefined) return undefined;
    const read = emptyRow();
    this.#read(row * this.#width, read);
    return read;
  }

  /** Visits all labels in ascending order. The row is valid during the call only. */
  forEach(visit: (row: RegionRow, label: number, position: number) => void): void {
    const row = emptyRow();
    this.labels.forEach((label, position) => {
      this.#read(this.#positions.get(label)! * this.#width, row);
      visit(row, label, position);
    });
  }

  /** All labels but 0 merged into one row. */
  total(): RegionRow | undefined {
    if (this.size === 0) return undefined;
    const merged = new RegionRows(this.shape, this.hasImage);
    merged.absorb(this, () => 1);
    return merged.get(1);
  }

  #merge(label: number, from: Float64Array, at: number): void {
    const width = this.#width;
    const known = this.#positions.get(label);
    if (known === undefined) {
      const row = this.#positions.size;
      this.#positions.set(label, row);
      if ((row + 1) * width > this.#table.length) this.#resize(Math.max(64, 2 * row));
      for (let i = 0; i < width; i++) this.#table[row * width + i] = from[at + i];
      return;
    }
    const table = this.#table;
    const to = known * width;
    table[to + COUNT] += from[at + COUNT];
    table[to + SUM] += from[at + SUM];
    table[to + SQUARES] += from[at + SQUARES];
    const minimum = from[at + MINIMUM];
    // NaN only when all values are: SciPy's minimum by label sorts NaN last.
    if (!(minimum >= table[to + MINIMUM]) && !Number.isNaN(minimum)) table[to + MINIMUM] = minimum;
    table[to + MAXIMUM] = Math.max(table[to + MAXIMUM], from[at + MAXIMUM]);
    for (let i = AXES; i < width; i += 4) {
      table[to + i] = Math.min(table[to + i], from[at + i]);
      table[to + i + 1] = Math.max(table[to + i + 1], from[at + i + 1]);
      table[to + i + 2] += from[at + i + 2];
      table[to + i + 3] += from[at + i + 3];
    }
  }

  #resize(labels: number): void {
    const table = new Float64Array(labels * this.#width);
    table.set(this.#table);
    this.#table = table;
  }

  #read(at: number, row: Writable<RegionRow>): void {
    const table = this.#table;
    row.count = table[at + COUNT];
    row.sum = table[at + SUM];
    row.sumOfSquares = table[at + SQUARES];
    row.minimum = table[at + MINIMUM];
    row.maximum = table[at + MAXIMUM];
    for (let axis = 0; axis < this.#rank; axis++) {
      const from = at + AXES + 4 * axis;
      row.start[axis] = table[from];
      row.stop[axis] = table[from + 1];
      row.coordinateSum[axis] = table[from + 2];
      row.weightedCoordinateSum[axis] = table[from + 3];
    }
  }
}

/** A row to be read into, again and again where many are read. */
type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

const emptyRow = (): Writable<RegionRow> => ({
  count: 0,
  sum: 0,
  sumOfSquares: 0,
  minimum: 0,
  maximum: 0,
  start: [],
  stop: [],
  coordinateSum: [],
  weightedCoordinateSum: [],
});
