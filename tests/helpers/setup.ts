// Node tests run the library's source; workers run the built bundle (npm test builds it first).
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { configure, disposeExecutors } from '../../src/index';

// Random cases differ from run to run, but for CI, whose verdict must not depend on luck.
if (process.env.CI) fc.configureGlobal({ seed: 20261124 });

configure({
  workers: 2,
  createWorker: () => new Worker(new URL('../../dist/worker.js', import.meta.url)),
});

afterAll(() => disposeExecutors());
