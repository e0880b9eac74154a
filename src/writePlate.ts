// The metadata of a multi-well plate, whose images `writeOmeZarr` writes one by one.
import { checkInteger } from './core/checks';
import { ArgumentError } from './core/errors';
import { writeGroup } from './io/omeGroups';
import type { WritableStore } from './io/writeZarr';
import type { OmeVersion } from './io/zarrFormats';

/** A well that has images. */
export interface PlateWell {
  /** Letters and digits, e.g. `B`. */
  readonly row: string;
  /** Letters and digits, e.g. `03`. */
  readonly column: string;
  /** Number of its images. Default 1. */
  readonly fields?: number;
}

export interface PlateOptions {
  readonly wells: readonly PlateWell[];
  readonly name?: string;
  /** All rows of the plate, in order. Default: those of the wells, as they come. */
  readonly rows?: readonly string[];
  /** All columns of the plate, in order. Default: those of the wells, as they come. */
  readonly columns?: readonly string[];
  /** Path of the plate in the store. Default: its root. */
  readonly path?: string;
  /** 0.5 is Zarr v3, 0.4 is Zarr v2. Default 0.5. */
  readonly version?: OmeVersion;
  readonly signal?: AbortSignal;
}

/** Where an image of a plate is, from the plate's path. */
export const platePath = ({ row, column }: PlateWell, field = 0): string => `${row}/${column}/${field}`;

/**
 * Writes the metadata of an OME-Zarr plate and its wells. The images follow: `writeOmeZarr(image, store, { path:
 * platePath(well, field) })`.
 * @throws ArgumentError for no well, a well given twice, names of other characters, rows or columns that lack a well's;
 * WriteError when the store fails
 */
export async function writePlate(store: WritableStore, options: PlateOptions): Promise<void> {
  const { name, path = '', version, signal, wells } = options;
  if (!Array.isArray(wells) || wells.length === 0)
    throw new ArgumentError('wells', wells, 'at least one well');
  const rows = names('rows', options.rows ?? wells.map(({ row }) => row));
  const columns = names('columns', options.columns ?? wells.map(({ column }) => column));
  const seen = new Set<string>();
  const described = wells.map(({ row, column, fields = 1 }, i) => {
    const place = {
      path: `${row}/${column}`,
      rowIndex: rows.indexOf(row),
      columnIndex: columns.indexOf(column),
    };
    if (place.rowIndex < 0) throw new ArgumentError(`wells[${i}].row`, row, `one of ${rows.join(', ')}`);
    if (place.columnIndex < 0)
      throw new ArgumentError(`wells[${i}].column`, column, `one of ${columns.join(', ')}`);
    if (seen.has(place.path)) throw new ArgumentError(`wells[${i}]`, place.path, 'a well not given before');
    seen.add(place.path);
    return { ...place, row, fields: checkInteger(`wells[${i}].fields`, fields, 1) };
  });
  const plate = {
    ...(name === undefined ? {} : { name }),
    rows: rows.map((row) => ({ name: row })),
    columns: columns.map((column) => ({ name: column })),
    wells: described.map(({ path, rowIndex, columnIndex }) => ({ path, rowIndex, columnIndex })),
    field_count: Math.max(...described.map(({ fields }) => fields)),
  };
  const at = (child: string) => ({ path: `${path}/${child}`, version, signal });
  await writeGroup(store, { plate }, at(''));
  for (const row of new Set(described.map((well) => well.row))) await writeGroup(store, {}, at(row));
  for (const well of described) {
    const images = Array.from({ length: well.fields }, (_, field) => ({ path: String(field) }));
    await writeGroup(store, { well: { images } }, at(well.path));
  }
}

function names(argument: string, given: readonly string[]): string[] {
  const unique = [...new Set(given)];
  for (const name of unique) {
    if (typeof name !== 'string' || !/^[A-Za-z0-9]+$/.test(name))
      throw new ArgumentError(argument, name, 'names of letters and digits');
  }
  return unique;
}
