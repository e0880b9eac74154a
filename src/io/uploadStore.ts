// A Zarr hierarchy on a server that takes PUT: object storage, or a server of one's own.
import PQueue from 'p-queue';
import type { AbsolutePath, AsyncReadable, AsyncWritable, GetOptions, RangeQuery } from 'zarrita';
import { checkInteger } from '../core/checks';
import { ArgumentError, NetworkError, WriteError } from '../core/errors';
import { createRetryingFetch, type RetryOptions } from './retry';
import { normalizeUrl } from './stores';
import { webLock } from './webLock';

/** What an upload request is made of. */
export interface SignedRequest {
  /** Where the value goes. Default: the store's URL and the key. */
  readonly url?: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface UploadOptions extends Omit<RetryOptions, 'fetch' | 'missing'> {
  /**
   * Signs a request: asked anew for each attempt, so that signatures may expire. `headers` are those the request has
   * already.
   */
  readonly sign?: (
    key: string,
    method: 'GET' | 'HEAD' | 'PUT',
    headers: Readonly<Record<string, string>>,
  ) => SignedRequest | Promise<SignedRequest>;
  /** Requests at a time. Default 6. */
  readonly concurrency?: number;
  /** Header for the value's SHA-256 in base64. Default `Content-Digest` (RFC 9530); S3's is `x-amz-checksum-sha256`. */
  readonly checksum?: 'content-digest' | 'x-amz-checksum-sha256' | 'none';
}

/** A store that uploads, and reads back what is there. */
export interface UploadStore extends Required<AsyncReadable>, AsyncWritable {
  /** Whether the server has a value for the key (HEAD). @throws NetworkError */
  has(key: AbsolutePath, options?: GetOptions): Promise<boolean>;
  /** Puts a value; an abort cancels the request. @throws WriteError, the signal's reason */
  set(key: AbsolutePath, value: Uint8Array, options?: GetOptions): Promise<void>;
  /** Locks what is below a path against other tabs of the site. @throws LockedError */
  lock(path: string): Promise<() => Promise<void>>;
}

/**
 * A store below a URL whose values are written by PUT: a value whole or not at all, with a checksum, retried with
 * backoff, a bounded number at a time. Give it to `writeZarr` or `writeOmeZarr`.
 * @throws ArgumentError for a URL that is none; writes throw WriteError naming the key
 */
export function uploadStore(url: string | URL, options: UploadOptions = {}): UploadStore {
  const base = normalizeUrl(url);
  const { sign, checksum = 'content-digest', concurrency = 6 } = options;
  if (!['content-digest', 'x-amz-checksum-sha256', 'none'].includes(checksum))
    throw new ArgumentError('checksum', checksum, 'content-digest, x-amz-checksum-sha256 or none');
  const queue = new PQueue({ concurrency: checkInteger('concurrency', concurrency, 1) });

  const request = async (
    method: 'GET' | 'HEAD' | 'PUT',
    key: AbsolutePath,
    {
      signal,
      headers = {},
      body,
    }: { signal?: AbortSignal; headers?: Record<string, string>; body?: Uint8Array },
  ): Promise<Response> => {
    const plain = new URL(key.slice(1), base);
    const send = createRetryingFetch({
      ...options,
      // The request is made for each attempt: a body is spent by the first, and a signature may be.
      fetch: async (attempt) => {
        const signed = await sign?.(key, method, headers);
        return fetch(signed?.url ?? plain, {
          method,
          headers: { ...headers, ...signed?.headers },
          body: body as Uint8Array<ArrayBuffer> | undefined,
          signal: attempt.signal,
        });
      },
    });
    return (await queue.add(() => send(new Request(plain, { method, headers, signal }))))!;
  };

  const read = async (key: AbsolutePath, signal?: AbortSignal, range?: string) => {
    const response = await request('GET', key, { signal, headers: range ? { range } : {} });
    return response.status === 404 ? undefined : new Uint8Array(await response.arrayBuffer());
  };

  return {
    get: (key, { signal } = {}) => read(key, signal),
    async getRange(key: AbsolutePath, range: RangeQuery, { signal }: GetOptions = {}) {
      if ('suffixLength' in range) return (await read(key, signal))?.slice(-range.suffixLength);
      return read(key, signal, `bytes=${range.offset}-${range.offset + range.length - 1}`);
    },
    async has(key, { signal } = {}) {
      return (await request('HEAD', key, { signal })).status !== 404;
    },
    lock: (path) => webLock(`tilewise ${base}${path}`, `${base}${path.slice(1)}`),
    async set(key, value, { signal } = {}) {
      const headers = await checksumHeaders(checksum, value);
      try {
        const response = await request('PUT', key, { signal, headers, body: value });
        if (response.status === 404) throw new WriteError(key, 'the server answered 404');
      } catch (cause) {
        if (!(cause instanceof NetworkError)) throw cause;
        throw new WriteError(key, cause.message, { cause });
      }
    },
  };
}

async function checksumHeaders(
  checksum: NonNullable<UploadOptions['checksum']>,
  value: Uint8Array,
): Promise<Record<string, string>> {
  // Pages that are not secure have no digests.
  if (checksum === 'none' || !globalThis.crypto?.subtle) return {};
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', value as Uint8Array<ArrayBuffer>));
  const text = btoa(String.fromCharCode(...digest));
  return { [checksum]: checksum === 'content-digest' ? `sha-256=:${text}:` : text };
}
