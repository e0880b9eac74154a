// Reads and checks the metadata of one node (array or group) of a Zarr hierarchy, v2 or v3.
import type { AbsolutePath } from 'zarrita';
import { FormatError, NetworkError, NotFoundError } from '../core/errors';
import { HttpStatusError } from './retry';
import type { NamedStore } from './stores';

export type Json = Record<string, unknown>;

/** The metadata of one node. */
export interface ZarrNode {
  readonly format: 2 | 3;
  readonly kind: 'array' | 'group';
  readonly path: AbsolutePath;
  /** Store key and path: the node's name in errors and caches. */
  readonly key: string;
  readonly attributes: Json;
  /** `zarr.json`, `.zarray` or `.zgroup`, parsed. */
  readonly document: Json;
}

/** A path as zarrita wants it: from the root, without a trailing slash. */
export function absolutePath(...parts: readonly string[]): AbsolutePath {
  const names = parts.flatMap((part) => part.split('/')).filter((name) => name !== '');
  return `/${names.join('/')}`;
}

/** The name of a node: its store's key and its path. */
export const nodeKey = (storeKey: string, path: AbsolutePath): string =>
  path === '/' ? storeKey : `${storeKey}${path}`;

/** Options of {@link readNode}. */
export interface ReadNodeOptions {
  readonly signal?: AbortSignal;
  /** The format, where a parent has told it; otherwise v3 is tried first. */
  readonly format?: 2 | 3;
}

/**
 * The metadata of the node at `path`. Throws NotFoundError when there is none, FormatError when what is there is
 * not Zarr metadata, NetworkError when the store fails.
 */
export async function readNode(
  named: NamedStore,
  path: AbsolutePath,
  { signal, format }: ReadNodeOptions = {},
): Promise<ZarrNode> {
  const key = nodeKey(named.key, path);
  const read = (name: string) => readJson(named, absolutePath(path, name), signal);
  const v3 = async () => {
    const document = await read('zarr.json');
    return document && nodeV3(document, path, key);
  };
  const v2 = async () => {
    const [array, group, attributes] = await Promise.all(['.zarray', '.zgroup', '.zattrs'].map(read));
    return nodeV2(array, group, attributes, path, key);
  };
  const failures: unknown[] = [];
  for (const attempt of format === 2 ? [v2] : format === 3 ? [v3] : [v3, v2]) {
    try {
      const node = await attempt();
      if (node) return node;
    } catch (error) {
      // A server may answer a missing key with a page or with 403: the other format may still be there.
      if (!(error instanceof FormatError) && !isForbidden(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  throw new NotFoundError(key, 'nothing here: no zarr.json, .zarray or .zgroup');
}

/** Whether a server refused with 403, which private buckets answer for keys that do not exist. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof NetworkError && error.cause instanceof HttpStatusError && error.cause.status === 403;

/** A JSON object of a store; undefined when there is no such key. Throws FormatError for anything else. */
export async function readJson(
  { store, key: storeKey }: NamedStore,
  path: AbsolutePath,
  signal?: AbortSignal,
): Promise<Json | undefined> {
  const bytes = await store.get(path, { signal });
  signal?.throwIfAborted();
  if (!bytes) return undefined;
  const text = new TextDecoder().decode(bytes);
  const key = nodeKey(storeKey, path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const start = JSON.stringify(text.trimStart().slice(0, 40));
    throw new FormatError(key, `expected Zarr metadata in JSON, received text starting with ${start}`, {
      cause,
    });
  }
  if (!isObject(value)) throw new FormatError(key, 'expected a JSON object');
  return value;
}

/** JSON as Zarr has it: NaN and infinities by name. */
export function encodeJson(value: unknown): Uint8Array {
  const name = (_: string, v: unknown) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v);
  return new TextEncoder().encode(JSON.stringify(value, name, 2));
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function nodeV3(document: Json, path: AbsolutePath, key: string): ZarrNode {
  const { zarr_format: format, node_type: kind, attributes } = document;
  if (format !== 3 || (kind !== 'array' && kind !== 'group')) {
    const received = `zarr_format ${JSON.stringify(format)} and node_type ${JSON.stringify(kind)}`;
    throw new FormatError(
      key,
      `zarr.json: expected zarr_format 3 and node_type "array" or "group", received ${received}`,
    );
  }
  return { format: 3, kind, path, key, attributes: isObject(attributes) ? attributes : {}, document };
}

function nodeV2(
  array: Json | undefined,
  group: Json | undefined,
  attributes: Json = {},
  path: AbsolutePath,
  key: string,
): ZarrNode | undefined {
  const document = array ?? group;
  if (!document) return undefined;
  if (document.zarr_format !== 2) {
    const received = JSON.stringify(document.zarr_format);
    throw new FormatError(
      key,
      `${array ? '.zarray' : '.zgroup'}: expected zarr_format 2, received ${received}`,
    );
  }
  return { format: 2, kind: array ? 'array' : 'group', path, key, attributes, document };
}
