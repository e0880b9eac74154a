// Interpolation: what it reads, and what must hold for every image, transform and chunking.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  affineTransform,
  BOUNDARY_MODES,
  type BoundaryMode,
  type DeviceChoice,
  fromArray,
  fromSource,
  type LazyArray,
  mapCoordinates,
  rotate,
  type Source,
  shift,
  stack,
  zoom,
} from '../src/index';
import { expectWithinContract } from './helpers/compare';
import { EXECUTORS, expectNoFallback } from './helpers/executors';
import { randomArray } from './helpers/gpu';

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));
expectNoFallback();

const hasGpu = EXECUTORS.includes('gpu');

/** A 64 x 64 image in chunks of 8 that tells which chunks were read. */
function watched(): { image: LazyArray; read: Set<string> } {
  const read = new Set<string>();
  const source: Source = {
    key: `watched-${Math.random()}`,
    shape: [64, 64],
    dtype: 'float32',
    chunks: [8, 8],
    dimensionNames: [null, null],
    readChunk: async (index) => {
      read.add(index.join());
      const [y, x] = index.map((i) => 8 * i);
      return Float32Array.from({ length: 64 }, (_, i) => 100 * (y + (i >> 3)) + x + (i & 7));
    },
  };
  return { image: fromSource(source), read };
}

const pointsOf = (points: readonly (readonly number[])[]): LazyArray =>
  fromArray(Float32Array.from(points[0].flatMap((_, axis) => points.map((p) => p[axis]))), {
    shape: [points[0].length, points.length],
    chunks: [points[0].length, 2],
  });

describe.each(EXECUTORS)('mapCoordinates on %s', (device) => {
  test('reads only the chunks that its coordinates look at', async () => {
    const { image, read } = watched();
    const coordinates = pointsOf([
      [3, 4],
      [4.5, 5.5],
      [44.25, 60],
      [46, 57],
    ]);
    const { data } = await mapCoordinates(image, coordinates, { order: 1 }).compute({ device });
    expect(Array.from(data as Float32Array)).toEqual([304, 455.5, 4485, 4657]);
    expect([...read].sort()).toEqual(['0,0', '5,7']);
  });

  test('a region of the result reads for itself only; what lies outside reads nothing', async () => {
    const { image, read } = watched();
    const result = mapCoordinates(
      image,
      pointsOf([
        [3, 4],
        [5, 5],
        [-9, 4],
        [80, Number.NaN],
      ]),
      { order: 1 },
    );
    expect((await result.read([[2, 4]], { device })).data).toEqual(Float32Array.of(0, 0));
    expect(read.size).toBe(0);
    await result.read([[0, 2]], { device });
    expect([...read]).toEqual(['0,0']);
  });

  test('under wrap, both ends where coordinates cross the edge', async () => {
    const { image, read } = watched();
    const options = { order: 1, mode: 'grid-wrap' } as const;
    const { data } = await mapCoordinates(image, pointsOf([[63.5, 4]]), options).compute({ device });
    expect(data[0]).toBe(3154);
    // One box holds both.
    expect([...read].sort()).toEqual(Array.from({ length: 8 }, (_, y) => `${y},0`));
  });

  test('many coordinates at once are those one by one, beyond the edge and NaN too', async () => {
    const image = fromArray(
      Float32Array.from({ length: 900 }, (_, i) => (i * 37) % 101),
      { shape: [30, 30], chunks: [8, 8] },
    );
    // Of every three stretches of 80 two are inside; the others come and go.
    const places = Float64Array.from({ length: 2 * 720 }, (_, i) => {
      if (i === 300) return Number.NaN;
      const inside = ((i * 7919) % 2900) / 100;
      return Math.floor(i / 80) % 3 < 2 ? inside : 2.5 * inside - 20;
    });
    for (const mode of BOUNDARY_MODES)
      for (const order of [0, 1, 3]) {
        const at = (chunks: number[]) =>
          mapCoordinates(image, fromArray(places, { shape: [2, 720], chunks }), { mode, order });
        const together = await at([2, 720]).compute({ device: 'cpu' });
        const { data } = await at([2, 45]).compute({ device: 'cpu' });
        expectWithinContract(together.data, data, 'float32', { label: `${mode} ${order}`, range: 100 });
      }
  });

  test('coordinates and image may come from mapCoordinates themselves', async () => {
    const { image, read } = watched();
    const inner = mapCoordinates(
      image,
      pointsOf([
        [1, 2],
        [1, 3],
        [9, 1],
        [9, 3],
      ]),
      { order: 0 },
    );
    const picked = mapCoordinates(inner, pointsOf([[1], [0]]), { order: 0 });
    expect((await picked.compute({ device })).data).toEqual(Float32Array.of(103, 102));
    expect([...read]).toEqual(['0,0']);
    const rows = inner.multiply(0.01);
    const looked = mapCoordinates(image, stack([rows.slice([0, 2]), rows.slice([2, 4])]), { order: 0 });
    read.clear();
    // Coordinates [1.02, 9.01] and [1.03, 9.03]: one box of the image serves both calls.
    expect((await looked.compute({ device })).data).toEqual(Float32Array.of(109, 109));
    expect([...read].sort()).toEqual(['0,0', '0,1', '1,0', '1,1']);
  });
});

/** Of the values of random images, to which the precision contract refers. */
const RANGE = 200;

/** Lengths and chunk lengths of an image of these dtypes, and its values. */
interface Case {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly dtype: 'float32' | 'uint8' | 'int16' | 'uint16';
  readonly seed: number;
  readonly order: number;
  readonly mode: BoundaryMode;
}

const cases = (dtypes: readonly Case['dtype'][], orders: readonly number[]): fc.Arbitrary<Case> =>
  fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      chunks: fc.tuple(...shape.map((n) => fc.integer({ min: 1, max: n }))),
      dtype: fc.constantFrom(...dtypes),
      seed: fc.integer({ min: 1, max: 999 }),
      order: fc.constantFrom(...orders),
      mode: fc.constantFrom(...BOUNDARY_MODES),
    }),
  );

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const imageOf = ({ shape, dtype, seed }: Case, chunks: readonly number[]) =>
  fromArray(randomArray(dtype, size(shape), seed), { shape: [...shape], dtype, chunks: [...chunks] });

/** A stream of numbers in [-1, 1) that depends on the case alone. */
function numbersOf({ seed }: Case): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const TRANSFORMS: Record<string, (image: LazyArray, c: Case) => LazyArray> = {
  affineTransform: (image, c) => {
    const next = numbersOf(c);
    const matrix = c.shape.map((_, i) => c.shape.map((__, j) => Number(i === j) + next()));
    const offset = c.shape.map(() => 5 * next());
    return affineTransform(image, matrix, { offset, order: c.order, mode: c.mode, cval: 2 });
  },
  shift: (image, c) => {
    const next = numbersOf(c);
    const distance = c.shape.map((n) => 2 * n * next());
    return shift(image, distance, { order: c.order, mode: c.mode, cval: 2 });
  },
  zoom: (image, c) => {
    const next = numbersOf(c);
    const factors = c.shape.map((n) => Math.max(1 / n, 1.3 + next()));
    return zoom(image, factors, { order: c.order, mode: c.mode, cval: 2, gridMode: c.seed % 2 === 0 });
  },
  mapCoordinates: (image, c) => {
    const next = numbersOf(c);
    // Now and then whole and half numbers, and such as are no place in any image.
    const odd = [0.5, -0.5, -1, 3, -3.5, 1e-40, -1e-40, 3e9, -7e11, Number.NaN, Infinity, -Infinity];
    const values = Float32Array.from({ length: c.shape.length * 40 }, (_, i) =>
      i % 4 === 3 ? odd[Math.floor((next() + 1) * 6)] : 24 * next(),
    );
    const coordinates = fromArray(values, {
      shape: [c.shape.length, 5, 8],
      chunks: [c.shape.length, 2 + (c.seed % 3), 3],
    });
    return mapCoordinates(image, coordinates, { order: c.order, mode: c.mode, cval: 2 });
  },
};

describe.each(EXECUTORS)('on %s, chunked equals whole', (device: DeviceChoice) => {
  test.each(Object.keys(TRANSFORMS))('%s', async (name) => {
    const property = fc.asyncProperty(cases(['float32', 'uint8'], [0, 1, 2, 3, 4, 5]), async (c) => {
      const whole = await TRANSFORMS[name](imageOf(c, c.shape), c).compute({ device });
      const parts = await TRANSFORMS[name](imageOf(c, c.chunks), c).compute({ device });
      expect(parts.shape).toEqual(whole.shape);
      // Coefficients in float32 may be summed in another order.
      if (c.dtype === 'float32') expectWithinContract(parts.data, whole.data, 'float32', { range: RANGE });
      else expect(parts.data).toEqual(whole.data);
    });
    // A software GPU compiles for every order, mode and dtype.
    await fc.assert(property, { numRuns: device === 'gpu' ? 4 : 40 });
  });
});

describe.skipIf(!hasGpu)('the GPU gives what the CPU gives', () => {
  test.each(Object.keys(TRANSFORMS))('%s', async (name) => {
    const property = fc.asyncProperty(cases(['float32'], [0, 1, 2, 3, 4, 5]), async (c) => {
      const result = TRANSFORMS[name](imageOf(c, c.chunks), c);
      const { data } = await result.compute({ device: 'gpu' });
      const expected = (await result.compute({ device: 'cpu' })).data;
      expectWithinContract(data, expected, 'float32', { range: RANGE });
    });
    await fc.assert(property, { numRuns: 8 });
  });
});

describe('for every image on the CPU', () => {
  const float = cases(['float32'], [0, 1, 2, 3, 4, 5]);
  const compute = async (array: LazyArray) => (await array.compute({ device: 'cpu' })).data as Float32Array;
  const same = (a: Float32Array, b: Float32Array) => expectWithinContract(a, b, 'float32', { range: RANGE });

  test('rotation by 360 degrees changes nothing', async () => {
    const property = fc.asyncProperty(float, async (c) => {
      fc.pre(c.shape.length > 1);
      const image = imageOf(c, c.chunks);
      same(await compute(rotate(image, 360, { order: c.order, mode: c.mode })), await compute(image));
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('zoom by 1 changes nothing', async () => {
    const property = fc.asyncProperty(float, async (c) => {
      const image = imageOf(c, c.chunks);
      same(await compute(zoom(image, 1, { order: c.order, mode: c.mode })), await compute(image));
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('a shift by whole elements is a slice, and a roll under grid-wrap', async () => {
    const property = fc.asyncProperty(float, fc.integer({ min: -12, max: 12 }), async (c, by) => {
      const image = imageOf(c, c.chunks);
      const pixels = await compute(image);
      const n = c.shape[0];
      const row = pixels.length / n;
      const options = { order: c.order, cval: 3 };
      const distance = c.shape.map((_, axis) => (axis === 0 ? by : 0));
      const rolled = await compute(shift(image, distance, { ...options, mode: 'grid-wrap' }));
      const moved = await compute(shift(image, distance, { ...options, mode: 'constant' }));
      for (let i = 0; i < n; i++) {
        const from = i - by;
        const at = ((from % n) + n) % n;
        const expected = pixels.subarray(at * row, (at + 1) * row);
        same(rolled.subarray(i * row, (i + 1) * row), expected);
        const inside = from >= 0 && from < n;
        same(moved.subarray(i * row, (i + 1) * row), inside ? expected : new Float32Array(row).fill(3));
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test.each(Object.keys(TRANSFORMS))('%s is linear', async (name) => {
    const property = fc.asyncProperty(float, async (c) => {
      fc.pre(!c.mode.includes('constant'));
      const [a, b] = [imageOf(c, c.chunks), imageOf({ ...c, seed: c.seed + 1 }, c.shape)];
      const apply = (image: LazyArray) => TRANSFORMS[name](image, c);
      const sum = await compute(apply(a.multiply(2).subtract(b)));
      const [x, y] = [await compute(apply(a)), await compute(apply(b))];
      // Where a coordinate is no number, all three are the constant.
      const expected = x.map((v, i) => (v === 2 && y[i] === 2 ? 2 : 2 * v - y[i]));
      expectWithinContract(sum, expected, 'float32', { range: 3 * RANGE });
    });
    await fc.assert(property, { numRuns: 30 });
  });
});
