/**
 * A computed image at a URL of the page's own origin, for viewers that only take URLs: a service worker asks the page
 * for what is fetched below it. The service worker runs `tilewise/adapters/service-worker-script`.
 *
 * @module adapters/service-worker
 */
import type { AbsolutePath, AsyncReadable, RangeQuery } from 'zarrita';
import { ArgumentError, WorkerError } from '../core/errors';
import { rangeBounds } from '../io/ranges';
import type { Hello, ReadReply, ReadRequest, Welcome } from './storeMessages';
import type { VirtualZarr } from './virtualZarr';

export interface ServeStoreOptions {
  /** Last part of the store's URL, of letters, digits, `.`, `_` and `-`. Default: a number of its own. */
  readonly name?: string;
  /** Default: that of the page, `navigator.serviceWorker.ready`. */
  readonly registration?: ServiceWorkerRegistration | Promise<ServiceWorkerRegistration>;
}

/** A store that is served. */
export interface ServedStore {
  /** Without a trailing slash. It works in this page, and in frames and pages of the service worker's scope. */
  readonly url: string;
  /** Ends it: computations that are under way are aborted, requests are answered by 503. */
  close(): void;
}

/** Milliseconds for the service worker to answer at all. */
const PATIENCE = 30_000;

/** A zarrita store. One that knows its values' sizes beforehand, as `virtualZarr` does, can be left while it computes. */
export type ServableStore = AsyncReadable & Partial<Pick<VirtualZarr, 'size'>>;

interface Served {
  readonly store: ServableStore;
  readonly closed: AbortController;
}

const stores = new Map<string, Served>();
let names = 0;

/**
 * Serves a store, as `virtualZarr` makes one, at a URL of this origin for as long as the page lives. GET, HEAD and range
 * requests are answered; a request that is aborted aborts the computation. Keys that the store does not have are 404;
 * it is 503 when the store was closed or its page is gone. Errors are 500 with their message; those of values whose size
 * is known beforehand, whose answer has begun, end it: the request fails as by the network.
 * @throws ArgumentError for a name that is taken or no part of a URL, or where there are no service workers (they need
 * a secure origin); WorkerError when the service worker does not answer: it must call `answerStoreRequests`
 */
export async function serveStore(
  store: ServableStore,
  { name = String(++names), registration }: ServeStoreOptions = {},
): Promise<ServedStore> {
  if (!globalThis.navigator?.serviceWorker)
    throw new ArgumentError('navigator.serviceWorker', undefined, 'a page of a secure origin');
  if (!/^[\w.-]+$/.test(name))
    throw new ArgumentError('name', name, 'letters, digits, dots, underscores and hyphens');
  if (stores.has(name)) throw new ArgumentError('name', name, 'a name that no other store of the page has');
  const served = { store, closed: new AbortController() };
  stores.set(name, served);
  const close = () => {
    if (stores.get(name) === served) stores.delete(name);
    served.closed.abort();
  };
  try {
    const { active } = await (registration ?? navigator.serviceWorker.ready);
    navigator.serviceWorker.addEventListener('message', onMessage);
    navigator.serviceWorker.startMessages();
    const { prefix } = await greet(active);
    await controlled();
    return { url: `${prefix}/${name}`, close };
  } catch (error) {
    close();
    throw error;
  }
}

function greet(worker: ServiceWorker | null): Promise<Welcome> {
  return within('it does not answer: it must call answerStoreRequests', (resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data as Welcome);
    worker?.postMessage({ tilewise: 'hello' } satisfies Hello, [port2]);
  });
}

/** A page is under its service worker's control a moment after it was claimed. */
function controlled(): Promise<void> {
  const { serviceWorker } = navigator;
  return within('this page is not in its scope', (resolve) => {
    if (serviceWorker.controller) resolve();
    else serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });
}

function within<T>(failure: string, start: (resolve: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new WorkerError(`service worker: ${failure}`)), PATIENCE);
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** Known by its identity: adding it again changes nothing. */
function onMessage({ data, ports: [port] }: MessageEvent): void {
  if (data?.tilewise !== 'read') return;
  const controller = new AbortController();
  port.onmessage = () => controller.abort();
  const reply = (message: ReadReply) =>
    port.postMessage(message, message.kind === 'value' ? [message.bytes.buffer] : []);
  answer(data as ReadRequest, controller.signal, reply).then(reply);
}

async function answer(
  { store: name, key, range, sizeOnly }: ReadRequest,
  left: AbortSignal,
  beforehand: (reply: ReadReply) => void,
): Promise<ReadReply> {
  const served = stores.get(name);
  if (!served) return { kind: 'closed' };
  const { store, closed } = served;
  try {
    if (store.size) {
      const size = store.size(key);
      if (size === undefined) return { kind: 'missing' };
      if (sizeOnly) return { kind: 'size', size };
      beforehand({ kind: 'size', size });
    }
    const signal = AbortSignal.any([left, closed.signal]);
    const value = await (range ? readRange(store, key, range, signal) : store.get(key, { signal }));
    if (!value) return { kind: 'missing' };
    // A copy: the store may keep what it returned.
    return sizeOnly ? { kind: 'size', size: value.length } : { kind: 'value', bytes: new Uint8Array(value) };
  } catch (error) {
    if (closed.signal.aborted) return { kind: 'closed' };
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

async function readRange(store: AsyncReadable, key: AbsolutePath, range: RangeQuery, signal: AbortSignal) {
  if (store.getRange) return store.getRange(key, range, { signal });
  const value = await store.get(key, { signal });
  return value?.subarray(...rangeBounds(range, value.length));
}
