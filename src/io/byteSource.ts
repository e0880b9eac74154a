// One file, read by ranges: a File or Blob, a URL, a path in Node.
import { NetworkError, NotFoundError, SourceError } from '../core/errors';
import { createRetryingFetch, type RetryOptions } from './retry';

/** How bytes are read. */
export interface ByteReadOptions {
  readonly signal?: AbortSignal;
}

/** A file that can be read in parts. Its reads throw NotFoundError, NetworkError or SourceError, naming it. */
export interface ByteSource {
  /** What errors call it, and what its format is told by: a path, a URL, a file's name. */
  readonly name: string;
  /** Distinguishes the file from all others, for caches. */
  readonly key: string;
  /** Bytes in the file. */
  size(options?: ByteReadOptions): Promise<number>;
  /** The bytes from `offset` on; fewer than `length` where the file ends. */
  read(offset: number, length: number, options?: ByteReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** The whole file. */
  bytes(options?: ByteReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Another file of the same folder, where names can be resolved. */
  sibling?(name: string): ByteSource;
}

let opened = 0;

/** A File, or a Blob named `blob`. */
export function blobBytes(blob: Blob): ByteSource {
  const name = (blob as File).name ?? 'blob';
  const all = async (part: Blob, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    try {
      return new Uint8Array(await part.arrayBuffer());
    } catch (cause) {
      throw new SourceError(name, (cause as Error).message, { cause });
    }
  };
  return {
    name,
    key: `${name}#${++opened}`,
    size: async () => blob.size,
    read: (offset, length, { signal } = {}) => all(blob.slice(offset, offset + length), signal),
    bytes: ({ signal } = {}) => all(blob, signal),
  };
}

/** A file of a server; ranges are asked for one by one, and cut out of the whole by servers that ignore them. */
export function urlBytes(url: string, retry: RetryOptions = {}): ByteSource {
  const fetch = createRetryingFetch(retry);
  const name = url.replace(/#.*$/, '');
  const answer = async (init: RequestInit) => {
    const response = await fetch(new Request(name, init));
    if (response.status === 404) throw new NotFoundError(name, 'the server has no such file');
    return response;
  };
  const bytes = async (init: RequestInit) => new Uint8Array(await (await answer(init)).arrayBuffer());
  return {
    name,
    key: name,
    async size({ signal } = {}) {
      const length = (await answer({ method: 'HEAD', signal })).headers.get('content-length');
      if (length === null) throw new NetworkError(name, 'the server does not say how long the file is');
      return Number(length);
    },
    read: async (offset, length, { signal } = {}) =>
      length === 0
        ? new Uint8Array()
        : bytes({ headers: { range: `bytes=${offset}-${offset + length - 1}` }, signal }),
    bytes: ({ signal } = {}) => bytes({ signal }),
    sibling: (file) => urlBytes(new URL(encodeURIComponent(file), name).href, retry),
  };
}

/** A file of the file system, in Node. It is open only while it is read. */
export function pathBytes(path: string): ByteSource {
  const fs = globalThis.process.getBuiltinModule('node:fs/promises');
  const { dirname, join } = globalThis.process.getBuiltinModule('node:path');
  const failed = (cause: unknown, signal?: AbortSignal): never => {
    signal?.throwIfAborted();
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new NotFoundError(path, 'no such file', { cause });
    throw new SourceError(path, message, { cause });
  };
  return {
    name: path,
    key: path,
    size: () =>
      fs.stat(path).then(
        ({ size }) => size,
        (cause) => failed(cause),
      ),
    async read(offset, length, { signal } = {}) {
      signal?.throwIfAborted();
      const file = await fs.open(path, 'r').catch((cause) => failed(cause, signal));
      try {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await file.read(bytes, 0, length, offset);
        return bytesRead === length ? bytes : bytes.slice(0, bytesRead);
      } catch (cause) {
        return failed(cause, signal);
      } finally {
        await file.close();
      }
    },
    async bytes({ signal } = {}) {
      try {
        return new Uint8Array(await fs.readFile(path, { signal }));
      } catch (cause) {
        return failed(cause, signal);
      }
    },
    sibling: (file) => pathBytes(join(dirname(path), file)),
  };
}
