// How the pool hands out work: what a worker holds at once, what waits, and what an abort or a death does to it.
import { Worker } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { afterEach, expect, test } from 'vitest';
import { WorkerError } from '../../../src/core/errors';
import type { TileProgram } from '../../../src/core/program';
import type { PlacedArray } from '../../../src/core/region';
import type { ModuleCall } from '../../../src/exec/executor';
import type { AnyWorker } from '../../../src/exec/settings';
import { WorkerPool } from '../../../src/exec/worker/pool';
import type { TileReply, TileRequest, TileService } from '../../../src/exec/worker/service';

/** What has come to a worker and is not done. */
interface Held {
  readonly worker: number;
  readonly what: string;
  readonly request?: TileRequest;
  finish(): void;
}

let pool: WorkerPool;
let held: Held[];
let ports: MessagePort[];

afterEach(() => pool.dispose());

/** A pool whose workers do what the test says, when it says so. */
async function start(size: number, shared = true): Promise<void> {
  held = [];
  ports = [];
  pool = new WorkerPool({ size, shared, createWorker });
  await pool.start();
}

function createWorker(): AnyWorker {
  const { port1, port2 } = new MessageChannel();
  const worker = ports.push(port1) - 1;
  const hold = <T>(what: string, result: T, request?: TileRequest) =>
    new Promise<T>((resolve) => {
      const finish = () => {
        held.splice(held.indexOf(entry), 1);
        resolve(result);
      };
      const entry: Held = { worker, what, request, finish };
      held.push(entry);
    });
  const reply: TileReply = { outputs: [], partials: [], returned: [] };
  const service: Partial<TileService> = {
    ready: async () => {},
    run: (request) => hold(`tile ${request.program.tile[0][0]}`, reply, request),
    callFunction: ({ name }) => hold(name, null),
  };
  Comlink.expose(service, port2);
  const terminate = () => {
    port1.close();
    port2.close();
  };
  return Object.assign(port1, { terminate }) as unknown as AnyWorker;
}

const program = (tile: number): TileProgram => ({
  ...{ tile: [[tile, tile + 1]], slots: 0, reads: [], steps: [], outputs: [] },
});

const run = (tile: number, inputs: PlacedArray[] = [], signal?: AbortSignal) => {
  const result = pool.run(program(tile), inputs, { signal });
  result.catch(() => {});
  return result;
};

const call = (name: string) => {
  const result = pool.call({ name, blocks: [] } as Partial<ModuleCall> as ModuleCall);
  result.catch(() => {});
  return result;
};

/** Waits until workers hold just this, and no more comes. */
async function expectHeld(...expected: string[]): Promise<void> {
  await expect.poll(() => held.map(({ what }) => what).toSorted()).toEqual(expected.toSorted());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(held.map(({ what }) => what).toSorted()).toEqual(expected.toSorted());
}

const finish = (what: string) => held.find((entry) => entry.what === what)!.finish();

test('of tiles read in place a second one waits in each worker', async () => {
  await start(2);
  for (let tile = 0; tile < 6; tile++) run(tile);
  await expectHeld('tile 0', 'tile 1', 'tile 2', 'tile 3');
  expect(held.map(({ worker }) => worker).toSorted()).toEqual([0, 0, 1, 1]);
  const { worker } = held.find(({ what }) => what === 'tile 1')!;
  finish('tile 1');
  await expectHeld('tile 0', 'tile 2', 'tile 3', 'tile 4');
  expect(held.find(({ what }) => what === 'tile 4')!.worker).toBe(worker);
});

test('tiles whose blocks are put together or transferred come one at a time', async () => {
  await start(2);
  const block = () => [{ data: pool.staging.take('uint8', 1), region: [] }];
  for (let tile = 0; tile < 4; tile++) run(tile, block());
  await expectHeld('tile 0', 'tile 1');
  pool.dispose();
  await start(2, false);
  for (let tile = 0; tile < 4; tile++) run(tile);
  await expectHeld('tile 0', 'tile 1');
});

test('a call has a worker to itself, and nothing overtakes it', async () => {
  await start(2);
  for (let tile = 0; tile < 4; tile++) run(tile);
  await expectHeld('tile 0', 'tile 1', 'tile 2', 'tile 3');
  const called = call('a function');
  run(4);
  await expectHeld('tile 0', 'tile 1', 'tile 2', 'tile 3');
  const [first, second] = [0, 1].map((worker) => held.filter((entry) => entry.worker === worker));
  first[0].finish();
  second[0].finish();
  await expectHeld(first[1].what, second[1].what);
  first[1].finish();
  await expectHeld('a function', second[1].what, 'tile 4');
  expect(held.filter(({ worker }) => worker === 0).map(({ what }) => what)).toEqual(['a function']);
  finish('a function');
  await called;
});

test('an abort frees the caller at once, and tells the worker of the tiles that wait there', async () => {
  await start(1);
  const controller = new AbortController();
  const results = [0, 1, 2].map((tile) => run(tile, [], controller.signal));
  await expectHeld('tile 0', 'tile 1');
  const flags = held.map(({ request }) => request!.aborted!);
  expect(flags.map((flag) => flag[0])).toEqual([0, 0]);
  controller.abort(new Error('enough'));
  for (const result of results) await expect(result).rejects.toThrow('enough');
  expect(flags.map((flag) => flag[0])).toEqual([1, 1]);
  finish('tile 0');
  finish('tile 1');
  run(3);
  await expectHeld('tile 3');
});

test('a death fails what the worker held; what waited goes to its successor', async () => {
  await start(1);
  const [first, second, third] = [0, 1, 2].map((tile) => run(tile));
  await expectHeld('tile 0', 'tile 1');
  held.length = 0;
  ports[0].dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  await expect(first).rejects.toBeInstanceOf(WorkerError);
  await expect(second).rejects.toThrow('out of memory');
  await expectHeld('tile 2');
  expect(ports.length).toBe(2);
  finish('tile 2');
  await expect(third).resolves.toEqual({ outputs: [], partials: [] });
});

test('a worker leaves out tiles that nobody wants any more', async () => {
  await start(1);
  const worker = new Worker(new URL('../../../dist/worker.js', import.meta.url));
  const remote = Comlink.wrap<TileService>(nodeEndpoint(worker as never));
  // It would fail if it were run.
  const steps = [
    { op: 'no such op', params: {}, inputs: [], output: null as never, partial: false, free: [] },
  ];
  const request = { program: { ...program(0), steps }, inputs: [], targets: [] };
  const aborted = new Int32Array(new SharedArrayBuffer(4));
  await expect(remote.run({ ...request, aborted })).rejects.toThrow('no such op');
  aborted[0] = 1;
  expect(await remote.run({ ...request, aborted })).toEqual({ outputs: [], partials: [], returned: [] });
  await worker.terminate();
});
