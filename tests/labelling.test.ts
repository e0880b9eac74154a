// Labelling beyond conformance: any structure and chunking, sizes beyond 32 bits, failures, aborts, bad input.

import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  ArgumentError,
  clearBorder,
  type DeviceChoice,
  expandLabels,
  fromArray,
  isTilewiseError,
  type LazyArray,
  label,
  labelEqualRegions,
  mapBlocks,
  mapLabels,
  mergeLabelsAcrossChunkBoundaries,
  openZarr,
  relabelSequential,
  removeSmallObjects,
  selectLabels,
  writeZarr,
} from '../src/index';
import { LabelForest } from '../src/ops/ndmeasure/labelForest';
import { LabelMerger } from '../src/ops/ndmeasure/labelMerger';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const flat = async (array: LazyArray, device?: DeviceChoice) =>
  Array.from((await array.compute({ device })).data, Number);

/** Flood fill in raster order: connected elements of one value, by the structure's offsets, some axes being rings. */
function oracle(
  data: ArrayLike<number>,
  shape: readonly number[],
  structure: ArrayLike<boolean>,
  wrapAxes: readonly number[] = [],
): number[] {
  const rank = shape.length;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const offsets = Array.from(structure, (set, i) =>
    set ? shape.map((_, axis) => (Math.floor(i / 3 ** (rank - 1 - axis)) % 3) - 1) : undefined,
  ).filter((offset) => offset !== undefined);
  const labels = new Array<number>(data.length).fill(0);
  let count = 0;
  for (let start = 0; start < data.length; start++) {
    if (!data[start] || labels[start]) continue;
    labels[start] = ++count;
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const offset of offsets) {
        let to = 0;
        for (let axis = 0; axis < rank; axis++) {
          const n = shape[axis];
          const moved = (Math.floor(at / strides[axis]) % n) + offset[axis];
          const inside = wrapAxes.includes(axis) ? (moved + n) % n : moved;
          to = inside < 0 || inside >= n ? Number.NaN : to + inside * strides[axis];
        }
        if (Number.isNaN(to) || data[to] !== data[at] || labels[to]) continue;
        labels[to] = count;
        stack.push(to);
      }
    }
  }
  return labels;
}

const images = fc
  .oneof(
    fc.tuple(fc.integer({ min: 1, max: 14 })),
    fc.tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 })),
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 })),
  )
  .chain((shape: number[]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const cells = 3 ** shape.length;
    return fc.record({
      shape: fc.constant([...shape]),
      chunks: fc.tuple(...shape.map((n) => fc.integer({ min: Math.ceil(n / 4), max: n }))),
      data: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: size, maxLength: size }),
      half: fc.array(fc.boolean(), { minLength: cells >> 1, maxLength: cells >> 1 }),
      wrapAxes: fc.subarray(shape.map((_, axis) => axis)),
    });
  })
  .map(({ half, ...image }) => ({ ...image, structure: [...half, true, ...[...half].reverse()] }));

/** Lines along the diagonals of an image: they pass from chunk to chunk through corners only, when chunks are cubes. */
function diagonals(side: number, rank: number): Uint8Array {
  return Uint8Array.from({ length: side ** rank }, (_, i) => {
    const at = Array.from({ length: rank }, (_, axis) => Math.floor(i / side ** axis) % side);
    return at.every((x) => x === at[0] || x === side - 1 - at[0]) ? 1 : 0;
  });
}

describe.each(EXECUTORS)('any structure, chunking and ring on %s', (device) => {
  // A software GPU takes a hundred times as long.
  const numRuns = device === 'gpu' ? 6 : 60;
  const run = (check: (image: typeof images extends fc.Arbitrary<infer T> ? T : never) => Promise<void>) =>
    fc.assert(fc.asyncProperty(images, check), { numRuns });

  test('label', () =>
    run(async ({ shape, chunks, data, structure, wrapAxes }) => {
      const image = fromArray(Uint8Array.from(data), { shape, chunks });
      const like = { shape: shape.map(() => 3), data: structure };
      const { labels, count } = label(image, { structure: like, wrapAxes });
      const expected = oracle(data.map(Boolean).map(Number), shape, structure, wrapAxes);
      expect(await flat(labels, device)).toEqual(expected);
      expect(await count.item({ device })).toBe(Math.max(...expected));
    }));

  test.each([
    [18, 2],
    [9, 3],
  ])('label of diagonals through the corners of chunks, %i to the power of %i', async (side, rank) => {
    const data = diagonals(side, rank);
    const shape = new Array<number>(rank).fill(side);
    for (const connected of [true, false]) {
      const structure = Array.from({ length: 3 ** rank }, (_, i) => {
        const steps = shape.map((_, axis) => Math.floor(i / 3 ** axis) % 3).filter((at) => at !== 1);
        return connected || steps.length <= 1;
      });
      const expected = oracle(data, shape, structure);
      for (const chunk of device === 'gpu' ? [4] : [3, 4]) {
        const image = fromArray(data, { shape, chunks: shape.map(() => chunk) });
        const like = { shape: shape.map(() => 3), data: structure };
        const { labels, count } = label(image, { structure: like });
        expect(await flat(labels, device)).toEqual(expected);
        expect(await count.item({ device })).toBe(Math.max(...expected));
      }
    }
  });

  test('labelEqualRegions', () =>
    run(async ({ shape, chunks, data, structure }) => {
      const image = fromArray(Uint16Array.from(data), { shape, chunks });
      const like = { shape: shape.map(() => 3), data: structure };
      const { labels } = labelEqualRegions(image, { structure: like });
      expect(await flat(labels, device)).toEqual(oracle(data, shape, structure));
      const all = labelEqualRegions(image, { structure: like, background: null });
      const shifted = data.map((v) => v + 1);
      expect(await flat(all.labels, device)).toEqual(oracle(shifted, shape, structure));
    }));

  test('mergeLabelsAcrossChunkBoundaries undoes labelling by blocks', () =>
    run(async ({ shape, chunks, data, structure }) => {
      const mask = data.map((v) => Number(v > 0));
      const byBlock = mapBlocks(
        (block) => Int32Array.from(oracle(block.data as Uint8Array, block.shape, structure)),
        fromArray(Uint8Array.from(mask), { shape, chunks }),
        { dtype: 'int32' },
      );
      const like = { shape: shape.map(() => 3), data: structure };
      const { labels } = mergeLabelsAcrossChunkBoundaries(byBlock, { structure: like });
      expect(await flat(labels, device)).toEqual(oracle(mask, shape, structure));
    }));

  test('expandLabels, in chunks as whole', () =>
    run(async ({ shape, chunks, data }) => {
      const grow = (parts: readonly number[]) =>
        expandLabels(fromArray(Uint8Array.from(data), { shape, chunks: parts }), { distance: 2.5 });
      expect(await flat(grow(chunks), device)).toEqual(await flat(grow(shape), 'cpu'));
    }));
});

describe('beyond 32 bits', () => {
  const SIDE = 70_000;
  const HALF = SIDE / 2;
  const blank = () => new Uint32Array(HALF);
  const block = (row: number, column: number) =>
    [
      [row * HALF, (row + 1) * HALF],
      [column * HALF, (column + 1) * HALF],
    ] as const;

  test('positions of first pixels order objects of an image of 4.9e9 pixels', () => {
    const merger = new LabelMerger([SIDE, SIDE], [HALF, HALF], {
      earlier: Int32Array.from([-1, 0, 0, -1]),
      wrapAxes: [],
    });
    // The last pixel of all; one object in two blocks, seen first in the lower left one; one over the vertical face.
    const lower = [blank(), blank(), blank(), blank()];
    merger.add({ first: Uint32Array.of(HALF * HALF - 1), faces: lower }, block(1, 1));
    const left = [blank(), blank(), blank(), blank()];
    left[0][5] = 1;
    merger.add({ first: Uint32Array.of(5, HALF + 9), faces: left }, block(1, 0));
    const right = [blank(), blank(), blank(), blank()];
    right[2][7] = 1;
    merger.add({ first: Uint32Array.of(7 * HALF), faces: right }, block(0, 1));
    const upper = [blank(), blank(), blank(), blank()];
    upper[1][5] = 1;
    upper[3][7] = 2;
    merger.add({ first: Uint32Array.of(6 * HALF + 5, 7 * HALF + 40), faces: upper }, block(0, 0));
    const merge = merger.finish();
    expect(merge.count).toBe(4);
    expect(Array.from(merge.table([0, 0]))).toEqual([1, 2]);
    expect(Array.from(merge.table([0, 1]))).toEqual([2]);
    expect(Array.from(merge.table([1, 0]))).toEqual([1, 3]);
    expect(Array.from(merge.table([1, 1]))).toEqual([4]);
  });

  test('more objects than uint32 holds', () => {
    const many = { length: 2 ** 32 - 1 } as Uint32Array;
    expect(() => new LabelForest([2 ** 17, 2 ** 17]).append(many, [])).toThrow(ArgumentError);
  });
});

/** A mask of stripes as Zarr, whose chunk `fails` cannot be read until it is mended. */
async function fragile() {
  const inner = new Map<string, Uint8Array>();
  const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => Number(i % 7 < 3));
  await writeZarr(fromArray(data, { shape: [64, 64], chunks: [16, 16] }), inner);
  const state = { broken: true, reads: [] as string[] };
  const store = {
    async get(key: string) {
      if (!/json$/.test(key)) state.reads.push(key);
      if (state.broken && key.endsWith('c/2/1')) {
        // Late enough for the first row to be decoded, however busy the machine is.
        await sleep(500);
        throw new Error('disk on fire');
      }
      return inner.get(key);
    },
  };
  return { array: await openZarr(store as never), state, data };
}

describe.each(EXECUTORS)('failures on %s', (device) => {
  test('a chunk that fails names itself; the next call reads only what is missing', async () => {
    const { array, state, data } = await fragile();
    const { labels, count } = label(array);
    const error = await count.item({ device }).catch((e: unknown) => e);
    expect(isTilewiseError(error)).toBe(true);
    expect(String(error)).toContain('c/2/1');
    const finished = state.reads.filter((key) => key.startsWith('/c/0/'));
    expect(finished.length).toBe(4);
    state.broken = false;
    state.reads = [];
    expect(await flat(labels, device)).toEqual(
      oracle(data, [64, 64], [false, true, false, true, true, true, false, true, false]),
    );
    expect(state.reads).toContain('/c/2/1');
    // Those that were being read when the call failed were given up.
    expect(state.reads.filter((key) => finished.includes(key))).toEqual([]);
  });

  test('aborted at any tile, it can be started again', async () => {
    const { array, state, data } = await fragile();
    state.broken = false;
    const expected = new Set(oracle(data, [64, 64], new Array(9).fill(true))).size - 1;
    const { count } = label(array, { structure: { shape: [3, 3], data: new Array(9).fill(1) } });
    for (const stop of [0, 1, 7, 15]) {
      const controller = new AbortController();
      const onProgress = ({ done }: { done: number }) => {
        if (done === stop) controller.abort(new Error('enough'));
      };
      await expect(count.item({ device, signal: controller.signal, onProgress })).rejects.toThrow('enough');
    }
    expect(await count.item({ device })).toBe(expected);
  });
});

const floats = fromArray(new Float32Array(12), { shape: [3, 4] });
const integers = fromArray(Int16Array.of(3, 0, -2, 1), { shape: [2, 2], chunks: [1, 2] });
const any = (value: unknown) => value as never;

test.each<[string, RegExp, () => unknown]>([
  ['unknown wrapped axis', /^wrapAxes\[0\]: .*2/, () => label(integers, { wrapAxes: [2] })],
  ['wrapped axes that are no list', /^wrapAxes: /, () => label(integers, { wrapAxes: any(1) })],
  ['regions of a float image', /^image: .*float32/, () => labelEqualRegions(floats)],
  ['fractional background', /^background: .*0.5/, () => labelEqualRegions(integers, { background: 0.5 })],
  ['merging float labels', /^labelImage: .*float32/, () => mergeLabelsAcrossChunkBoundaries(floats)],
  ['merging a mask', /^labelImage: .*bool/, () => mergeLabelsAcrossChunkBoundaries(floats.gt(0))],
  ['offset 0', /^offset: .*0/, () => relabelSequential(integers, { offset: 0 })],
  ['small objects of a float image', /^labelImage: .*float32/, () => removeSmallObjects(floats)],
  ['negative size', /^minSize: .*-1/, () => removeSmallObjects(integers, { minSize: -1 })],
  [
    'connectivity above the rank',
    /^connectivity: .*3/,
    () => removeSmallObjects(integers, { connectivity: 3 }),
  ],
  ['border wider than the image', /^bufferSize: .*2/, () => clearBorder(integers, { bufferSize: 2 })],
  ['negative distance', /^distance: .*-1/, () => expandLabels(integers, { distance: -1 })],
  ['growing float labels', /^labelImage: .*float32/, () => expandLabels(floats)],
  ['a label that is none', /^keep\[1\]: .*0/, () => selectLabels(integers, [1, 0])],
  ['a choice that is none', /^keep: /, () => selectLabels(integers, any({ table: 1 }))],
  ['an object as a map', /^map: /, () => mapLabels(integers, any({ 1: 2 }))],
  ['a map to a negative label', /^map.values\[0\]: .*-1/, () => mapLabels(integers, new Map([[1, -1]]))],
])('bad input: %s', (_name, message, call) => {
  let error: unknown;
  try {
    call();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toMatch(message);
});

describe.each(EXECUTORS)('negative and too large labels on %s', (device) => {
  const calls: Record<string, (labels: LazyArray) => LazyArray> = {
    relabelSequential: (labels) => relabelSequential(labels).labels,
    removeSmallObjects: (labels) => removeSmallObjects(labels),
    selectLabels: (labels) => selectLabels(labels, [1]),
    mergeLabelsAcrossChunkBoundaries: (labels) => mergeLabelsAcrossChunkBoundaries(labels).labels,
  };
  test.each(Object.entries(calls))('%s', async (_name, call) => {
    await expect(call(integers).compute({ device })).rejects.toThrow(/^labelImage: .*received -2/);
    const wide = fromArray(BigInt64Array.of(1n, 2n ** 40n), { shape: [2] });
    await expect(call(wide).compute({ device })).rejects.toThrow(/^labelImage: /);
  });
});
