// A Zarr hierarchy inside a zip file, read by ranges.
import type { AbsolutePath, AsyncReadable, RangeQuery } from 'zarrita';
import { FormatError, isTilewiseError, SourceError } from '../core/errors';
import { blockReader } from './blockReader';
import type { ByteSource } from './byteSource';

/** Headers of entries, and small entries with them, are read in blocks of this size. */
const BLOCK = 2 ** 14;

type ZipEntries = Record<string, never>;

/** Metadata of Zarr at the root, or where a zip of a folder has it. */
const METADATA = /(^|\/)(zarr\.json|\.zgroup|\.zarray)$/;

/**
 * A store over a zip file (zip64 too; entries stored or deflated). Its directory is read by the first call, and again
 * should that have failed. The hierarchy's root is the shallowest folder with Zarr metadata. Reads throw FormatError for
 * what is no zip file, SourceError for a damaged entry, and the file's own errors, each naming the file.
 */
export function zipFileStore(file: ByteSource): Required<AsyncReadable> {
  const small = blockReader(file, BLOCK);
  const reader = {
    getLength: () => file.size(),
    read: (offset: number, length: number) => (length <= BLOCK / 2 ? small : file.read)(offset, length),
  };
  let opening: Promise<Required<AsyncReadable>> | undefined;
  const open = async () => {
    const { default: ZipFileStore } = await import('@zarrita/storage/zip');
    const store = new ZipFileStore(reader, {
      transformEntries: (entries) => withoutPrefix(entries as never) as never,
    });
    try {
      await store.has('/');
    } catch (cause) {
      if (isTilewiseError(cause)) throw cause;
      throw new FormatError(file.name, `is no zip file: ${(cause as Error).message}`, { cause });
    }
    return store as Required<AsyncReadable>;
  };
  const opened = () => {
    opening ??= open().catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const reading = async (
    key: AbsolutePath,
    read: (store: Required<AsyncReadable>) => Promise<Uint8Array | undefined>,
  ) => {
    const store = await opened();
    try {
      return await read(store);
    } catch (cause) {
      if (isTilewiseError(cause)) throw cause;
      throw new SourceError(`${file.name}${key}`, `could not be read: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  return {
    get: (key) => reading(key, (store) => store.get(key)),
    getRange: (key, range: RangeQuery) => reading(key, (store) => store.getRange(key, range)),
  };
}

function withoutPrefix(entries: ZipEntries): ZipEntries {
  const depth = (path: string) => path.split('/').length;
  const roots = Object.keys(entries).filter((path) => METADATA.test(path));
  if (roots.length === 0) return entries;
  const shallowest = roots.reduce((a, b) => (depth(b) < depth(a) ? b : a));
  const prefix = shallowest.slice(0, shallowest.lastIndexOf('/') + 1);
  return Object.fromEntries(
    Object.entries(entries).flatMap(([path, entry]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), entry]] : [],
    ),
  );
}
