// A table of objects: columns as typed arrays; CSV and JSON.
import { checkInteger } from './core/checks';
import { ArgumentError } from './core/errors';

/** A column: labels are integers, everything else float64. */
export type RegionColumn = Float64Array | Uint32Array;

/** One object: property columns by name, e.g. `{ label: 1, area: 42, 'bbox-0': 3, … }`. */
export type RegionRecord = Record<string, number>;

export class RegionTable {
  constructor(
    /** Objects. */
    readonly length: number,
    /** Columns by name, as skimage.measure.regionprops_table names them (`bbox-0`, `centroid-1`). */
    readonly columns: Readonly<Record<string, RegionColumn>>,
    /** Units of the columns that have one: `pixel`, or the pixel size's, with a power (`micrometer^2`). */
    readonly units: Readonly<Record<string, string>> = {},
  ) {}

  get columnNames(): string[] {
    return Object.keys(this.columns);
  }

  /** One column. @throws ArgumentError for a name the table does not have */
  column(name: string): RegionColumn {
    if (!Object.hasOwn(this.columns, name))
      throw new ArgumentError('name', name, `one of ${this.columnNames.join(', ')}`);
    return this.columns[name];
  }

  /** Object `i`, counted from 0 in ascending label order. @throws ArgumentError for one the table does not have */
  row(i: number): RegionRecord {
    checkInteger('i', i, 0, this.length - 1);
    return Object.fromEntries(Object.entries(this.columns).map(([name, column]) => [name, column[i]]));
  }

  *rows(): Generator<RegionRecord> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }

  /** A table of some of the objects, in the order given. @throws ArgumentError for one the table does not have */
  take(rows: ArrayLike<number>): RegionTable {
    const indices = Uint32Array.from(rows, (row, i) => checkInteger(`rows[${i}]`, row, 0, this.length - 1));
    const columns = Object.entries(this.columns).map(([name, column]): [string, RegionColumn] => {
      const taken =
        column instanceof Uint32Array ? new Uint32Array(indices.length) : new Float64Array(indices.length);
      indices.forEach((row, i) => {
        taken[i] = column[row];
      });
      return [name, taken];
    });
    return new RegionTable(indices.length, Object.fromEntries(columns), this.units);
  }

  /** Comma-separated values with a header line; lines end in CR LF (RFC 4180). */
  toCSV(): string {
    const columns = Object.values(this.columns);
    const lines = [this.columnNames.join(',')];
    for (let i = 0; i < this.length; i++) lines.push(columns.map((column) => String(column[i])).join(','));
    return `${lines.join('\r\n')}\r\n`;
  }

  /**
   * The table in Apache Arrow's IPC format, which data frames and plotting libraries read: labels as uint32, other columns
   * as float64, units in none of them. The encoder is loaded when it is first called.
   * @param format `stream`, or `file` (Feather version 2). Default `stream`
   * @throws ArgumentError for another format
   */
  async toArrow(format: 'stream' | 'file' = 'stream'): Promise<Uint8Array> {
    if (format !== 'stream' && format !== 'file')
      throw new ArgumentError('format', format, "'stream' or 'file'");
    const { tableFromArrays, tableToIPC } = await import('@uwdata/flechette');
    // Without a sink the bytes are returned.
    return tableToIPC(tableFromArrays(this.columns), { format })!;
  }

  /** Records, ready for JSON.stringify (NaN becomes null there). */
  toJSON(): RegionRecord[] {
    return [...this.rows()];
  }
}
