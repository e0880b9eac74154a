// Zarr in a directory of the File System Access API: picked by the user, or the origin's private file system (OPFS).
import type { AbsolutePath, AsyncReadable, AsyncWritable } from 'zarrita';
import { WriteError } from '../core/errors';
import { type DirectoryHandle, storeFromDirectoryHandle } from './stores';

/** The part of a `FileSystemDirectoryHandle` that is written to. */
export interface WritableDirectoryHandle extends DirectoryHandle {
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<WritableDirectoryHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<WritableFileHandle>;
}

export interface WritableFileHandle {
  getFile(): Promise<Blob>;
  createWritable(): Promise<WritableFile>;
}

export interface WritableFile {
  write(data: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
}

/** A store that reads and writes a directory. */
export type DirectoryStore = Required<AsyncReadable> & AsyncWritable;

/**
 * A store over a directory that can be written: a value is there whole or not at all, for its file is replaced when it
 * is complete. The root of OPFS is `await navigator.storage.getDirectory()`.
 * @param directory needs permission to write; writes throw WriteError naming the key: when it is revoked, when the quota
 * is used up, when the directory is gone
 */
export function directoryStore(directory: WritableDirectoryHandle): DirectoryStore {
  const directories = new Map<string, Promise<WritableDirectoryHandle>>();
  const open = (path: string): Promise<WritableDirectoryHandle> => {
    if (path === '') return Promise.resolve(directory);
    const known = directories.get(path);
    if (known) return known;
    const cut = path.lastIndexOf('/');
    const opening = open(path.slice(0, Math.max(0, cut))).then((parent) =>
      parent.getDirectoryHandle(path.slice(cut + 1), { create: true }),
    );
    directories.set(path, opening);
    opening.catch(() => directories.delete(path));
    return opening;
  };
  return {
    ...storeFromDirectoryHandle(directory),
    async set(key: AbsolutePath, value: Uint8Array) {
      const cut = key.lastIndexOf('/');
      try {
        const parent = await open(key.slice(1, Math.max(1, cut)));
        const file = await parent.getFileHandle(key.slice(cut + 1), { create: true });
        await replace(await file.createWritable(), value);
      } catch (cause) {
        throw new WriteError(key, reasonOf(cause as Error), { cause });
      }
    },
  };
}

async function replace(file: WritableFile, value: Uint8Array): Promise<void> {
  try {
    await file.write(value);
    await file.close();
  } catch (error) {
    await file.abort(error).catch(() => {});
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  QuotaExceededError: "the browser's storage for this site is full",
  NotAllowedError: 'permission to write to the folder was not given, or was revoked',
  NotFoundError: 'the folder is gone',
  NoModificationAllowedError: 'the file is being written by another page',
};

const reasonOf = ({ name, message }: Error): string =>
  REASONS[name] ? `${REASONS[name]} (${message})` : message;
