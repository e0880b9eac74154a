// The tables of many images as one.
import { checkInteger } from './core/checks';
import { ArgumentError } from './core/errors';
import { type RegionColumn, type RegionRecord, RegionTable } from './regionColumns';

/** One object, and the name of its image. */
export type BatchRecord = Omit<RegionRecord, 'image'> & { readonly image: string };

/** A table over several images: their rows one after the other, with a column that names the image. */
export class BatchTable {
  /**
   * @param images names of the images
   * @param imageOf for every row the index of its image in `images`
   * @param objects the rows of all
   */
  constructor(
    readonly images: readonly string[],
    readonly imageOf: Uint32Array,
    readonly objects: RegionTable,
  ) {}

  /** Objects of all images. */
  get length(): number {
    return this.objects.length;
  }

  /** `image`, then the columns of the tables. */
  get columnNames(): string[] {
    return ['image', ...this.objects.columnNames];
  }

  /** Row `i`. @throws ArgumentError for one the table does not have */
  row(i: number): BatchRecord {
    checkInteger('i', i, 0, this.length - 1);
    return { image: this.images[this.imageOf[i]], ...this.objects.row(i) } as BatchRecord;
  }

  *rows(): Generator<BatchRecord> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }

  /** Comma-separated values with a header line; lines end in CR LF (RFC 4180). */
  toCSV(): string {
    const [header, ...lines] = this.objects.toCSV().split('\r\n');
    const names = this.images.map(quoted);
    const rows = lines.slice(0, this.length).map((line, i) => `${names[this.imageOf[i]]},${line}`);
    return `${[`image,${header}`, ...rows].join('\r\n')}\r\n`;
  }

  /** Records, ready for JSON.stringify (NaN becomes null there). */
  toJSON(): BatchRecord[] {
    return [...this.rows()];
  }
}

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/**
 * Puts tables together, in order.
 * @throws ArgumentError when their columns or units differ
 */
export function concatenateTables(
  tables: readonly (readonly [image: string, table: RegionTable])[],
): BatchTable {
  const length = tables.reduce((sum, [, table]) => sum + table.length, 0);
  const [, first] = tables[0] ?? ['', new RegionTable(0, {})];
  for (const [image, table] of tables) checkAlike(image, table, first);
  const columns: Record<string, RegionColumn> = {};
  for (const [name, column] of Object.entries(first.columns))
    columns[name] = column instanceof Uint32Array ? new Uint32Array(length) : new Float64Array(length);
  const imageOf = new Uint32Array(length);
  let at = 0;
  tables.forEach(([, table], i) => {
    for (const [name, column] of Object.entries(table.columns)) columns[name].set(column, at);
    imageOf.fill(i, at, at + table.length);
    at += table.length;
  });
  return new BatchTable(
    tables.map(([image]) => image),
    imageOf,
    new RegionTable(length, columns, first.units),
  );
}

/** Throws ArgumentError unless a table of an image has the columns and units of another. */
export function checkAlike(image: string, table: RegionTable, like: RegionTable): void {
  const describe = ({ columnNames, units }: RegionTable) =>
    columnNames.map((name) => (units[name] ? `${name} (${units[name]})` : name)).join(', ');
  if (describe(table) !== describe(like))
    throw new ArgumentError(`table of ${image}`, describe(table), `the columns ${describe(like)}, as before`);
}
