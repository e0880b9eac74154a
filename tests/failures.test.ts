// Devices and workers that die while they compute: the result is the same, and an event tells.
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import { chooseExecutor, disposeExecutors as dispose } from '../src/exec/devices';
import type { GpuExecutor } from '../src/exec/webgpu/executor';
import {
  binaryOpening,
  configure,
  DeviceError,
  type ExecutorEvent,
  executorInfo,
  fromArray,
  gaussianFilter,
  genericFilter,
  type LazyArray,
  label,
  onExecutorEvent,
  WorkerError,
} from '../src/index';
import { EXECUTORS } from './helpers/executors';

const SIZE = 200;
const data = Uint16Array.from({ length: SIZE * SIZE }, (_, i) => {
  const [y, x] = [Math.floor(i / SIZE), i % SIZE];
  return 300 + 250 * Math.sin(x / 9) * Math.cos(y / 7);
});
const image = () => fromArray(data, { shape: [SIZE, SIZE], chunks: [40, 40] });
const pipeline = (a: LazyArray) => label(binaryOpening(gaussianFilter(a, 1.5).gt(340))).labels;

let expected: unknown;
const events: ExecutorEvent[] = [];
let stop = () => {};

beforeAll(async () => {
  setTileElements(1);
  stop = onExecutorEvent((event) => events.push(event));
  expected = (await pipeline(image()).compute({ device: 'cpu' })).data;
});
afterAll(() => {
  setTileElements(undefined);
  stop();
});

const script = new URL('../dist/worker.js', import.meta.url);

describe('workers', () => {
  for (const sharedMemory of [false, true]) {
    test(`killed mid-run, ${sharedMemory ? 'shared memory' : 'transfers'}`, async () => {
      const workers: Worker[] = [];
      const createWorker = () => {
        const worker = new Worker(script);
        workers.push(worker);
        return worker;
      };
      configure({ createWorker, workers: 2, sharedMemory });
      await executorInfo('cpu');
      events.length = 0;
      let killed = 0;
      const result = await pipeline(image()).compute({
        device: 'cpu',
        onProgress: ({ done }) => {
          if (done === 4 && killed < 2) void workers[killed++].terminate();
        },
      });
      expect(result.data).toEqual(expected);
      expect(killed).toBe(2);
      expect(workers.length).toBeGreaterThan(2);
    });
  }

  test('that can never start: the calling thread computes, and an event tells', async () => {
    events.length = 0;
    configure({
      createWorker: () => {
        throw new Error('refused by the content security policy');
      },
    });
    expect((await pipeline(image()).compute({ device: 'cpu' })).data).toEqual(expected);
    expect(events[0]?.message).toContain('refused by the content security policy');
    expect((await executorInfo('cpu')).reason).toContain('calling thread');
  });

  test('a pool that is disposed rejects what waits', async () => {
    configure({ createWorker: () => new Worker(script), workers: 1, sharedMemory: false });
    await executorInfo('cpu');
    const result = pipeline(image()).compute({ device: 'cpu' });
    const rejected = expect(result).rejects.toBeInstanceOf(WorkerError);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { executor: pool } = await chooseExecutor('cpu');
    pool.dispose();
    await rejected;
    dispose();
    configure({ workers: 2 });
    expect((await pipeline(image()).compute({ device: 'cpu' })).data).toEqual(expected);
  });
});

describe.skipIf(!EXECUTORS.includes('gpu'))('GPU', () => {
  test('lost mid-run: a new device takes over', async () => {
    events.length = 0;
    const executor = (await chooseExecutor('gpu')).executor as GpuExecutor;
    let lost = 0;
    const result = await pipeline(image()).compute({
      device: 'gpu',
      onProgress: ({ done }) => {
        if (done === 3 && lost++ === 0) executor.device.destroy();
      },
    });
    expect(result.data).toEqual(expected);
    expect(events.some((event) => event.kind === 'retry')).toBe(true);
  });

  test('that is lost again and again: the CPU finishes the work', async () => {
    events.length = 0;
    const executor = (await chooseExecutor('gpu')).executor as GpuExecutor;
    const timer = setInterval(() => executor.device.destroy(), 1);
    try {
      expect((await pipeline(image()).compute({ device: 'gpu' })).data).toEqual(expected);
    } finally {
      clearInterval(timer);
    }
    expect(events.some((event) => event.kind === 'fallback')).toBe(true);
    expect((await pipeline(image()).compute({ device: 'gpu' })).data).toEqual(expected);
  });

  test('with it goes the WGSL of a function: its counterpart in JavaScript finishes the work', async () => {
    const executor = (await chooseExecutor('gpu')).executor as GpuExecutor;
    let called = 0;
    const cpu = (values: Float64Array) => {
      called++;
      return values[0];
    };
    const filtered = (fn: { wgsl: string; cpu?: typeof cpu }) =>
      genericFilter(image(), fn, { size: 2 }).compute({ device: 'gpu' });
    const timer = setInterval(() => executor.device.destroy(), 1);
    try {
      const { data: shifted } = await filtered({ wgsl: 'value(0u)', cpu });
      expect(shifted[SIZE + 1]).toBe(data[0]);
      expect(called).toBeGreaterThan(0);
      await expect(filtered({ wgsl: 'value(0u)' })).rejects.toBeInstanceOf(DeviceError);
    } finally {
      clearInterval(timer);
    }
  });
});
