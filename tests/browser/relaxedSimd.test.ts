// Both builds of the WASM kernels in Chromium: float32 within the precision contract, integers the same bit for bit.

import plain from 'virtual:kernels';
import relaxed from 'virtual:kernelsRelaxed';
import { afterAll, describe, expect, test } from 'vitest';
import { DTYPES, type DType } from '../../src/core/dtype';
import { launchBrowser } from '../helpers/browser';
import { expectWithinContract } from '../helpers/compare';

const SIZE = 96;
const TAPS = 17;
const SIDE = 7;
const weights = Array.from({ length: TAPS }, (_, k) => Math.exp(-((k - 8) ** 2) / 8) / 5.013);
const square = Array.from({ length: SIDE * SIDE }, (_, k) => Math.sin(k) / 10);
const values = Array.from({ length: SIZE * SIZE }, (_, i) => (i * 7919) % 251);
const fold = (i: number) => Math.min(Math.max(i, 0), SIZE - 1);

/** What both builds make of the image, by SciPy's definitions in float64. */
const expected = {
  lines: values.map((_, i) =>
    weights.reduce((sum, w, k) => sum + w * values[i - (i % SIZE) + fold((i % SIZE) + k - 8)], 0),
  ),
  window: values.map((_, i) => {
    const [y, x] = [Math.floor(i / SIZE), i % SIZE];
    return square.reduce(
      (sum, w, k) => sum + w * values[fold(y + Math.floor(k / SIDE) - 3) * SIZE + fold(x + (k % SIDE) - 3)],
      0,
    );
  }),
};

const browser = await launchBrowser();
afterAll(() => browser?.close());

/** Runs in the page: a correlation along rows, and one with a window. */
async function correlate(request: {
  base64: string;
  code: number;
  bytes: number;
  values: number[];
  weights: number[];
  square: number[];
  size: number;
}): Promise<{ lines: number[]; window: number[] }> {
  const { base64, code, bytes, values, weights, square, size } = request;
  const module = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(module);
  // biome-ignore lint/suspicious/noExplicitAny: exports of the kernels, whose types the page has not
  const kernels = instance.exports as any;
  const Type = bytes === 4 ? Float32Array : bytes === 2 ? Uint16Array : Uint8Array;
  let top = Math.ceil(kernels.heapBase.value / 16) * 16;
  const allocate = (length: number) => {
    const pointer = top;
    top += Math.ceil(length / 16) * 16;
    const missing = top - kernels.memory.buffer.byteLength;
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / 65536));
    return pointer;
  };
  const upload = (data: Uint8Array | Uint16Array | Float32Array | Int32Array | Float64Array) => {
    const pointer = allocate(data.byteLength);
    new Uint8Array(kernels.memory.buffer, pointer).set(new Uint8Array(data.buffer));
    return pointer;
  };
  const i32 = (...list: number[]) => upload(Int32Array.from(list));
  const positions = (taps: number) =>
    Array.from({ length: size + taps - 1 }, (_, k) => Math.min(Math.max(k - (taps >> 1), 0), size - 1));
  const input = upload(Type.from(values));
  const output = allocate(values.length * bytes);
  const result = () => Array.from(new Type(kernels.memory.buffer, output, values.length));
  const taps = weights.length;
  const scratch = allocate(kernels.correlate1dScratch(code, size, size, 1, taps));
  const [table, factors] = [i32(...positions(taps)), upload(Float64Array.from(weights))];
  kernels.correlate1d(input, output, code, size, size, size, 1, table, factors, taps, 0, scratch);
  const lines = result();
  const side = Math.sqrt(square.length);
  const extent = size + side - 1;
  const shape = i32(1, 1, size, size);
  const spanned = i32(1, 1, extent, extent);
  const tables = i32(0, 0, ...positions(side), ...positions(side));
  const offsets = i32(...square.map((_, k) => Math.floor(k / side) * extent + (k % side)));
  const count = square.length;
  kernels.correlate(
    ...[input, output, code, shape, shape, spanned, 1, tables, offsets, upload(Float64Array.from(square))],
    ...[count, 0, allocate(kernels.correlateScratch(shape, spanned, 1, count))],
  );
  return { lines, window: result() };
}

describe.skipIf(!browser)('kernels with and without relaxed SIMD, in Chromium', () => {
  const run = async (base64: string, dtype: DType, bytes: number) => {
    const page = await browser!.newPage();
    try {
      const code = DTYPES.indexOf(dtype);
      return await page.evaluate(correlate, { base64, code, bytes, values, weights, square, size: SIZE });
    } finally {
      await page.close();
    }
  };

  test('are two builds', () => expect(relaxed).not.toBe(plain));

  test.each([plain, relaxed])('float32 is within the contract', async (base64) => {
    const { lines, window } = await run(base64, 'float32', 4);
    expectWithinContract(lines, expected.lines, 'float32');
    expectWithinContract(window, expected.window, 'float32');
  });

  test.each([
    ['uint8', 1],
    ['uint16', 2],
  ] as const)('%s is the same', async (dtype, bytes) => {
    const result = await run(relaxed, dtype, bytes);
    expect(result).toEqual(await run(plain, dtype, bytes));
    expect(result.lines).toEqual(expected.lines.map(Math.trunc));
  });
});
