// One worker: its comlink remote, when it is ready, and the news of its death.
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { WorkerError } from '../../core/errors';
import { createController } from '../../io/signals';
import type { AnyWorker } from '../settings';
import type { TileService } from './service';

export class WorkerHandle {
  readonly remote: Comlink.Remote<TileService>;
  /** Resolves when the kernels run in it. */
  readonly ready: Promise<void>;
  readonly #lost = createController();
  readonly #worker: AnyWorker;

  constructor(create: () => AnyWorker) {
    this.#worker = create();
    this.remote = Comlink.wrap<TileService>(this.#endpoint());
    this.#watch();
    this.ready = this.orLost(this.remote.ready());
    this.ready.catch(() => {});
  }

  /** Aborted with a WorkerError when the worker is gone. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** `work`, or the worker's death: a call to a dead worker would never settle. */
  orLost<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(this.lost.reason);
      if (this.lost.aborted) return fail();
      this.lost.addEventListener('abort', fail, { once: true });
      work.then(resolve, reject).finally(() => this.lost.removeEventListener('abort', fail));
    });
  }

  terminate(): void {
    this.#die('was terminated');
    this.#worker.terminate();
  }

  /** In Node, whether the worker keeps the process alive. */
  keepAlive(alive: boolean): void {
    if (!('ref' in this.#worker)) return;
    if (alive) this.#worker.ref();
    else this.#worker.unref();
  }

  #endpoint(): Comlink.Endpoint {
    return 'postMessage' in this.#worker && 'addEventListener' in this.#worker
      ? (this.#worker as Worker)
      : nodeEndpoint(this.#worker as never);
  }

  #watch(): void {
    if ('addEventListener' in this.#worker) {
      this.#worker.addEventListener('error', (event) => {
        this.#die(`failed: ${event.message || 'the script could not be loaded'}`);
      });
      this.#worker.addEventListener('messageerror', () => this.#die('sent a message that cannot be read'));
    } else {
      this.#worker.on('error', (error) =>
        this.#die(`failed: ${error instanceof Error ? error.message : error}`),
      );
      this.#worker.on('exit', (code) => this.#die(`ended with code ${code}`));
    }
  }

  #die(what: string): void {
    if (!this.lost.aborted) this.#lost.abort(new WorkerError(`worker: ${what}`));
  }
}
