// What an interrupted write has left in a store.
import type { AbsolutePath } from 'zarrita';
import { WriteError } from '../core/errors';
import type { Json } from './metadata';
import { readQueue } from './stores';
import type { WritableStore } from './writeZarr';

/** Stores that can tell what they have without reading it. */
interface Listing {
  has(key: AbsolutePath, options?: { signal?: AbortSignal }): boolean | Promise<boolean>;
}

/** Whether the store has a value; one that cannot tell is asked for its first byte, or reads it whole. */
export async function hasKey(
  store: WritableStore,
  key: AbsolutePath,
  signal?: AbortSignal,
): Promise<boolean> {
  if ('has' in store) return (store as unknown as Listing).has(key, { signal });
  if (store.getRange) return (await store.getRange(key, { offset: 0, length: 1 }, { signal })) !== undefined;
  return (await store.get(key, { signal })) !== undefined;
}

/** Those of the chunks that are found there, by their index joined with commas. Throws as `isThere` does. */
export async function findWritten(
  chunks: Iterable<readonly [index: readonly number[], key: AbsolutePath]>,
  isThere: (key: AbsolutePath, index: readonly number[]) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const queue = readQueue();
  const found = new Set<string>();
  const looks: Promise<void>[] = [];
  for (const [index, key] of chunks)
    looks.push(
      queue.add(async () => {
        signal?.throwIfAborted();
        if (await isThere(key, index)) found.add(index.join());
      }),
    );
  await Promise.all(looks);
  return found;
}

/** Throws WriteError where the store has an array at `key` whose chunks mean something else. */
export async function checkSameArray(
  store: WritableStore,
  key: AbsolutePath,
  document: Json,
  signal?: AbortSignal,
): Promise<void> {
  const bytes = await store.get(key, { signal });
  if (bytes && meaning(JSON.parse(new TextDecoder().decode(bytes)) as Json) !== meaning(document))
    throw new WriteError(
      key,
      'cannot be resumed: another array is there (shape, chunks, dtype or codecs differ)',
    );
}

/** Attributes may change between two attempts. */
const meaning = ({ attributes: _, ...rest }: Json): string => JSON.stringify(rest);
