// What an argument of the command line points at: a Zarr array, an OME-Zarr image, an image file.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { openZarr } from '../arrays';
import { ArgumentError } from '../core/errors';
import { imread } from '../imread';
import { formatOf } from '../io/images/picture';
import { readNode } from '../io/metadata';
import { openLocation } from '../io/nodeStore';
import { toStore } from '../io/stores';
import type { LazyArray, Selection, Selector } from '../lazyArray';
import type { MultiscaleImage } from '../multiscaleImage';
import { openOmeZarr } from '../omeZarr';
import { openTiff } from '../tiff';

/** An opened location. */
export type Opened =
  | { readonly array: LazyArray; readonly format: string }
  | { readonly image: MultiscaleImage };

/** Opens a URL or a path. @throws the errors of {@link openZarr}, {@link openOmeZarr}, {@link openTiff}, {@link imread} */
export async function open(location: string, signal?: AbortSignal): Promise<Opened> {
  const format = isFolder(location) ? undefined : formatOf(location.replace(/[?#].*$/, ''));
  if (format === 'tiff') return { image: await openTiff(location, { signal }) };
  if (format) {
    const frames = await imread(location);
    return { array: frames.shape[0] === 1 ? frames.slice(0) : frames, format: format.toUpperCase() };
  }
  const store = openLocation(location);
  const { kind } = await readNode(toStore(store), '/', { signal });
  return kind === 'array'
    ? { array: await openZarr(store, { signal }), format: 'Zarr array' }
    : { image: await openOmeZarr(store, { signal }) };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Whether an argument is a pattern, rather than the path of something there is. */
export const isPattern = (location: string): boolean =>
  !/^https?:/i.test(location) && isDynamicPattern(location) && !statSync(location, { throwIfNoEntry: false });

/** The files and folders that a pattern matches, in natural order of their names; of a Zarr only the whole. */
export async function matches(pattern: string): Promise<string[]> {
  const found = await glob(pattern.replaceAll('\\', '/'), { onlyFiles: false, expandDirectories: false });
  const paths = found.map((path) => path.replace(/\/$/, ''));
  const { compare } = new Intl.Collator('en', { numeric: true });
  return paths.sort(compare);
}

/** A name for the outputs of an image: that of its file, without extension. */
export const imageName = (path: string): string => basename(path).replace(/(\.ome)?\.[^.]+$/i, '');

/** Reads `c=0`, `y=0:512`, `c=0,z=-1`: a dimension (name or number), an index or start:stop[:step]. */
export function parseSelection(texts: readonly string[]): Selection {
  const selection: Record<string, Selector> = {};
  for (const text of texts.flatMap((list) => list.split(','))) {
    const match = /^\s*([^=\s]+)\s*=\s*(-?\d+)(?::(-?\d+)(?::(\d+))?)?\s*$/.exec(text);
    if (!match)
      throw new ArgumentError('--select', text, 'dimension=index or dimension=start:stop, e.g. c=0');
    const [, dimension, start, stop, step] = match;
    if (stop === undefined) selection[dimension] = Number(start);
    else selection[dimension] = [Number(start), Number(stop), Number(step ?? 1)];
  }
  return selection;
}
