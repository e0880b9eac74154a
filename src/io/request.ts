// Concurrent callers of one key share one piece of work; it is cancelled only when all of them have left.

import { createController } from './signals';

interface Pending {
  readonly promise: Promise<unknown>;
  readonly controller: AbortController;
  waiters: number;
}

/** In-flight work by key, shared by its callers and cancelled when the last one aborts. */
export class SharedRequests {
  readonly #pending = new Map<string, Pending>();

  /** Keys in flight. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Joins the work in flight for `key`, or starts it. `start` receives a signal of its own, aborted when every
   * caller has aborted. A caller's abort rejects that caller at once with its signal's reason and nobody else;
   * a failure of `start` rejects every caller, and the next call starts anew.
   */
  run<T>(
    key: string,
    start: (signal: AbortSignal) => Promise<T>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const pending = this.#pending.get(key) ?? this.#start(key, start);
    pending.waiters++;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        reject(signal?.reason);
        if (--pending.waiters > 0) return;
        this.#forget(key, pending);
        pending.controller.abort(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const settle =
        <V>(done: (value: V) => void) =>
        (value: V) => {
          signal?.removeEventListener('abort', leave);
          done(value);
        };
      (pending.promise as Promise<T>).then(settle(resolve), settle(reject));
    });
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<unknown>): Pending {
    const controller = createController();
    const promise = (async () => start(controller.signal))();
    const pending: Pending = { promise, controller, waiters: 0 };
    this.#pending.set(key, pending);
    const forget = () => this.#forget(key, pending);
    promise.then(forget, forget);
    return pending;
  }

  #forget(key: string, pending: Pending): void {
    if (this.#pending.get(key) === pending) this.#pending.delete(key);
  }
}

/** The process-wide requests of chunk reads. */
export const chunkRequests = new SharedRequests();

/** Rejects as soon as `signal` aborts; the promise itself is left to settle. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
