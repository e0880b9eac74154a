// How data gets to the workers and back: in shared memory or by transfers, results in the caller's memory or in new.
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  ArgumentError,
  configure,
  fromArray,
  gaussianFilter,
  type LazyArray,
  label,
  medianFilter,
} from '../src/index';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

const SHAPE = [150, 110];
const LENGTH = SHAPE[0] * SHAPE[1];
const pixels = Float32Array.from({ length: LENGTH }, (_, i) => Math.sin(i / 7) + Math.cos(i / 911));
const bytes = Uint8Array.from({ length: LENGTH }, (_, i) => ((i * i) % 7 > 4 ? 255 : 0));
const script = new URL('../dist/worker.js', import.meta.url);

const shared = <T extends Float32Array | Uint8Array>(data: T): T => {
  const Constructor = data.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Constructor(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
};
const image = (data = pixels) => fromArray(data, { shape: SHAPE, chunks: [32, 40] });
const mask = (data = bytes) => fromArray(data, { shape: SHAPE, chunks: [32, 40], dtype: 'bool' });
const smooth = (array: LazyArray) => gaussianFilter(array, 2);

let expected: Float32Array;
let labels: Uint32Array;

beforeAll(async () => {
  setTileElements(1);
  configure({ workers: 0 });
  expected = (await smooth(image()).compute({ device: 'cpu' })).data as Float32Array;
  labels = (await label(mask()).labels.compute({ device: 'cpu' })).data as Uint32Array;
});
afterAll(() => {
  setTileElements(undefined);
});
afterEach(() => {
  configure({ workers: 2, sharedMemory: undefined, createWorker: () => new Worker(script) });
});

describe.each([
  ['on the calling thread', 0, true],
  ['to workers in shared memory', 2, true],
  ['to workers by transfers', 2, false],
] as const)('%s', (_name, workers, sharedMemory) => {
  const start = () => configure({ workers, sharedMemory, createWorker: () => new Worker(script) });

  test('arrays in any memory, again and again', async () => {
    start();
    for (const data of [pixels, shared(pixels)]) {
      const array = smooth(image(data));
      for (let run = 0; run < 3; run++)
        expect((await array.compute({ device: 'cpu' })).data).toEqual(expected);
    }
    expect(pixels[1]).toBe(Math.fround(Math.sin(1 / 7) + Math.cos(1 / 911)));
  });

  test('bytes that are read as truth values', async () => {
    start();
    for (const data of [bytes, shared(bytes)]) {
      expect((await label(mask(data)).labels.compute({ device: 'cpu' })).data).toEqual(labels);
      const { data: values } = await mask(data).compute({ device: 'cpu' });
      expect(values).toEqual(bytes.map((byte) => Math.min(byte, 1)));
    }
  });

  test('results in memory of the caller, of a part of the array too', async () => {
    start();
    for (const out of [new Float32Array(LENGTH), shared(new Float32Array(LENGTH))]) {
      const { data } = await smooth(image()).compute({ device: 'cpu', out });
      expect(data).toBe(out);
      expect(Float32Array.from(out)).toEqual(expected);
    }
    const region = [
      [20, 101],
      [33, 77],
    ] as const;
    const part = await smooth(image()).read(region, { device: 'cpu' });
    const out = shared(new Float32Array(81 * 44 + 9)).subarray(5, 5 + 81 * 44);
    await smooth(image()).read(region, { device: 'cpu', out });
    expect(Float32Array.from(out)).toEqual(part.data);
    expect(new Float32Array(out.buffer, 0, 5)).toEqual(new Float32Array(new SharedArrayBuffer(20)));
  });

  test('results are not in shared memory unless asked for', async () => {
    start();
    const { data } = await smooth(image()).compute({ device: 'cpu' });
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test('what an aborted call still writes never shows in the next one', async () => {
    start();
    const out = shared(new Float32Array(LENGTH));
    for (const after of [1, 3, 6]) {
      const controller = new AbortController();
      const slow = medianFilter(image(), { size: 9 }).compute({
        device: 'cpu',
        out,
        signal: controller.signal,
        onProgress: ({ done }) => done === after && controller.abort(new Error('stop')),
      });
      await expect(slow).rejects.toThrow('stop');
      await smooth(image()).compute({ device: 'cpu', out });
      expect(Float32Array.from(out)).toEqual(expected);
    }
  });
});

test.each(EXECUTORS)('out on %s', async (device) => {
  const out = new Float32Array(LENGTH);
  const { data } = await smooth(image()).compute({ device, out });
  expect(data).toBe(out);
  expect(data).toEqual((await smooth(image()).compute({ device })).data);
});

test('an out that does not fit', async () => {
  for (const out of [new Float32Array(LENGTH - 1), new Float64Array(LENGTH), [0] as never])
    await expect(image().compute({ out })).rejects.toThrow(ArgumentError);
  await expect(image().compute({ out: new Uint8Array(4) })).rejects.toThrow(/out.*float32.*Uint8Array of 4/);
});
