// Order statistics against sorting each window: random dtypes (NaN included), windows, modes and chunks.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoundaryMode, resolveIndex } from '../src/core/boundary';
import { castArray, type DType, isComplex, type TypedArray } from '../src/core/dtype';
import { stridesOf } from '../src/core/region';
import type { Structure } from '../src/core/structure';
import { setTileElements } from '../src/core/tiling';
import {
  ArgumentError,
  BOUNDARY_MODES,
  DTYPES,
  fromArray,
  type LazyArray,
  maximumFilter,
  medianFilter,
  minimumFilter,
  percentileFilter,
  rankFilter,
} from '../src/index';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

const REAL = DTYPES.filter((dtype) => !isComplex(dtype));

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

interface Case {
  readonly shape: number[];
  readonly chunks: number[];
  readonly dtype: DType;
  readonly values: number[];
  readonly footprint: Structure;
  readonly origin: number[];
  readonly mode: BoundaryMode;
  readonly rank: number;
}

const sides = (rank: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: [0, 60, 24, 8, 5][rank] }), { minLength: rank, maxLength: rank });

const windows = (rank: number): fc.Arbitrary<Structure> =>
  fc
    .array(fc.integer({ min: 1, max: [0, 40, 13, 5, 3][rank] }), { minLength: rank, maxLength: rank })
    .chain((shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const set = fc.oneof(
        fc.constant(new Array<boolean>(size).fill(true)),
        fc.array(fc.boolean(), { minLength: size, maxLength: size }).filter((data) => data.some(Boolean)),
      );
      return set.map((data) => ({ shape, data }));
    });

const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 4 }).chain((rank) =>
  fc.tuple(sides(rank), windows(rank)).chain(([shape, footprint]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const count = Array.from(footprint.data).filter(Boolean).length;
    // Few levels make ties, many make none.
    const levels = fc.constantFrom(3, 1000).chain((n) =>
      fc.array(
        fc.integer({ min: -n, max: n }).map((v) => v / 7),
        { minLength: size, maxLength: size },
      ),
    );
    return fc.record({
      shape: fc.constant(shape),
      chunks: fc.tuple(...shape.map((n) => fc.integer({ min: 1, max: n }))),
      dtype: fc.constantFrom(...REAL),
      values: fc.tuple(levels, fc.boolean()).map(([v, spoil]) => (spoil ? v.map(spoilt) : v)),
      footprint: fc.constant(footprint),
      origin: fc.tuple(...footprint.shape.map((n) => fc.integer({ min: -(n >> 1), max: (n - 1) >> 1 }))),
      mode: fc.constantFrom(...BOUNDARY_MODES),
      rank: fc.integer({ min: 0, max: count - 1 }),
    });
  }),
);

const spoilt = (value: number, i: number): number =>
  i % 11 === 3 ? Number.NaN : i % 17 === 5 ? Number.NEGATIVE_INFINITY : value;

const dataOf = ({ values, dtype }: Case): TypedArray => {
  const scale = dtype.startsWith('float') ? 1 : 6;
  return castArray(
    Float64Array.from(values, (v) => (scale === 1 ? v : Math.trunc(v * scale) || 0)),
    'float64',
    dtype,
  );
};

const image = (c: Case, chunks = c.chunks): LazyArray =>
  fromArray(dataOf(c), { shape: c.shape, dtype: c.dtype, chunks });

/** -0 before 0, NaN last. */
function compare(a: number | bigint, b: number | bigint): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a !== b) return a < b ? -1 : 1;
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}

/** The sorted window around each pixel. */
function sortedWindows(c: Case, cval: number): (number | bigint)[][] {
  const data = dataOf(c);
  const constant = castArray(Float64Array.of(cval), 'float64', c.dtype)[0];
  const strides = stridesOf(c.shape);
  const windowStrides = stridesOf(c.footprint.shape);
  return Array.from(data as Float64Array, (_, i) => {
    const found: (number | bigint)[] = [];
    for (let k = 0; k < c.footprint.data.length; k++) {
      if (!c.footprint.data[k]) continue;
      let at = 0;
      let outside = false;
      c.shape.forEach((n, axis) => {
        const p = Math.floor(i / strides[axis]) % n;
        const side = c.footprint.shape[axis];
        const o = (Math.floor(k / windowStrides[axis]) % side) - (side >> 1) - c.origin[axis];
        const j = resolveIndex(p + o, n, c.mode);
        if (j < 0) outside = true;
        else at += j * strides[axis];
      });
      found.push(outside ? constant : data[at]);
    }
    return found.sort(compare);
  });
}

describe.each(EXECUTORS)('on %s', (device) => {
  const numRuns = device === 'gpu' ? 25 : 150;

  test('every rank is what sorting the window gives', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const { footprint, origin, mode, rank } = c;
        const sorted = sortedWindows(c, 3);
        const filtered = rankFilter(image(c), rank, { footprint, origin, mode, cval: 3 });
        const { data } = await filtered.compute({ device });
        expect(Array.from(data as Float64Array)).toEqual(sorted.map((window) => window[rank]));
      }),
      { numRuns },
    );
  });

  test('a maximum is a complemented minimum, and chunks do not show', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const { footprint, origin, mode } = c;
        const options = { size: footprint.shape, origin, mode };
        const positive = { ...c, dtype: 'int16' as const, values: c.values.map((v) => v || 0) };
        const lowest = await minimumFilter(image(positive), options).compute({ device });
        const negated = image(positive, c.shape).negative();
        const highest = await maximumFilter(negated, options).negative().compute({ device });
        expect(highest.data).toEqual(lowest.data);
      }),
      { numRuns },
    );
  });
});

test('large windows with large values, where sorted places take the work', async () => {
  const shape = [70, 45];
  for (const dtype of REAL) {
    const c: Case = {
      ...{ shape, dtype, chunks: [33, 45], mode: 'mirror', origin: [3, -2], rank: 101 },
      values: Array.from({ length: 70 * 45 }, (_, i) => Math.sin(i * 12.9898) * 4e8),
      footprint: { shape: [15, 17], data: Array.from({ length: 255 }, (_, i) => i % 7 !== 3) },
    };
    const { footprint, origin, mode, rank } = c;
    const { data } = await rankFilter(image(c), rank, { footprint, origin, mode }).compute({ device: 'cpu' });
    expect(Array.from(data as Float64Array)).toEqual(sortedWindows(c, 0).map((window) => window[rank]));
  }
});

test.each([
  // The most that counts of a byte hold, one more, and columns that overflow them.
  [
    [15, 17],
    [40, 61],
  ],
  [
    [16, 16],
    [40, 61],
  ],
  [
    [3, 99],
    [7, 210],
  ],
  [
    [5, 7, 9],
    [9, 12, 31],
  ],
  [
    [16, 16, 2],
    [18, 17, 9],
  ],
])('boxes of %j of bytes, where histograms take the work', async (box, shape) => {
  const [size, count] = [shape, box].map((sides) => sides.reduce((a, b) => a * b));
  for (const dtype of ['uint8', 'int8'] as const) {
    const c: Case = {
      ...{ shape, dtype, chunks: shape.map((n, axis) => (axis === 0 ? Math.ceil(n / 2) : n)) },
      ...{ mode: 'reflect', origin: box.map(() => 0), rank: 0 },
      values: Array.from({ length: size }, (_, i) => (i * 7919) % 1009),
      footprint: { shape: box, data: new Array<boolean>(count).fill(true) },
    };
    const sorted = sortedWindows(c, 0);
    for (const rank of [0, count >> 1, count - 1]) {
      const { data } = await rankFilter(image(c), rank, { size: box }).compute({ device: 'cpu' });
      expect(Array.from(data as Uint8Array)).toEqual(sorted.map((window) => window[rank]));
    }
  }
});

test('arrays of six axes are filtered along some of them', async () => {
  const data = Float32Array.from({ length: 2 * 2 * 2 * 3 * 4 * 5 }, (_, i) => (i * 7919) % 1009);
  const whole = fromArray(data, { shape: [2, 2, 2, 3, 4, 5] });
  const flat = fromArray(data, { shape: [24, 4, 5] });
  const a = await medianFilter(whole, { size: [1, 1, 1, 1, 3, 3] }).compute({ device: 'cpu' });
  const b = await medianFilter(flat, { size: [1, 3, 3] }).compute({ device: 'cpu' });
  expect(a.data).toEqual(b.data);
});

describe('what cannot be accepted is an ArgumentError at once', () => {
  const picture = fromArray(new Float32Array(12), { shape: [3, 4] });
  const any = (value: unknown) => value as never;
  test.each<[string, RegExp, () => unknown]>([
    ['neither size nor footprint', /^size: /, () => medianFilter(picture, {})],
    ['both', /^footprint: /, () => minimumFilter(picture, { size: 3, footprint: [[1, 1]] })],
    ['footprint all false', /^footprint: /, () => maximumFilter(picture, { footprint: [[0, 0]] })],
    ['footprint of another rank', /^footprint: /, () => maximumFilter(picture, { footprint: [1, 1] })],
    ['ragged footprint', /^footprint: /, () => maximumFilter(picture, { footprint: [[1, 1], [1]] })],
    ['size 0', /^size: .*0/, () => medianFilter(picture, { size: 0 })],
    ['fractional size', /^size: .*2.5/, () => medianFilter(picture, { size: 2.5 })],
    ['size per axis of the wrong length', /^size: /, () => medianFilter(picture, { size: [3, 3, 3] })],
    ['origin too high', /^origin\[1\]: .*2/, () => medianFilter(picture, { size: 3, origin: [0, 2] })],
    ['origin too low', /^origin\[0\]: .*-3/, () => medianFilter(picture, { size: 5, origin: -3 })],
    ['unknown mode', /^mode: .*"edge"/, () => medianFilter(picture, { size: 3, mode: any('edge') })],
    ['NaN cval', /^cval: .*NaN/, () => medianFilter(picture, { size: 3, cval: Number.NaN })],
    ['rank too high', /^rank: .*9/, () => rankFilter(picture, 9, { size: 3 })],
    ['rank too low', /^rank: .*-10/, () => rankFilter(picture, -10, { size: 3 })],
    ['fractional rank', /^rank: .*0.5/, () => rankFilter(picture, 0.5, { size: 3 })],
    ['percentile too high', /^percentile: .*101/, () => percentileFilter(picture, 101, { size: 3 })],
    ['percentile too low', /^percentile: .*-100.5/, () => percentileFilter(picture, -100.5, { size: 3 })],
    ['NaN percentile', /^percentile: .*NaN/, () => percentileFilter(picture, Number.NaN, { size: 3 })],
    ['not an array', /^image: /, () => medianFilter(any([1, 2]), { size: 3 })],
  ])('%s', (_name, message, call) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });
});
