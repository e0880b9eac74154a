// Zarr on a file system, for Node only.
import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AbsolutePath, AsyncMutable, GetOptions, RangeQuery } from 'zarrita';
import { ArgumentError, NotFoundError, SourceError, WriteError } from '../core/errors';
import { pathBytes } from './byteSource';
import { lockDirectory } from './nodeLock';
import { rangeBounds } from './ranges';
import { isZipName, type RangeStore } from './stores';
import type { LockableStore } from './targetLock';
import { zipFileStore } from './zipFile';

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/** A zarrita store over a directory. A value is written whole or not at all, also when the process dies. */
export class NodeStore implements AsyncMutable, LockableStore {
  readonly root: string;

  /** @param root - the directory; created by the first write. */
  constructor(root: string) {
    this.root = resolve(root);
  }

  /** The value at a key; undefined when there is none. Throws SourceError when the file cannot be read. */
  async get(key: AbsolutePath, { signal }: GetOptions = {}): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted();
    try {
      return await readFile(this.#file(key), { signal });
    } catch (error) {
      return this.#missing(error, key, signal);
    }
  }

  /** Part of the value at a key; shorter where the value ends. */
  async getRange(
    key: AbsolutePath,
    range: RangeQuery,
    { signal }: GetOptions = {},
  ): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted();
    let file: FileHandle | undefined;
    try {
      file = await open(this.#file(key), 'r');
      const [start, stop] = rangeBounds(range, (await file.stat()).size);
      const bytes = new Uint8Array(Math.max(0, stop - start));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      signal?.throwIfAborted();
      return bytes.subarray(0, bytesRead);
    } catch (error) {
      return this.#missing(error, key, signal);
    } finally {
      await file?.close();
    }
  }

  /** Writes a value atomically. Throws WriteError when it cannot be written. */
  async set(key: AbsolutePath, value: Uint8Array, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const file = this.#file(key);
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(temporary, value, { signal });
      await rename(temporary, file);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      signal?.throwIfAborted();
      throw new WriteError(file, (cause as Error).message, { cause });
    }
  }

  /**
   * Takes the lock of what is below a path, against other processes; a process that died has none. The writers do this.
   * Throws LockedError when somebody else has it.
   */
  lock(path: string): Promise<() => Promise<void>> {
    return lockDirectory(join(this.root, path));
  }

  #file(key: AbsolutePath): string {
    return join(this.root, key);
  }

  #missing(error: unknown, key: AbsolutePath, signal: AbortSignal | undefined): undefined {
    signal?.throwIfAborted();
    if (MISSING.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new SourceError(this.#file(key), (error as Error).message, { cause: error });
  }
}

/**
 * What `openZarr` and `openOmeZarr` take, for a URL (http, https, file) or a path of a directory or a zip file.
 * Throws ArgumentError for an empty location, NotFoundError for a path that does not exist.
 */
export function openLocation(pathOrUrl: string): string | NodeStore | RangeStore {
  const text = pathOrUrl.trim();
  if (text === '') throw new ArgumentError('location', pathOrUrl, 'a URL or a path');
  if (/^https?:/i.test(text)) return text;
  const path = resolve(/^file:/i.test(text) ? fileURLToPath(text) : text);
  if (!existsSync(path)) throw new NotFoundError(path, 'no such file or directory');
  if (isZipName(path) && statSync(path).isFile())
    return Object.assign(zipFileStore(pathBytes(path)), { root: path });
  return new NodeStore(path);
}
