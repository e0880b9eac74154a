// How workers are made where the application has no rule of its own.
import type { AnyWorker } from '../settings';

/** The worker script beside this module in the published package. */
const script = (): URL => new URL('./worker.js', import.meta.url);

/** A worker running `tilewise/worker`. Throws what the platform throws, e.g. under a strict content security policy. */
export function createDefaultWorker(): AnyWorker {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads) return new threads.Worker(script());
  return new Worker(script(), { type: 'module', name: 'tilewise' });
}
