import { afterAll, describe, expect, it } from 'vitest';
import type { DType } from '../../../src/core/dtype';
import { correlateGpu } from '../../../src/ops/gpu/correlate';
import { createTestExecutor, noGpu, randomArray, runKernel } from '../../helpers/gpu';

const executor = noGpu ? undefined : await createTestExecutor();
afterAll(() => executor?.dispose());

const [height, width, side] = [33, 29, 3];
/** Rows and columns wrap. */
const positions = (length: number) =>
  Array.from({ length: length + side - 1 }, (_, k) => (k - 1 + length) % length);
const windows = {
  inputShape: [1, 1, height, width],
  outputShape: [1, 1, height, width],
  size: [1, 1, side, side],
  inner: 1,
  tables: Int32Array.from([0, 0, ...positions(height), ...positions(width)]),
};

function correlate(data: ArrayLike<number>, weights: Float64Array): number[] {
  return Array.from({ length: height * width }, (_, element) => {
    const [y, x] = [Math.floor(element / width), element % width];
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      const row = (y + Math.floor(k / side) - 1 + height) % height;
      sum += weights[k] * data[row * width + ((x + (k % side) - 1 + width) % width)];
    }
    return sum;
  });
}

describe.skipIf(noGpu)('correlate', () => {
  it.each(['uint8', 'uint16', 'float32'] as DType[])(
    'is the same in one dispatch and in many, for %s',
    async (dtype) => {
      const weights = Float64Array.of(0, 1, 0, 2, -3, 1, 0, 1, 1);
      const image = randomArray(dtype, height * width, 5);
      const run = (work?: number) =>
        runKernel(executor!, [{ dtype, data: image }], dtype, [height, width], (context, [input], output) =>
          correlateGpu(context, { ...windows, input, output, dtype, weights, cval: 0 }, work),
        );
      const [whole, many] = [await run(), await run(1000)];
      expect(many).toEqual(whole);
      const exact = correlate(image as Float32Array, weights);
      const wrapped = { uint8: 256, uint16: 65536 }[dtype as 'uint8'];
      exact.forEach((v, i) => {
        if (wrapped) expect(whole[i]).toBe(((v % wrapped) + wrapped) % wrapped);
        else expect(Number(whole[i])).toBeCloseTo(v, 2);
      });
    },
  );
});
