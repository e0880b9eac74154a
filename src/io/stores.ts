// From what callers have (a URL, a zarrita store, a Map, dropped files, a directory) to one kind of store.
import PQueue from 'p-queue';
import type { AbsolutePath, AsyncReadable, GetOptions, Readable } from 'zarrita';
import { FetchStore } from 'zarrita';
import { ArgumentError } from '../core/errors';
import { type ByteSource, blobBytes, urlBytes } from './byteSource';
import { rangeBounds } from './ranges';
import { untilAborted } from './request';
import { createRetryingFetch, type RetryOptions } from './retry';
import { zipFileStore } from './zipFile';

/**
 * Where a Zarr hierarchy is: an absolute http(s) URL (relative in a page), which may be that of a zip file (`.zip`,
 * `.ozx`); a zarrita store such as a `Map`; a zip file as File or Blob.
 */
export type ZarrLocation = string | URL | Readable | Blob;

/** A store that answers ranges. */
export type RangeStore = Required<AsyncReadable>;

/** A store, the name its arrays go by in caches and errors, and the bound on their concurrent reads. */
export interface NamedStore {
  readonly store: RangeStore;
  readonly key: string;
  readonly queue: TaskQueue;
}

/** Runs tasks, a bounded number at a time; p-queue's `PQueue` is one. */
export interface TaskQueue {
  add<T>(task: () => Promise<T>): Promise<T>;
}

/** Chunks of one store fetched and decoded at a time. */
export const readQueue = (): TaskQueue => new PQueue({ concurrency: 8 });

let opened = 0;

/**
 * The store at a location. URLs get retries; other stores are used as they are. A URL is its own key, so that
 * opening it twice shares cached chunks; other stores may change under us and get a new key each time.
 * Throws ArgumentError for a missing or malformed URL and for anything that is neither URL nor store.
 */
export function toStore(location: ZarrLocation, options: RetryOptions = {}): NamedStore {
  if (typeof location === 'string' || location instanceof URL) {
    const url = normalizeUrl(location);
    if (isZipName(url)) return zippedStore(urlBytes(url.replace(/\/(?=$|[?#])/, ''), options));
    return {
      store: promptStore(new FetchStore(url, { fetch: createRetryingFetch(options) })),
      key: keyOfUrl(url),
      queue: readQueue(),
    };
  }
  if (location instanceof Blob) return zippedStore(blobBytes(location));
  if (location === null || typeof location !== 'object' || typeof location.get !== 'function')
    throw new ArgumentError('location', location, 'a URL or a zarrita store (an object with a get method)');
  const { url, root } = location as { url?: string | URL; root?: string };
  const name = url ? keyOfUrl(String(url)) : typeof root === 'string' ? root : 'memory';
  return { store: rangeStore(location), key: `${name}#${++opened}`, queue: readQueue() };
}

/** Whether a URL or path is that of a zip file, by its extension. */
export const isZipName = (name: string): boolean => /\.(zip|ozx)\/?(?=$|[?#])/i.test(name);

const zippedStore = (file: ByteSource): NamedStore => ({
  store: promptStore(zipFileStore(file)),
  key: keyOfUrl(file.key),
  queue: readQueue(),
});

/** A store whose reads reject as soon as they are aborted, whether or not the signal gets through to the request. */
const promptStore = (store: RangeStore): RangeStore => ({
  get: (key, options) => untilAborted(store.get(key, options), options?.signal),
  getRange: (key, range, options) => untilAborted(store.getRange(key, range, options), options?.signal),
});

/** Drops the trailing slash and the query, which may hold a signature. */
const keyOfUrl = (url: string): string => url.replace(/[?#].*$/, '').replace(/\/+$/, '');

/**
 * The absolute URL of a Zarr directory, ending in a slash. Relative ones are resolved against the page (or worker).
 * Throws ArgumentError for an empty or malformed URL and for other schemes than http and https.
 */
export function normalizeUrl(location: string | URL): string {
  const accepted = 'an http or https URL';
  const text = String(location).trim();
  if (text === '') throw new ArgumentError('location', text, accepted);
  const base =
    (globalThis as { document?: { baseURI?: string } }).document?.baseURI ?? globalThis.location?.href;
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw new ArgumentError(
      'location',
      text,
      `${accepted} (files are opened by openLocation of tilewise/node)`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ArgumentError('location', text, accepted);
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

/** Any zarrita store as an asynchronous one with ranges; a store without `getRange` reads the whole value. */
export function rangeStore(store: Readable): RangeStore {
  const { arrayExtensions } = store as { arrayExtensions?: unknown };
  return {
    get: async (key, options) => store.get(key, options),
    async getRange(key, range, options) {
      if (store.getRange) return store.getRange(key, range, options);
      const value = await store.get(key, options);
      return value?.subarray(...rangeBounds(range, value.length));
    },
    // Virtual stores bring array extensions, which zarr.open applies.
    ...(arrayExtensions ? { arrayExtensions } : {}),
  };
}

/** One file of a dropped or chosen folder; `path` may start with the folder's name, as `webkitRelativePath` does. */
export interface PathFile {
  readonly path: string;
  readonly file: Blob;
}

const METADATA = /(^|\/)(zarr\.json|\.zgroup|\.zarray)$/;

/**
 * A store over the files of a folder. The hierarchy's root is the shallowest folder that holds Zarr metadata.
 * Throws ArgumentError when no file is Zarr metadata.
 */
export function storeFromFiles(files: readonly PathFile[]): RangeStore {
  const clean = files.map(({ path, file }) => ({ path: path.replace(/^\/+/, ''), file }));
  const roots = clean.map(({ path }) => path).filter((path) => METADATA.test(path));
  if (roots.length === 0)
    throw new ArgumentError('files', files.map(({ path }) => path).slice(0, 5), 'the files of a Zarr folder');
  const depth = (path: string) => path.split('/').length;
  const shallowest = roots.reduce((a, b) => (depth(b) < depth(a) ? b : a));
  const prefix = shallowest.slice(0, shallowest.lastIndexOf('/') + 1);
  const found = new Map<string, Blob>();
  for (const { path, file } of clean) {
    if (path.startsWith(prefix)) found.set(`/${path.slice(prefix.length)}`, file);
  }
  return blobStore(async (key) => found.get(key));
}

/** The part of the File System Access API that is read. */
export interface DirectoryHandle {
  getDirectoryHandle(name: string): Promise<DirectoryHandle>;
  getFileHandle(name: string): Promise<{ getFile(): Promise<Blob> }>;
}

/**
 * A store over a directory of the File System Access API or of the origin-private file system. Empty files count as
 * missing.
 */
export function storeFromDirectoryHandle(handle: DirectoryHandle): RangeStore {
  const directories = new Map<string, Promise<DirectoryHandle>>();
  const directory = (path: string): Promise<DirectoryHandle> => {
    if (path === '') return Promise.resolve(handle);
    const known = directories.get(path);
    if (known) return known;
    const cut = path.lastIndexOf('/');
    const opening = directory(path.slice(0, Math.max(0, cut))).then((parent) =>
      parent.getDirectoryHandle(path.slice(cut + 1)),
    );
    directories.set(path, opening);
    opening.catch(() => directories.delete(path));
    return opening;
  };
  return blobStore(async (key) => {
    const cut = key.lastIndexOf('/');
    try {
      const parent = await directory(key.slice(1, Math.max(1, cut)));
      const file = await (await parent.getFileHandle(key.slice(cut + 1))).getFile();
      // What a page leaves that was closed before it had written the file.
      return file.size > 0 ? file : undefined;
    } catch (error) {
      const name = (error as { name?: string }).name;
      if (name === 'NotFoundError' || name === 'TypeMismatchError') return undefined;
      throw error;
    }
  });
}

function blobStore(find: (key: AbsolutePath) => Promise<Blob | undefined>): RangeStore {
  const bytes = async (blob: Blob, signal?: AbortSignal) => {
    const data = new Uint8Array(await blob.arrayBuffer());
    signal?.throwIfAborted();
    return data;
  };
  return {
    async get(key, options?: GetOptions) {
      options?.signal?.throwIfAborted();
      const blob = await find(key);
      return blob && bytes(blob, options?.signal);
    },
    async getRange(key, range, options?: GetOptions) {
      options?.signal?.throwIfAborted();
      const blob = await find(key);
      return blob && bytes(blob.slice(...rangeBounds(range, blob.size)), options?.signal);
    },
  };
}
