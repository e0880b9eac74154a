// Writes what OME-Zarr says of images and of their label images.
import { ArgumentError } from '../core/errors';
import { absolutePath, isObject, type Json } from './metadata';
import { type WritableStore, writeDocuments, writing } from './writeZarr';
import { type OmeDescription, omeImage } from './zarrDocuments';
import { type OmeVersion, ZARR_FORMATS } from './zarrFormats';

/** Where a group is, and in which version of OME-Zarr. */
export interface GroupOptions {
  /** Path of the group in the store. Default: its root. */
  readonly path?: string;
  /** Default 0.5. */
  readonly version?: OmeVersion;
  readonly signal?: AbortSignal;
}

/** What an OME-Zarr group says of its image, and where it is. */
export interface OmeGroupOptions extends OmeDescription, GroupOptions {}

/**
 * Writes the metadata of an OME-Zarr image group. The arrays it names carry `dimension_names` equal to the axes'
 * names. Throws ArgumentError when ranks differ, WriteError when the store fails.
 */
export async function writeOmeZarrGroup(store: WritableStore, options: OmeGroupOptions): Promise<void> {
  await writeGroup(store, omeImage(options), options, options.attributes);
}

/**
 * Writes the group at `<path>/labels` that lists an image's label images by name; replaces the list there was.
 * Throws WriteError when the store fails.
 */
export async function writeOmeZarrLabels(
  store: WritableStore,
  names: readonly string[],
  options: GroupOptions = {},
): Promise<void> {
  await writeGroup(store, { labels: names }, { ...options, path: `${options.path ?? ''}/labels` });
}

/** The names of an image's label images in the store; none where there is no list. Throws as the store does. */
export async function readLabelNames(
  store: WritableStore,
  { path = '', version = '0.5', signal }: GroupOptions,
): Promise<string[]> {
  const format = ZARR_FORMATS[version];
  const key = absolutePath(path, 'labels', format.attributesName);
  return writing(
    key,
    async () => {
      const bytes = await store.get(key, { signal });
      const document: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes));
      const { labels } = isObject(document) ? format.omeOf(document) : ({} as Json);
      return Array.isArray(labels) ? labels.filter((name): name is string => typeof name === 'string') : [];
    },
    signal,
  );
}

/** Writes a group that has `ome` to say, in the format of the version. Throws WriteError when the store fails. */
export async function writeGroup(
  store: WritableStore,
  ome: Json,
  { path = '', version = '0.5', signal }: GroupOptions,
  attributes: Json = {},
): Promise<void> {
  const format = ZARR_FORMATS[version];
  if (!format) throw new ArgumentError('version', version, Object.keys(ZARR_FORMATS).join(' or '));
  await writeDocuments(store, path, format.group({ ...attributes, ...format.attributes(ome) }), signal);
}
