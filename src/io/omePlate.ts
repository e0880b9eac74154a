// OME-Zarr plates (0.1 to 0.5): which wells there are, and which images a well has.
import { FormatError } from '../core/errors';
import { absolutePath, isObject, type Json, type ReadNodeOptions, readNode } from './metadata';
import { type OmeImage, omeAttributes, openImage } from './omeZarr';
import type { OpenZarrOptions } from './openZarr';
import { type NamedStore, toStore, type ZarrLocation } from './stores';

/** A well that has images. */
export interface WellPlace {
  readonly row: string;
  readonly column: string;
  /** From the plate. */
  readonly path: string;
}

/** One image of a well. */
export interface WellField {
  /** From the well. */
  readonly path: string;
  /** Which run of the microscope it is of. */
  readonly acquisition: number | undefined;
}

/** A run of the microscope over a plate. */
export interface PlateAcquisition {
  readonly id: number;
  readonly name: string | undefined;
}

/** What a plate says of itself. */
export interface PlateModel {
  readonly key: string;
  readonly name: string | undefined;
  readonly version: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly wells: readonly WellPlace[];
  readonly acquisitions: readonly PlateAcquisition[];
  /** Reads which images a well has. Throws NotFoundError, NetworkError, FormatError. */
  fields(well: WellPlace, options?: { signal?: AbortSignal }): Promise<readonly WellField[]>;
  /** Opens one of a well's images. Throws as `openOmeZarrMetadata`. */
  open(well: WellPlace, field: WellField, options?: { signal?: AbortSignal }): Promise<OmeImage>;
}

/** Opens a plate; reads its own metadata only. Throws as `openOmeZarrMetadata`, FormatError for what is no plate. */
export async function openPlateMetadata(
  location: ZarrLocation,
  { path = '', signal, retry }: OpenZarrOptions = {},
): Promise<PlateModel> {
  signal?.throwIfAborted();
  const store = toStore(location, retry);
  const node = await readNode(store, absolutePath(path), { signal });
  const { key, format } = node;
  const attributes = omeAttributes(node);
  const { plate } = attributes;
  if (!isObject(plate)) throw new FormatError(key, 'is no OME-Zarr plate: its attributes have no "plate"');
  const rows = names(plate, 'rows', key);
  const columns = names(plate, 'columns', key);
  const at = (well: WellPlace, ...rest: string[]) => [path, well.path, ...rest].join('/');
  return {
    key,
    name: typeof plate.name === 'string' ? plate.name : undefined,
    version: String(attributes.version ?? plate.version ?? (format === 3 ? '0.5' : '0.4')),
    rows,
    columns,
    wells: wellsOf(plate, rows, columns, key),
    acquisitions: acquisitionsOf(plate),
    fields: (well, { signal: wanted } = {}) => readFields(store, at(well), { signal: wanted, format }),
    open: (well, field, { signal: wanted } = {}) =>
      openImage(store, at(well, field.path), { signal: wanted, format }),
  };
}

async function readFields(store: NamedStore, path: string, options: ReadNodeOptions): Promise<WellField[]> {
  const node = await readNode(store, absolutePath(path), options);
  const { well } = omeAttributes(node);
  const images = isObject(well) ? well.images : undefined;
  if (!Array.isArray(images)) throw new FormatError(node.key, 'is no well of a plate: it lists no images');
  return images.map((image: unknown, i) => {
    if (isObject(image) && typeof image.path === 'string')
      return {
        path: image.path,
        acquisition: typeof image.acquisition === 'number' ? image.acquisition : undefined,
      };
    throw new FormatError(node.key, `well.images[${i}]: expected a path, received ${JSON.stringify(image)}`);
  });
}

function names(plate: Json, kind: 'rows' | 'columns', key: string): string[] {
  const list = plate[kind];
  if (Array.isArray(list) && list.every((entry) => isObject(entry) && typeof entry.name === 'string'))
    return list.map(({ name }) => name);
  throw new FormatError(key, `plate.${kind}: expected names, received ${JSON.stringify(list)}`);
}

/** Indices of row and column came with 0.2; before, the path said it. */
function wellsOf(plate: Json, rows: readonly string[], columns: readonly string[], key: string): WellPlace[] {
  if (!Array.isArray(plate.wells))
    throw new FormatError(key, `plate.wells: expected a list, received ${JSON.stringify(plate.wells)}`);
  return plate.wells.map((well: unknown, i) => {
    const { path, rowIndex, columnIndex } = isObject(well) ? well : ({} as Json);
    if (typeof path === 'string') {
      const [rowName, columnName] = path.split('/');
      const row = typeof rowIndex === 'number' ? rows[rowIndex] : rowName;
      const column = typeof columnIndex === 'number' ? columns[columnIndex] : columnName;
      if (row !== undefined && column !== undefined) return { row, column, path };
    }
    throw new FormatError(
      key,
      `plate.wells[${i}]: expected a path, and a row and column of the plate, received ${JSON.stringify(well)}`,
    );
  });
}

const acquisitionsOf = ({ acquisitions }: Json): PlateAcquisition[] =>
  (Array.isArray(acquisitions) ? acquisitions : []).flatMap((run: unknown) =>
    isObject(run) && typeof run.id === 'number'
      ? [{ id: run.id, name: typeof run.name === 'string' ? run.name : undefined }]
      : [],
  );
