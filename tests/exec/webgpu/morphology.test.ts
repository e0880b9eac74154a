import { afterAll, describe, expect, it } from 'vitest';
import { binaryMorphologyGpu } from '../../../src/ops/gpu/binaryMorphology';
import { createTestExecutor, noGpu, random, runKernel } from '../../helpers/gpu';

const executor = noGpu ? undefined : await createTestExecutor();
afterAll(() => executor?.dispose());

const next = random(11);

describe.skipIf(noGpu)('binary morphology', () => {
  for (const dilate of [false, true])
    for (const border of [0, 1])
      it(`${dilate ? 'dilation' : 'erosion'} with border ${border}, 2-D to 4-D`, async () => {
        const cases = [
          { inputShape: [1, 1, 23, 37], outputShape: [1, 1, 23, 37], origin: [0, 0, 0, 0] },
          { inputShape: [1, 1, 23, 37], outputShape: [1, 1, 11, 18], origin: [0, 0, 5, 3] },
          { inputShape: [2, 5, 9, 13], outputShape: [2, 4, 9, 15], origin: [0, 1, 0, -1] },
        ];
        const offsets = Int32Array.of(0, 0, 0, 0, 0, 0, -1, 1, 0, 0, 2, 0, 0, 1, 0, -1);
        for (const { inputShape, outputShape, origin } of cases) {
          const data = Uint8Array.from({ length: inputShape.reduce((a, b) => a * b) }, () =>
            Number(next() < (dilate ? 0.2 : 0.8)),
          );
          const actual = await runKernel(
            executor!,
            [{ dtype: 'bool', data }],
            'bool',
            outputShape,
            (context, [input], output) =>
              binaryMorphologyGpu(context, {
                input,
                output,
                inputShape,
                outputShape,
                origin,
                offsets,
                count: 4,
                dilate,
                border,
              }),
          );
          expect(actual).toEqual(oracle(data, inputShape, outputShape, origin, offsets, dilate, border));
        }
      });
});

function oracle(
  data: Uint8Array,
  inputShape: number[],
  outputShape: number[],
  origin: number[],
  offsets: Int32Array,
  dilate: boolean,
  border: number,
): Uint8Array {
  const out = new Uint8Array(outputShape.reduce((a, b) => a * b));
  for (let i = 0; i < out.length; i++) {
    const place: number[] = [];
    for (let axis = 3, rest = i; axis >= 0; axis--) {
      place[axis] = (rest % outputShape[axis]) + origin[axis];
      rest = Math.floor(rest / outputShape[axis]);
    }
    const values: number[] = [];
    for (let k = 0; k < offsets.length; k += 4) {
      const p = place.map((v, axis) => v + offsets[k + axis]);
      const inside = p.every((v, axis) => v >= 0 && v < inputShape[axis]);
      values.push(inside ? data[p.reduce((at, v, axis) => at * inputShape[axis] + v, 0)] : border);
    }
    out[i] = Number(dilate ? values.some(Boolean) : values.every(Boolean));
  }
  return out;
}
