// Morphology repeated until nothing changes: any image, structure, mask and chunking against one step at a time.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  type BinaryMorphologyOptions,
  binaryDilation,
  binaryErosion,
  fromArray,
  type LazyArray,
  label,
} from '../src/index';

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const bits = (length: number) => fc.array(fc.boolean(), { minLength: length, maxLength: length });

const scenes = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }))
  .chain(([height, width]) =>
    fc.record({
      shape: fc.constant([height, width]),
      chunks: fc.tuple(fc.integer({ min: 1, max: height }), fc.integer({ min: 1, max: width })),
      image: bits(height * width),
      mask: bits(height * width),
      structure: bits(9).map((b) => ({ shape: [3, 3], data: b.map((v, i) => v || i === 4) })),
      borderValue: fc.boolean(),
    }),
  );

const array = (data: readonly boolean[], shape: readonly number[], chunks: readonly number[]) =>
  fromArray(Uint8Array.from(data, Number), { shape, chunks, dtype: 'bool' });

async function repeat(
  apply: typeof binaryErosion,
  image: LazyArray,
  options: BinaryMorphologyOptions,
): Promise<readonly number[]> {
  let current = image;
  for (let before = ''; ; ) {
    current = await apply(current, options).persist();
    const values = Array.from((await current.compute()).data, Number);
    if (values.join() === before) return values;
    before = values.join();
  }
}

test.each([binaryErosion, binaryDilation])('%o until stable is what single steps end at', async (apply) => {
  await fc.assert(
    fc.asyncProperty(scenes, async ({ shape, chunks, image, mask, structure, borderValue }) => {
      const options = { structure, borderValue, mask: array(mask, shape, chunks) };
      const expected = await repeat(apply, array(image, shape, shape), options);
      const { data } = await apply(array(image, shape, chunks), { ...options, iterations: -1 }).compute();
      expect(Array.from(data, Number)).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});

test('a structure without its centre ends where SciPy ends', async () => {
  // Each dilation moves the object one to the right, until it has left.
  const image = array([true, true, false, false, false], [5], [2]);
  const { data } = await binaryDilation(image, { structure: [0, 0, 1], iterations: 0 }).compute();
  expect([...data]).toEqual([0, 0, 0, 0, 0]);
});

test('what never ends is an error', async () => {
  const image = array([true, false, true, false, true, false], [6], [4]);
  const array1 = binaryDilation(image, { structure: [1, 0, 1], iterations: 0 });
  await expect(array1.compute()).rejects.toThrow(/^iterations: .*at least 1 for this image and structure/);
});

test('the result goes on as any array does', async () => {
  const seed = array([true, false, false, false, false, false], [6], [2]);
  const mask = array([true, true, false, true, true, true], [6], [2]);
  const filled = binaryDilation(seed, { mask, iterations: 0 });
  expect([...(await filled.read([[1, 4]])).data]).toEqual([1, 0, 0]);
  expect(await label(filled.not()).count.item()).toBe(1);
});

test('an aborted read stops the passes, and a later one starts them again', async () => {
  const filled = binaryDilation(array([true, false, false], [3], [1]), { iterations: 0 });
  const controller = new AbortController();
  const read = filled.compute({ signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(read).rejects.toThrow('enough');
  expect([...(await filled.compute()).data]).toEqual([1, 1, 1]);
});
