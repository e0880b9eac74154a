/**
 * The service worker's half of `tilewise/adapters/service-worker`. A service worker of its own is two lines:
 *
 * ```js
 * import { answerStoreRequests } from 'tilewise/adapters/service-worker-script';
 * answerStoreRequests();
 * ```
 *
 * @module adapters/service-worker-script
 */
import type { Hello, ReadReply, ReadRequest, Welcome } from './storeMessages';

/** The part of a service worker's global scope that is used. */
export interface StoreWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: {
    get(id: string): Promise<StoreClient | undefined>;
    claim(): Promise<void>;
  };
  addEventListener(type: 'message', listener: (event: StoreMessageEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: StoreFetchEvent) => void): void;
}

/** A page. */
export interface StoreClient {
  readonly id: string;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

export interface StoreMessageEvent {
  readonly data: unknown;
  readonly source: unknown;
  readonly ports: readonly MessagePort[];
  waitUntil(work: Promise<unknown>): void;
}

export interface StoreFetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** Below the service worker's scope. */
const FOLDER = 'tilewise-stores';

/** Milliseconds between looks whether the page is still there. */
const PULSE = 1000;

/**
 * Answers what is fetched from stores that pages serve by `serveStore`; all other requests go on to other listeners, or
 * to the network. To be called once, while the script runs.
 * @param scope default: the script's own
 */
export function answerStoreRequests(
  scope: StoreWorkerScope = globalThis as unknown as StoreWorkerScope,
): void {
  const root = `${scope.registration.scope}${FOLDER}`;
  scope.addEventListener('message', (event) => {
    if ((event.data as Hello | null)?.tilewise !== 'hello') return;
    const { id } = event.source as StoreClient;
    const welcome: Welcome = { prefix: `${root}/${id}` };
    // A page that was there before the service worker is not under its control yet.
    event.waitUntil(scope.clients.claim().then(() => event.ports[0].postMessage(welcome)));
  });
  scope.addEventListener('fetch', (event) => {
    const { href, pathname } = new URL(event.request.url);
    if (!href.startsWith(`${root}/`)) return;
    const start = new URL(root).pathname.length + 1;
    const [client, store, ...key] = decodeURIComponent(pathname.slice(start)).split('/');
    event.respondWith(respond(scope, event.request, client, store, `/${key.join('/')}`));
  });
}

async function respond(
  { clients }: StoreWorkerScope,
  request: Request,
  clientId: string,
  store: string,
  key: `/${string}`,
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'stores are read only');
  const client = await clients.get(clientId);
  if (!client) return text(503, GONE);
  const range = rangeOf(request);
  const sizeOnly = request.method === 'HEAD';
  const replies = new Replies(() => clients.get(clientId), request.signal);
  client.postMessage({ tilewise: 'read', store, key, range, sizeOnly } satisfies ReadRequest, [
    replies.remote,
  ]);
  const reply = await replies.next();
  switch (reply.kind) {
    case 'missing':
      return text(404, `${key}: not in the store`);
    case 'closed':
      return text(503, GONE);
    case 'failed':
      return text(500, reply.message);
    case 'value':
      return found(key, range, reply.bytes.length, reply.bytes);
  }
  if (sizeOnly) return found(key, undefined, reply.size, null);
  return found(key, range, range ? lengthOf(range, reply.size) : reply.size, bodyOf(replies));
}

const GONE = 'the store was closed, or its page is gone';

const text = (status: number, message: string) =>
  new Response(message, { status, headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } });

function found(key: string, range: ReadRequest['range'], length: number, body: BodyInit | null): Response {
  if (range && length <= 0) return text(416, 'no such bytes');
  const headers = new Headers({
    'content-type': key.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    'content-length': String(length),
    // What is computed changes with the page's state.
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    'cross-origin-resource-policy': 'same-origin',
  });
  if (range && 'offset' in range)
    headers.set('content-range', `bytes ${range.offset}-${range.offset + length - 1}/*`);
  return new Response(body, { status: range ? 206 : 200, headers });
}

/** The range that is asked for; several at once, and those without an end, are answered by the whole value. */
function rangeOf({ headers }: Request): ReadRequest['range'] {
  const [, start, stop] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('range') ?? '') ?? [];
  if (start && stop) return { offset: Number(start), length: Number(stop) - Number(start) + 1 };
  return !start && stop ? { suffixLength: Number(stop) } : undefined;
}

const lengthOf = (range: NonNullable<ReadRequest['range']>, size: number): number =>
  'suffixLength' in range ? Math.min(size, range.suffixLength) : Math.min(size - range.offset, range.length);

/** The value that is to come. Browsers tell of an aborted fetch only once it has been answered: by cancelling this. */
function bodyOf(replies: Replies): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      const reply = await replies.next();
      if (reply.kind === 'value') {
        controller.enqueue(reply.bytes);
        controller.close();
      } else controller.error(new Error(reply.kind === 'failed' ? reply.message : GONE));
    },
    cancel: () => replies.abort(),
  });
}

/** What the page says to a request, one after the other. */
class Replies {
  readonly remote: MessagePort;
  readonly #port: MessagePort;
  readonly #arrived: ReadReply[] = [];
  readonly #pulse: ReturnType<typeof setInterval>;
  #wanted?: (reply: ReadReply) => void;

  constructor(owner: () => Promise<StoreClient | undefined>, signal: AbortSignal) {
    const { port1, port2 } = new MessageChannel();
    this.remote = port2;
    this.#port = port1;
    port1.onmessage = ({ data }) => this.#arrive(data as ReadReply);
    this.#pulse = setInterval(async () => {
      if (!(await owner())) this.#arrive({ kind: 'closed' });
    }, PULSE);
    signal.addEventListener('abort', () => this.abort());
  }

  next(): Promise<ReadReply> {
    const arrived = this.#arrived.shift();
    return arrived
      ? Promise.resolve(arrived)
      : new Promise((resolve) => {
          this.#wanted = resolve;
        });
  }

  abort(): void {
    this.#port.postMessage('abort');
    this.#arrive({ kind: 'failed', message: 'aborted' });
  }

  #arrive(reply: ReadReply): void {
    if (reply.kind !== 'size') {
      clearInterval(this.#pulse);
      this.#port.close();
    }
    if (this.#wanted) this.#wanted(reply);
    else this.#arrived.push(reply);
    this.#wanted = undefined;
  }
}
