// Zarr in a directory of the File System Access API: picked by the user, or the origin's private file system (OPFS).
import type { AbsolutePath, AsyncReadable, AsyncWritable } from 'zarrita';
import { LockedError, WriteError } from '../core/errors';
import { type DirectoryHandle, storeFromDirectoryHandle } from './stores';
import type { Release } from './targetLock';
import { webLock } from './webLock';

/** The part of a `FileSystemDirectoryHandle` that is written to. */
export interface WritableDirectoryHandle extends DirectoryHandle {
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<WritableDirectoryHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<WritableFileHandle>;
  removeEntry?(name: string): Promise<void>;
}

export interface WritableFileHandle {
  getFile(): Promise<Blob>;
  createWritable(options?: { mode?: 'exclusive' | 'siloed' }): Promise<WritableFile>;
}

export interface WritableFile {
  write(data: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
}

/** A store that reads and writes a directory. */
export interface DirectoryStore extends Required<AsyncReadable>, AsyncWritable {
  /** Locks what is below a path against other tabs of the site. @throws LockedError when another tab has it */
  lock(path: string): Promise<() => Promise<void>>;
}

/**
 * A store over a directory that can be written: a value is there whole or not at all, for its file is replaced when it
 * is complete. A page that is closed meanwhile may leave an empty file, which counts as missing here; a resume fills it.
 * Chromium may leave its own file beside it (`.crswap`), which is no key of the store. The root of OPFS is
 * `await navigator.storage.getDirectory()`.
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
    async lock(path) {
      const place = await privatePath(directory);
      if (place !== undefined) return webLock(`tilewise opfs:${place}${path}`, path);
      return failing(path, async () => lockFile(await open(path.slice(1)), path));
    },
    async set(key: AbsolutePath, value: Uint8Array) {
      const cut = key.lastIndexOf('/');
      await failing(key, async () => {
        const parent = await open(key.slice(1, Math.max(1, cut)));
        const name = key.slice(cut + 1);
        const file = await parent.getFileHandle(name, { create: true });
        try {
          await replace(await file.createWritable(), value);
        } catch (error) {
          await removeEmpty(parent, name, file);
          throw error;
        }
      });
    },
  };
}

/** The path of a directory in the origin's private file system; undefined for others, which have none to tell. */
async function privatePath(directory: WritableDirectoryHandle): Promise<string | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const names = await root.resolve(directory as unknown as FileSystemDirectoryHandle);
    return names?.map((name) => `/${name}`).join('');
  } catch {
    return undefined;
  }
}

const LOCK = '.tilewise.lock';

/** An exclusive writer of a file of its own, which a tab that is closed lets go of. */
async function lockFile(parent: WritableDirectoryHandle, path: string): Promise<Release> {
  const file = await parent.getFileHandle(LOCK, { create: true });
  let writer: WritableFile;
  try {
    writer = await file.createWritable({ mode: 'exclusive' });
  } catch (error) {
    if ((error as Error).name !== 'NoModificationAllowedError') throw error;
    throw new LockedError(path, 'is being written by another tab');
  }
  return async () => {
    await writer.abort().catch(() => {});
    await parent.removeEntry?.(LOCK).catch(() => {});
  };
}

/** What goes wrong becomes a WriteError that says so in words. */
async function failing<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof WriteError) throw cause;
    throw new WriteError(key, reasonOf(cause as Error), { cause });
  }
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

/** The file that was made for a value that did not get there. */
async function removeEmpty(
  parent: WritableDirectoryHandle,
  name: string,
  file: WritableFileHandle,
): Promise<void> {
  const size = await file.getFile().then(
    (content) => content.size,
    () => undefined,
  );
  if (size === 0) await parent.removeEntry?.(name).catch(() => {});
}

const REASONS: Readonly<Record<string, string>> = {
  QuotaExceededError: "the browser's storage for this site is full",
  NotAllowedError: 'permission to write to the folder was not given, or was revoked',
  NotFoundError: 'the folder is gone',
  NoModificationAllowedError: 'the file is being written by another page',
};

const reasonOf = ({ name, message }: Error): string =>
  REASONS[name] ? `${REASONS[name]} (${message})` : message;
