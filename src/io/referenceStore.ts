// Zarr over files that are none: byte ranges listed in a document of the kerchunk kind.
import { parse } from 'reference-spec-reader';
import type { AbsolutePath, AsyncReadable, GetOptions } from 'zarrita';
import { ArgumentError, FormatError } from '../core/errors';
import { type ByteSource, pathBytes, urlBytes } from './byteSource';
import { type FileLocation, oneFile } from './files';
import { isObject, type Json } from './metadata';
import { rangeBounds } from './ranges';
import { readable } from './readable';
import type { RetryOptions } from './retry';

/** Options of {@link storeFromReferences}. */
export interface ReferenceOptions {
  readonly signal?: AbortSignal;
  /** The file of references that name none; others that are relative are beside it, or beside the document. */
  readonly target?: string | URL;
  /** How HTTP requests are retried. */
  readonly retry?: RetryOptions;
}

/** Part of a file; all of it without a length. */
interface FilePart {
  readonly file: ByteSource;
  readonly offset: number;
  readonly length?: number;
}

const CLOUDS: Readonly<Record<string, string>> = {
  s3: 'https://s3.amazonaws.com/',
  gs: 'https://storage.googleapis.com/',
  gcs: 'https://storage.googleapis.com/',
};

/**
 * A store over the byte ranges of other files (HDF5, TIFF, NetCDF, GRIB) that a kerchunk reference document lists; give
 * it to `openZarr` or `openOmeZarr`. Versions 0 and 1, with templates and generated keys; inline and base64 values; URLs
 * of s3 and gs are read over HTTPS, paths in Node. Ranges are fetched, with retries, when they are read.
 * @param location the document: a URL, a File, in Node also a path; or its parsed content
 * @throws ArgumentError for what is no location; NotFoundError, NetworkError; FormatError for what is no such document
 */
export async function storeFromReferences(
  location: FileLocation | Readonly<Record<string, unknown>>,
  options: ReferenceOptions = {},
): Promise<Required<AsyncReadable>> {
  const { signal, retry, target } = options;
  const isDocument = isObject(location) && !(location instanceof Blob) && !(location instanceof URL);
  const source = isDocument ? undefined : await oneFile(location as FileLocation, retry);
  const key = source?.name ?? 'references';
  const document = source
    ? parseDocument(await readable(source, () => source.bytes({ signal }), signal), key)
    : (location as Json);
  const resolve = fileResolver(source, target, retry);
  const entries = new Map<string, Uint8Array | FilePart>();
  for (const [name, reference] of parseReferences(document, key))
    entries.set(`/${name}`, entryOf(reference, resolve, `${key}/${name}`));
  const read = async (
    at: AbsolutePath,
    range?: Parameters<typeof rangeBounds>[0],
    { signal }: GetOptions = {},
  ) => {
    const entry = entries.get(at);
    if (!entry) return undefined;
    if (entry instanceof Uint8Array) return range ? entry.slice(...rangeBounds(range, entry.length)) : entry;
    const { file, offset } = entry;
    if (!range && entry.length === undefined) return file.bytes({ signal });
    const length = entry.length ?? (await file.size({ signal })) - offset;
    const [start, stop] = range ? rangeBounds(range, length) : [0, length];
    return file.read(offset + start, Math.max(0, stop - start), { signal });
  };
  return Object.assign(
    {
      get: (at: AbsolutePath, given?: GetOptions) => read(at, undefined, given),
      getRange: (at: AbsolutePath, range: Parameters<typeof rangeBounds>[0], given?: GetOptions) =>
        read(at, range, given),
    },
    { root: key },
  );
}

function parseDocument(bytes: Uint8Array, key: string): Json {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isObject(value)) return value;
  } catch (cause) {
    throw new FormatError(key, 'expected kerchunk references in JSON', { cause });
  }
  throw new FormatError(key, 'expected kerchunk references, a JSON object');
}

function parseReferences(document: Json, key: string): Map<string, unknown> {
  const { version, refs } = document;
  if (version !== undefined && (version !== 1 || !isObject(refs)))
    throw new FormatError(key, 'expected kerchunk references of version 0 or 1, with refs');
  // JSON may stand in place of its text.
  const texts = (given: Json): Json =>
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, isObject(value) ? JSON.stringify(value) : value]),
    );
  const spelled = version === 1 ? { ...document, refs: texts(refs as Json) } : texts(document);
  try {
    return parse(spelled as never);
  } catch (cause) {
    throw new FormatError(key, `its references cannot be read: ${(cause as Error).message}`, { cause });
  }
}

type Resolve = (url: string | null) => ByteSource;

/** Files by what references call them; each is opened once. */
function fileResolver(
  source: ByteSource | undefined,
  target: string | URL | undefined,
  retry: RetryOptions | undefined,
): Resolve {
  const files = new Map<string, ByteSource>();
  const base = target === undefined ? undefined : String(target);
  const find = (url: string | null): ByteSource => {
    const name = url ?? base;
    if (name === undefined)
      throw new ArgumentError('target', undefined, 'the file of references that name none');
    const [, scheme, rest] = /^(\w+):\/\/(.*)$/.exec(name) ?? [];
    if (scheme in CLOUDS) return urlBytes(CLOUDS[scheme] + rest, retry);
    if (scheme === 'http' || scheme === 'https') return urlBytes(name, retry);
    const node = globalThis.process?.getBuiltinModule;
    if (scheme === 'file' && node) return pathBytes(node('node:url').fileURLToPath(name));
    const beside = url !== null && base !== undefined ? base : source?.name;
    if (beside !== undefined && /^https?:/.test(beside)) return urlBytes(new URL(name, beside).href, retry);
    if (!node) throw new ArgumentError('references', name, 'URLs, absolute or beside the document');
    const { dirname, resolve } = node('node:path');
    return pathBytes(resolve(beside === undefined ? '.' : dirname(beside), name));
  };
  return (url) => {
    const key = url ?? '';
    const file = files.get(key) ?? find(url);
    files.set(key, file);
    return file;
  };
}

function entryOf(reference: unknown, resolve: Resolve, key: string): Uint8Array | FilePart {
  if (typeof reference === 'string') return inlineValue(reference);
  if (Array.isArray(reference)) {
    const [url, offset, length] = reference;
    const named = url === null || typeof url === 'string';
    const whole = reference.length === 1;
    if (named && whole) return { file: resolve(url), offset: 0 };
    if (named && [offset, length].every((n) => Number.isInteger(n) && n >= 0))
      return { file: resolve(url), offset, length };
  }
  throw new FormatError(
    key,
    `expected a value or [url, offset, length], received ${JSON.stringify(reference)}`,
  );
}

function inlineValue(text: string): Uint8Array {
  if (!text.startsWith('base64:')) return new TextEncoder().encode(text);
  return Uint8Array.from(atob(text.slice('base64:'.length)), (char) => char.charCodeAt(0));
}
