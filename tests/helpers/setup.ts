// Node tests run the library's source; workers run the built bundle (npm test builds it first).
import { Worker } from 'node:worker_threads';
import { afterAll } from 'vitest';
import { configure, disposeExecutors } from '../../src/index';

configure({
  workers: 2,
  createWorker: () => new Worker(new URL('../../dist/worker.js', import.meta.url)),
});

afterAll(() => disposeExecutors());
