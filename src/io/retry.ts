// fetch that survives faults: backoff, Retry-After, stalls, truncated bodies; typed errors for the rest.
import pRetry from 'p-retry';
import { CodecError, NetworkError } from '../core/errors';
import { untilAborted } from './request';

/** How HTTP requests are retried. */
export interface RetryOptions {
  /** Attempts after the first. Default 3. */
  readonly retries?: number;
  /** Milliseconds before the first retry; doubles each time, with jitter. Default 200. */
  readonly minDelay?: number;
  /** Longest wait between attempts in milliseconds, a Retry-After included. Default 30 000. */
  readonly maxDelay?: number;
  /** Milliseconds without a byte from the server after which an attempt has failed. Default 30 000. */
  readonly timeout?: number;
  /** Statuses that mean "no such key" rather than a fault. Default 404 alone; add 403 for private S3 buckets. */
  readonly missing?: readonly number[];
  /** The fetch to use, for headers or signing. Default the global one. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Cause of a {@link NetworkError} that came from an HTTP status. */
export class HttpStatusError extends Error {
  constructor(
    readonly status: number,
    statusText: string,
  ) {
    super(`HTTP ${status} ${statusText}`.trim());
  }
}

/** A fault worth another attempt. */
class TransientError extends Error {
  constructor(
    readonly error: NetworkError,
    readonly retryAfter = 0,
  ) {
    super(error.message);
  }
}

/**
 * Node's Request reaches its signal through weak references: a request that nobody holds is collected while its fetch
 * runs, and no longer hears an abort.
 */
const held = new Set<Request>();

const TRANSIENT = new Set([408, 425, 429]);

/**
 * A `fetch` for zarrita's FetchStore that reads the whole body and retries with exponential backoff what may pass:
 * unreachable server, 408, 425, 429, 5xx, stalled or truncated body. Resolves with 404 for a missing key, and with
 * the requested bytes even from a server that ignores `Range`. Throws {@link NetworkError} when retries are used up
 * and at once for any other status; {@link CodecError} for a range beyond the end (a truncated shard); the request
 * signal's reason at once when aborted.
 */
export function createRetryingFetch(options: RetryOptions = {}): (request: Request) => Promise<Response> {
  const { retries = 3, minDelay = 200, maxDelay = 30_000 } = options;
  return async (request) => {
    const { signal } = request;
    try {
      return await pRetry(() => attempt(request, options), {
        retries,
        minTimeout: minDelay,
        maxTimeout: maxDelay,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => error instanceof TransientError,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (retriesLeft > 0 && error instanceof TransientError && error.retryAfter > 0)
            await delay(Math.min(error.retryAfter, maxDelay), signal);
        },
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof TransientError ? error.error : error;
    }
  };
}

async function attempt(request: Request, options: RetryOptions): Promise<Response> {
  const { timeout = 30_000, missing = [404], fetch: send = globalThis.fetch } = options;
  const { url, signal } = request;
  signal.throwIfAborted();
  const range = requestedRange(request);
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let stalled = false;
  const expire = () => {
    stalled = true;
    controller.abort(new Error('timeout'));
  };
  let timer = setTimeout(expire, timeout);
  const progress = () => {
    clearTimeout(timer);
    timer = setTimeout(expire, timeout);
  };
  const attempted = new Request(request, { signal: controller.signal });
  held.add(request).add(attempted);
  try {
    const response = await untilAborted(send(attempted), controller.signal);
    progress();
    if (missing.includes(response.status)) {
      await response.body?.cancel();
      return new Response(null, { status: 404 });
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw statusError(response, url);
    }
    if (request.method === 'HEAD') return response;
    const body = await readBody(response, controller.signal, progress);
    checkLength(response, body, url);
    return respond(response, range && response.status === 200 ? body.slice(...range) : body);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (stalled)
      throw new TransientError(
        new NetworkError(url, `no data from the server for ${timeout} ms`, { cause: error }),
      );
    if (error instanceof TransientError || error instanceof NetworkError || error instanceof CodecError)
      throw error;
    throw new TransientError(
      new NetworkError(
        url,
        'request failed: the server may be unreachable, have closed the connection, or not allow ' +
          `cross-origin requests (CORS)${detail(error)}`,
        { cause: error },
      ),
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    held.delete(attempted);
    held.delete(request);
  }
}

/** Start and stop byte of a Range header; undefined without one. */
function requestedRange(request: Request): [number, number] | undefined {
  const header = request.headers.get('range');
  if (header === null) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [start, stop] = match ? [Number(match[1]), Number(match[2]) + 1] : [0, 0];
  // zarrita derives a suffix range from Content-Length: a file shorter than its shard index gives a negative start.
  if (stop <= start) throw new CodecError(request.url, `is truncated, or has no length (range "${header}")`);
  return [start, stop];
}

function statusError(response: Response, url: string): Error {
  const { status, statusText } = response;
  if (status === 416) return new CodecError(url, 'is truncated: it ends before the requested range');
  const cause = new HttpStatusError(status, statusText);
  const error = new NetworkError(url, `the server answered ${status} ${statusText}`.trim(), { cause });
  return status >= 500 || TRANSIENT.has(status)
    ? new TransientError(error, retryAfter(response.headers.get('retry-after')))
    : error;
}

/** Milliseconds asked for by a Retry-After header, which holds seconds or a date. */
function retryAfter(header: string | null): number {
  if (header === null) return 0;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Math.max(0, wait || 0);
}

async function readBody(
  response: Response,
  signal: AbortSignal,
  progress: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await untilAborted(reader.read(), signal);
    if (done) break;
    progress();
    parts.push(value);
    length += value.length;
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/** Browsers check lengths themselves, and hide the encoding of cross-origin bodies that would explain a difference. */
function checkLength(response: Response, body: Uint8Array, url: string): void {
  const header = response.headers.get('content-length');
  if (header === null || response.type === 'cors' || response.headers.has('content-encoding')) return;
  if (body.length < Number(header))
    throw new TransientError(
      new NetworkError(url, `the connection closed after ${body.length} of ${header} bytes`),
    );
}

/** A response over a body already read, handed out without another copy. */
function respond(response: Response, body: Uint8Array<ArrayBuffer>): Response {
  const { status, statusText, headers } = response;
  const result = new Response(null, { status, statusText, headers });
  return Object.assign(result, { arrayBuffer: async () => body.buffer });
}

function detail(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause instanceof Error && error.cause.message ? error.cause : error;
  return `: ${cause.message}`;
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
