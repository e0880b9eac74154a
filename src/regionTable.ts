// The table of measured objects: columns as typed arrays, CSV and JSON.
import { ArgumentError } from './core/errors';
import type { RegionRow, RegionRows } from './ops/ndmeasure/regionRows';

export const REGION_PROPERTIES = [
  'label',
  'area',
  'bbox',
  'centroid',
  'centroid_weighted',
  'intensity_sum',
  'intensity_mean',
  'intensity_min',
  'intensity_max',
  'intensity_std',
] as const;

/** Properties by scikit-image's names; lengths in pixels. `bbox` is starts then stops; `intensity_std` is population. */
export type RegionProperty = (typeof REGION_PROPERTIES)[number];

/** One object: property columns by name, e.g. `{ label: 1, area: 42, 'bbox-0': 3, … }`. */
export type RegionRecord = Record<string, number>;

export class RegionTable {
  constructor(
    /** Objects. */
    readonly length: number,
    /** Columns by name, as skimage.measure.regionprops_table names them (`bbox-0`, `centroid-1`). */
    readonly columns: Readonly<Record<string, Float64Array>>,
  ) {}

  get columnNames(): string[] {
    return Object.keys(this.columns);
  }

  /** One column. @throws ArgumentError for a name the table does not have */
  column(name: string): Float64Array {
    const column = this.columns[name];
    if (!column) throw new ArgumentError('name', name, `one of ${this.columnNames.join(', ')}`);
    return column;
  }

  /** Object `i`, counted from 0 in ascending label order. */
  row(i: number): RegionRecord {
    return Object.fromEntries(Object.entries(this.columns).map(([name, column]) => [name, column[i]]));
  }

  *rows(): Generator<RegionRecord> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }

  /** Comma-separated values with a header line; lines end in CR LF (RFC 4180). */
  toCSV(): string {
    const columns = Object.values(this.columns);
    const lines = [this.columnNames.join(',')];
    for (let i = 0; i < this.length; i++) lines.push(columns.map((column) => String(column[i])).join(','));
    return `${lines.join('\r\n')}\r\n`;
  }

  /** Records, ready for JSON.stringify (NaN becomes null there). */
  toJSON(): RegionRecord[] {
    return [...this.rows()];
  }
}

type Value = (row: RegionRow, label: number) => number;

const SCALARS: Partial<Record<RegionProperty, Value>> = {
  label: (_row, label) => label,
  area: (row) => row.count,
  intensity_sum: (row) => row.sum,
  intensity_mean: (row) => row.sum / row.count,
  intensity_min: (row) => row.minimum,
  intensity_max: (row) => row.maximum,
  intensity_std: (row) => Math.sqrt(row.deviations / row.count),
};

/** The columns of properties that have one per axis, in order. */
const VECTORS: Partial<Record<RegionProperty, (rank: number) => Value[]>> = {
  bbox: (rank) => [
    ...each(rank, (axis) => (row) => row.start[axis]),
    ...each(rank, (axis) => (row) => row.stop[axis]),
  ],
  centroid: (rank) => each(rank, (axis) => (row) => row.coordinateSum[axis] / row.count),
  centroid_weighted: (rank) => each(rank, (axis) => (row) => row.weightedCoordinateSum[axis] / row.sum),
};

const each = (rank: number, value: (axis: number) => Value): Value[] =>
  Array.from({ length: rank }, (_, axis) => value(axis));

/** A table of all labels above 0. @throws ArgumentError for an unknown property */
export function makeRegionTable(
  rows: RegionRows,
  properties: readonly RegionProperty[] = REGION_PROPERTIES,
): RegionTable {
  const values: [name: string, value: Value][] = [];
  for (const property of properties) {
    if (!REGION_PROPERTIES.includes(property))
      throw new ArgumentError('properties', property, `one of ${REGION_PROPERTIES.join(', ')}`);
    const scalar = SCALARS[property];
    if (scalar) values.push([property, scalar]);
    VECTORS[property]?.(rows.shape.length).forEach((value, k) => {
      values.push([`${property}-${k}`, value]);
    });
  }
  const columns = Object.fromEntries(values.map(([name]) => [name, new Float64Array(rows.size)]));
  rows.forEach((row, label, i) => {
    for (const [name, value] of values) columns[name][i] = value(row, label);
  });
  return new RegionTable(rows.size, columns);
}
