// How workers are made where the application has no rule of its own.
import type { AnyWorker } from '../settings';

/**
 * The worker script beside this module in the published package: './worker.js', put here when the library is built.
 * Written out in the source, Vite would inline the script; written out in the package, bundlers find and emit it.
 */
declare const WORKER_SCRIPT: string;

/** A worker running `tilewise/worker`. Throws what the platform throws, e.g. under a strict content security policy. */
export function createDefaultWorker(): AnyWorker {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  // The process's own flags (--input-type, --eval) would keep the script from loading.
  if (threads) return new threads.Worker(new URL(WORKER_SCRIPT, import.meta.url), { execArgv: [] });
  return new Worker(new URL(WORKER_SCRIPT, import.meta.url), { type: 'module', name: 'tilewise' });
}
