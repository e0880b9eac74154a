// Where image files are: files of a page, URLs, paths and patterns in Node.
import { ArgumentError, NotFoundError } from '../core/errors';
import { type ByteSource, blobBytes, pathBytes, urlBytes } from './byteSource';
import { nodePackage } from './nodePackage';
import type { RetryOptions } from './retry';

/** A file: a URL, a File or Blob; in Node also a path. */
export type FileLocation = string | URL | Blob;

/** What imread takes: a path, pattern or URL; files; URLs. */
export type ImageLocation = FileLocation | readonly FileLocation[];

/**
 * The files of a location in natural order (2 before 10). Patterns are for Node only.
 * @throws ArgumentError for what is no location; NotFoundError where a pattern matches nothing
 */
export async function imageFiles(location: ImageLocation): Promise<ByteSource[]> {
  const list = Array.isArray(location) ? location : [location as FileLocation];
  const files = (await Promise.all(list.map((item) => filesOf(item)))).flat();
  if (files.length === 0) {
    if (typeof location === 'string') throw new NotFoundError(location, 'no file matches');
    throw new ArgumentError('location', location, 'at least one file');
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  return files.sort((a, b) => compare(a.name, b.name));
}

/** The one file at a location. @throws ArgumentError for what is no location; NotFoundError for a missing path */
export async function oneFile(location: FileLocation, retry?: RetryOptions): Promise<ByteSource> {
  const files = await filesOf(location, retry);
  if (files.length === 0) throw new NotFoundError(String(location), 'no such file');
  if (files.length > 1) throw new ArgumentError('location', location, 'one file');
  return files[0];
}

async function filesOf(item: unknown, retry?: RetryOptions): Promise<ByteSource[]> {
  if (item instanceof Blob) return [blobBytes(item)];
  const text = item instanceof URL ? item.href : item;
  if (typeof text !== 'string' || text === '')
    throw new ArgumentError('location', item, 'a path, a pattern, a URL, a File, or a list of those');
  if (/^(https?|data|blob):/i.test(text)) return [urlBytes(text, retry)];
  const node = globalThis.process?.getBuiltinModule;
  const base = (globalThis as { document?: { baseURI?: string } }).document?.baseURI;
  if (!node || base) {
    if (/[*{[]/.test(text)) throw new ArgumentError('location', text, 'URLs: patterns are for Node only');
    return [urlBytes(new URL(text, base ?? globalThis.location?.href).href, retry)];
  }
  const path = /^file:/i.test(text) ? node('node:url').fileURLToPath(text) : text;
  if (node('node:fs').existsSync(path)) return [pathBytes(path)];
  const { glob } = await nodePackage<typeof import('tinyglobby')>('tinyglobby');
  return (await glob(path.replaceAll('\\', '/'), { absolute: true, expandDirectories: false })).map(
    pathBytes,
  );
}
