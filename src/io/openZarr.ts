// Opens one Zarr array, v2 or v3, sharded or not.
import { type AbsolutePath, Location, open } from 'zarrita';
import { FormatError } from '../core/errors';
import type { Source } from '../core/source';
import { type ArrayInfo, describeArray } from './arrayMetadata';
import { fullMessage } from './decode';
import { checkIntegrity } from './integrity';
import { absolutePath, encodeJson, nodeKey, readNode, type ZarrNode } from './metadata';
import type { RetryOptions } from './retry';
import { type NamedStore, type RangeStore, toStore, type ZarrLocation } from './stores';
import { createZarrSource, type ZarrSourceOptions } from './zarrSource';
import { registerZstd } from './zstd';

/** Options of `openZarr`. */
export interface OpenZarrOptions {
  /** Path of the array in the hierarchy. Default: its root. */
  readonly path?: string;
  readonly signal?: AbortSignal;
  /** How HTTP requests are retried. */
  readonly retry?: RetryOptions;
}

/**
 * Opens the Zarr array (v2 or v3) at a URL or in a zarrita store; reads only its metadata. Throws ArgumentError for
 * a malformed location, NotFoundError when nothing is there, FormatError when it is no readable Zarr array
 * (unsupported dtype included), CodecError for an unsupported codec, NetworkError when the server fails, the
 * signal's reason when aborted.
 */
export async function openZarrSource(location: ZarrLocation, options: OpenZarrOptions = {}): Promise<Source> {
  const { path = '', signal, retry } = options;
  signal?.throwIfAborted();
  const store = toStore(location, retry);
  return openArrayNode(store, await readNode(store, absolutePath(path), { signal }), { signal });
}

/** Opens an array whose metadata is known. Throws as `openZarr`. */
export async function openArrayNode(
  { store: inner, key: storeKey, queue }: NamedStore,
  node: ZarrNode,
  options: Partial<ZarrSourceOptions> & { signal?: AbortSignal } = {},
): Promise<Source> {
  const info = describeArray(node);
  const { format, path, key } = node;
  const store = arrayStore(inner, storeKey, node, info);
  const { signal, ...sourceOptions } = options;
  registerZstd();
  const opening = format === 3 ? open.v3 : open.v2;
  let array: Awaited<ReturnType<typeof openArray>>;
  const openArray = () => opening(new Location(store, path), { kind: 'array', signal });
  try {
    array = await openArray();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new FormatError(key, fullMessage(cause), { cause });
  }
  const { half, chunksPerShard, chunkName } = info;
  // A view over the bytes needs no worker, and a store's own array extensions exist only here.
  const inline = !info.encoded || 'arrayExtensions' in store;
  return createZarrSource(array, {
    queue,
    ...sourceOptions,
    ...(inline ? { decoder: null } : {}),
    key,
    chunkName,
    reference: { store, path, format, half, chunksPerShard },
  });
}

/** The store as zarrita reads it for one array: repaired metadata, checked chunks, shard indices never aborted. */
function arrayStore(inner: RangeStore, storeKey: string, node: ZarrNode, info: ArrayInfo): RangeStore {
  const known: Record<string, unknown> =
    node.format === 3
      ? { 'zarr.json': info.document }
      : { '.zarray': info.document, '.zattrs': node.attributes };
  const metadata = new Map(
    Object.entries(known).map(([name, value]) => [absolutePath(node.path, name), encodeJson(value)] as const),
  );
  const checked = (key: AbsolutePath, bytes: Uint8Array | undefined) => {
    if (bytes) checkIntegrity(bytes, info.outerCodec, nodeKey(storeKey, key));
    return bytes;
  };
  return {
    ...inner,
    get: async (key, options) => metadata.get(key) ?? checked(key, await inner.get(key, options)),
    // zarrita shares a shard's index between its chunks, with the first one's signal.
    getRange: async (key, range, options) =>
      'suffixLength' in range
        ? inner.getRange(key, range)
        : checked(key, await inner.getRange(key, range, options)),
  };
}
