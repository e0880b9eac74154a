// Where images are: files of a page, URLs, paths in Node.
import type { GeoTIFF } from 'geotiff';
import { ArgumentError, NotFoundError, SourceError } from '../../core/errors';
import { createRetryingFetch } from '../retry';
import { nodePackage } from './decode';

/** A file that can be read. */
export interface ImageFile {
  readonly name: string;
  /** Distinguishes the file from all others, for caches. */
  readonly key: string;
  bytes(signal?: AbortSignal): Promise<Uint8Array>;
  /** The file as a TIFF, of which parts are read as needed. */
  tiff(): Promise<GeoTIFF>;
}

type BaseSource = Parameters<typeof GeoTIFF.fromSource>[0];

/** What imread takes: a path, pattern or URL; files; URLs. */
export type ImageLocation = string | URL | Blob | readonly (string | URL | Blob)[];

let opened = 0;

/**
 * The files of a location in natural order (2 before 10). Patterns are for Node only.
 * @throws ArgumentError for what is no location; NotFoundError where a pattern matches nothing
 */
export async function imageFiles(location: ImageLocation): Promise<ImageFile[]> {
  const list = Array.isArray(location) ? location : [location as string | URL | Blob];
  const files = (await Promise.all(list.map(filesOf))).flat();
  if (files.length === 0) {
    if (typeof location === 'string') throw new NotFoundError(location, 'no file matches');
    throw new ArgumentError('location', location, 'at least one file');
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  return files.sort((a, b) => compare(a.name, b.name));
}

async function filesOf(item: unknown): Promise<ImageFile[]> {
  if (item instanceof Blob) return [blobFile(item)];
  const text = item instanceof URL ? item.href : item;
  if (typeof text !== 'string' || text === '')
    throw new ArgumentError('location', item, 'a path, a pattern, a URL, a File, or a list of those');
  if (/^(https?|data|blob):/i.test(text)) return [urlFile(text)];
  const node = globalThis.process?.getBuiltinModule;
  const base = (globalThis as { document?: { baseURI?: string } }).document?.baseURI;
  if (!node || base) {
    if (/[*{[]/.test(text)) throw new ArgumentError('location', text, 'URLs: patterns are for Node only');
    return [urlFile(new URL(text, base ?? globalThis.location?.href).href)];
  }
  const path = /^file:/i.test(text) ? node('node:url').fileURLToPath(text) : text;
  if (node('node:fs').existsSync(path)) return [pathFile(path)];
  const { glob } = await nodePackage<typeof import('tinyglobby')>('tinyglobby');
  return (await glob(path.replaceAll('\\', '/'), { absolute: true, expandDirectories: false })).map(pathFile);
}

function blobFile(blob: Blob): ImageFile {
  const name = (blob as File).name ?? 'blob';
  return {
    name,
    key: `${name}#${++opened}`,
    bytes: async () => new Uint8Array(await blob.arrayBuffer()),
    // geotiff's own fromBlob needs a FileReader, which Node lacks.
    tiff: async () => (await import('geotiff')).GeoTIFF.fromSource(blobSource(blob)),
  };
}

interface Slice {
  readonly offset: number;
  readonly length: number;
}

const sliceOf = (blob: Blob, { offset, length }: Slice): Promise<ArrayBuffer> =>
  blob.slice(offset, offset + length).arrayBuffer();

const blobSource = (blob: Blob): BaseSource => ({
  fileSize: blob.size,
  fetch: (slices: readonly Slice[]) => Promise.all(slices.map((slice) => sliceOf(blob, slice))),
  fetchSlice: async (slice: Slice) => ({ ...slice, data: await sliceOf(blob, slice) }),
  async close() {},
});

function urlFile(url: string): ImageFile {
  const fetch = createRetryingFetch();
  return {
    name: url,
    key: url,
    async bytes(signal) {
      const response = await fetch(new Request(url, { signal }));
      if (response.status === 404) throw new NotFoundError(url, 'the server has no such file');
      return new Uint8Array(await response.arrayBuffer());
    },
    tiff: async () => (await import('geotiff')).fromUrl(url),
  };
}

function pathFile(path: string): ImageFile {
  const fs = globalThis.process.getBuiltinModule('node:fs/promises');
  return {
    name: path,
    key: path,
    async bytes(signal) {
      try {
        return new Uint8Array(await fs.readFile(path, { signal }));
      } catch (cause) {
        signal?.throwIfAborted();
        throw new SourceError(path, (cause as Error).message, { cause });
      }
    },
    tiff: async () => (await import('geotiff')).fromFile(path),
  };
}
