// What an argument of the command line points at: a Zarr array or an OME-Zarr image.
import { openZarr } from '../arrays';
import { ArgumentError } from '../core/errors';
import { readNode } from '../io/metadata';
import { openLocation } from '../io/nodeStore';
import { toStore } from '../io/stores';
import type { LazyArray, Selection, Selector } from '../lazyArray';
import { type OmeZarrImage, openOmeZarr } from '../omeZarr';

/** An opened location. */
export type Opened = { readonly array: LazyArray } | { readonly image: OmeZarrImage };

/** Opens a URL or a path. @throws the errors of {@link openZarr} and {@link openOmeZarr} */
export async function open(location: string, signal?: AbortSignal): Promise<Opened> {
  const store = openLocation(location);
  const { kind } = await readNode(toStore(store), '/', { signal });
  return kind === 'array'
    ? { array: await openZarr(store, { signal }) }
    : { image: await openOmeZarr(store, { signal }) };
}

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
