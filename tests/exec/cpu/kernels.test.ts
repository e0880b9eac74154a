// Every kernel against a plain TypeScript oracle on random inputs, and correlate1d against SciPy to the bit.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { BOUNDARY_MODES, type BoundaryMode, indexTable } from '../../../src/core/boundary';
import {
  allocate,
  castArray,
  DTYPES,
  type DType,
  isBigInt,
  isComplex,
  isFloat,
  itemSize,
  type TypedArray,
  valueRange,
} from '../../../src/core/dtype';
import type { CpuKernels } from '../../../src/core/kernels';
import { REGION, REGION_ROW } from '../../../src/core/regionRow';
import { toLimbs } from '../../../src/core/wideInteger';
import { Heap } from '../../../src/exec/cpu/heap';
import { instantiateKernels } from '../../../src/exec/cpu/wasm';

/** Kernels and expressions know no complex numbers: they see their parts. */
const REAL = DTYPES.filter((dtype) => !isComplex(dtype));

let kernels: CpuKernels;
let heap: Heap;

beforeAll(async () => {
  kernels = await instantiateKernels();
  heap = new Heap(kernels);
}, 60_000);

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const integer = (random: () => number, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

const code = (dtype: DType): number => DTYPES.indexOf(dtype);

function randomArray(random: () => number, dtype: DType, length: number): TypedArray {
  const out = allocate(dtype, length);
  const [min, max] = isFloat(dtype) ? [-10, 10] : valueRange(dtype);
  // 64-bit integers stay where float64 is exact.
  const [low, high] = isBigInt(dtype) ? [min && -1e15, 1e15] : [min, max];
  for (let i = 0; i < length; i++) {
    const value = isFloat(dtype) ? low + random() * (high - low) : integer(random, low, high);
    out[i] = (isBigInt(dtype) ? BigInt(value) : value) as never;
  }
  return out;
}

function upload(data: TypedArray): number {
  const pointer = heap.allocate(data.byteLength);
  new Uint8Array(kernels.memory.buffer, pointer).set(
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return pointer;
}

const download = (dtype: DType, pointer: number, length: number): TypedArray =>
  heap.view(dtype, pointer, length).slice();

const i32 = (...values: number[]): number => upload(Int32Array.from(values));

/** C conversion as the filters do it: bool holds 0 or 1 after truncation. */
function cast(values: Float64Array, dtype: DType): TypedArray {
  if (dtype === 'bool') return castArray(values.map(Math.trunc), 'float64', 'bool');
  return castArray(values, 'float64', dtype);
}

interface Line {
  readonly dtype: DType;
  readonly shape: readonly [outer: number, length: number, inner: number];
  readonly outputLength: number;
  readonly table: Int32Array;
  readonly cval: number;
}

function run1d(
  line: Line,
  input: TypedArray,
  kernel: 'correlate1d' | 'uniform1d',
  weights: Float64Array,
): TypedArray {
  const { dtype, shape, outputLength, table, cval } = line;
  const [outer, length, inner] = shape;
  const taps = weights.length;
  const count = outer * outputLength * inner;
  const sizes = [code(dtype), length, outputLength, inner, taps] as const;
  const scratchBytes =
    kernel === 'correlate1d' ? kernels.correlate1dScratch(...sizes) : kernels.uniform1dScratch(...sizes);
  const pointers = [
    upload(input),
    heap.allocate(count * itemSize(dtype)),
    upload(table),
    upload(weights),
    heap.allocate(scratchBytes),
  ];
  const [source, target, positions, factors, scratch] = pointers;
  const common = [source, target, code(dtype), outer, length, outputLength, inner, positions] as const;
  if (kernel === 'correlate1d') kernels.correlate1d(...common, factors, taps, cval, scratch);
  else kernels.uniform1d(...common, taps, cval, scratch);
  const result = download(dtype, target, count);
  for (const pointer of pointers) heap.free(pointer);
  return result;
}

/** Calls `visit` with the values under the window of every output. */
function mapWindows(
  line: Line,
  input: TypedArray,
  taps: number,
  visit: (window: number[]) => number,
): Float64Array {
  const { shape, outputLength, table, cval } = line;
  const [outer, length, inner] = shape;
  const out = new Float64Array(outer * outputLength * inner);
  for (let o = 0; o < outer; o++)
    for (let y = 0; y < outputLength; y++)
      for (let i = 0; i < inner; i++) {
        const window = Array.from({ length: taps }, (_, k) => {
          const position = table[y + k];
          return position < 0 ? cval : Number(input[(o * length + position) * inner + i]);
        });
        out[(o * outputLength + y) * inner + i] = visit(window);
      }
  return out;
}

/** SciPy's order of operations: symmetric weights are folded; otherwise the last tap comes first. */
function correlateWindow(window: number[], weights: Float64Array): number {
  const taps = weights.length;
  const half = taps >> 1;
  const folds = (sign: number) =>
    taps % 2 === 1 &&
    weights.every((w, k) => k === half || Math.abs(w - sign * weights[taps - 1 - k]) <= Number.EPSILON);
  const sign = folds(1) ? 1 : folds(-1) ? -1 : 0;
  if (sign === 0) {
    let sum = window[taps - 1] * weights[taps - 1];
    for (let k = 0; k < taps - 1; k++) sum += window[k] * weights[k];
    return sum;
  }
  let sum = window[half] * weights[half];
  for (let k = 0; k < half; k++) sum += (window[k] + sign * window[taps - 1 - k]) * weights[k];
  return sum;
}

function randomLine(random: () => number, dtype: DType, taps: number, longest: number): Line {
  const length = integer(random, 1, longest);
  const start = integer(random, 0, length - 1);
  const stop = integer(random, start + 1, length);
  const before = integer(random, 0, taps - 1);
  const inner = [1, 1, 2, 3, 8, 17, 65, 150, 300][integer(random, 0, 8)];
  const mode = BOUNDARY_MODES[integer(random, 0, BOUNDARY_MODES.length - 1)] as BoundaryMode;
  return {
    dtype,
    shape: [integer(random, 1, 3), length, inner],
    outputLength: stop - start,
    table: indexTable([start, stop], before, taps - 1 - before, [0, length], length, mode),
    cval: isFloat(dtype) ? 1.5 : 2,
  };
}

function expectClose(actual: TypedArray, expected: TypedArray, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    const error = Math.abs(Number(actual[i]) - Number(expected[i]));
    // Written so that a NaN on one side only counts.
    if (!(error <= worst)) worst = error;
  }
  expect(worst).toBeLessThanOrEqual(tolerance);
}

describe('correlate1d', () => {
  test.each(REAL)('%s follows SciPy operation for operation', (dtype) => {
    const random = generator(code(dtype) + 1);
    const rounds = isFloat(dtype) || dtype === 'bool' ? 40 : 60;
    for (let round = 0; round < rounds; round++) {
      const taps = integer(random, 1, round % 4 === 0 ? 60 : 9);
      const weights = Float64Array.from({ length: taps }, () =>
        // Whole numbers at last, large ones too: then sums need no fractions.
        round < 40 ? random() - 0.4 : Math.round((random() - 0.4) * (round % 2 ? 5 : 400)),
      );
      if (round % 3)
        for (let k = 0; k < taps >> 1; k++) weights[taps - 1 - k] = (round % 3 === 1 ? 1 : -1) * weights[k];
      if (round % 3 === 2 && taps % 2) weights[taps >> 1] = 0;
      const line = randomLine(random, dtype, taps, round % 5 === 0 ? 300 : 40);
      const input = randomArray(random, dtype, line.shape[0] * line.shape[1] * line.shape[2]);
      const expected = cast(
        mapWindows(line, input, taps, (window) => correlateWindow(window, weights)),
        dtype,
      );
      const actual = run1d(line, input, 'correlate1d', weights);
      if (dtype === 'float32') expectClose(actual, expected, 2e-4);
      else expect(actual).toEqual(expected);
    }
  });

  test.each(['uint8', 'uint16'] as const)('%s: weights of smoothing truncate as float64 does', (dtype) => {
    const random = generator(code(dtype) + 900);
    for (let round = 0; round < 60; round++) {
      const taps = 2 * integer(random, 0, 12) + 1;
      const half = taps >> 1;
      const sigma = 0.3 + 3 * random();
      const weights = Float64Array.from({ length: taps }, (_, k) => Math.exp(-(((k - half) / sigma) ** 2)));
      const total = weights.reduce((a, b) => a + b, 0);
      // Of a sum of 1, constant images stay what they are, or fall one short.
      for (let k = 0; k < taps; k++) weights[k] /= total;
      const line = { ...randomLine(random, dtype, taps, round % 3 ? 60 : 400), cval: 7 };
      const range = round % 2 ? valueRange(dtype)[1] : integer(random, 1, 200);
      const input = randomArray(random, dtype, line.shape[0] * line.shape[1] * line.shape[2]);
      for (let i = 0; i < input.length; i++)
        input[i] = (i > 0 && random() < 0.9 ? input[i - 1] : Number(input[i]) % (range + 1)) as never;
      const sums = mapWindows(line, input, taps, (window) => correlateWindow(window, weights));
      expect(run1d(line, input, 'correlate1d', weights)).toEqual(cast(sums, dtype));
    }
  });

  const golden = JSON.parse(readFileSync(new URL('../../golden/kernels.json', import.meta.url), 'utf8')) as {
    dtype: DType;
    shape: [number, number];
    axis: number;
    mode: BoundaryMode;
    weights: number[];
    input: number[];
    output: number[];
  }[];

  test.each(golden)('equals SciPy: $dtype $shape axis $axis $mode', (golden) => {
    const { dtype, shape, axis, mode, input, output } = golden;
    const length = shape[axis];
    const weights = Float64Array.from(golden.weights);
    const before = weights.length >> 1;
    const line: Line = {
      dtype,
      shape: axis === 0 ? [1, length, shape[1]] : [shape[0], length, 1],
      outputLength: length,
      table: indexTable([0, length], before, weights.length - 1 - before, [0, length], length, mode),
      cval: 3,
    };
    const typed = (values: number[]) => {
      const out = allocate(dtype, values.length);
      (out as Float64Array).set(values);
      return out;
    };
    expect(run1d(line, typed(input), 'correlate1d', weights)).toEqual(typed(output));
  });
});

describe('uniform1d', () => {
  test.each(REAL)('%s equals the mean of every window', (dtype) => {
    const random = generator(code(dtype) + 50);
    for (let round = 0; round < 40; round++) {
      const size = integer(random, 1, round % 4 === 0 ? 80 : 9);
      const line = randomLine(random, dtype, size, round % 5 === 0 ? 900 : 40);
      const input = randomArray(random, dtype, line.shape[0] * line.shape[1] * line.shape[2]);
      const means = mapWindows(line, input, size, (window) => window.reduce((a, b) => a + b, 0) / size);
      const actual = run1d(line, input, 'uniform1d', new Float64Array(size));
      if (isFloat(dtype)) expectClose(actual, cast(means, dtype), dtype === 'float32' ? 1e-5 : 1e-12);
      else expectClose(actual, cast(means, dtype), isBigInt(dtype) ? 2 : 0);
    }
  });

  test.each([1, 3, 8, 20])('non-finite values stay inside their windows (inner %i)', (inner) => {
    const random = generator(inner);
    const size = 5;
    const length = 600;
    const line: Line = {
      dtype: 'float64',
      shape: [1, length, inner],
      outputLength: length,
      table: indexTable([0, length], 2, 2, [0, length], length, 'reflect'),
      cval: 0,
    };
    const input = randomArray(random, 'float64', length * inner);
    for (const value of [NaN, Infinity, -Infinity])
      input[integer(random, 0, length * inner - 1)] = value as never;
    const means = mapWindows(line, input, size, (window) => window.reduce((a, b) => a + b, 0) / size);
    expectClose(run1d(line, input, 'uniform1d', new Float64Array(size)), means, 1e-12);
  });
});

type Shape = readonly [number, number, number, number];

function* coordinates(shape: Shape): Generator<[number, number, number, number]> {
  for (let a = 0; a < shape[0]; a++)
    for (let b = 0; b < shape[1]; b++)
      for (let c = 0; c < shape[2]; c++) for (let d = 0; d < shape[3]; d++) yield [a, b, c, d];
}

const contains = (shape: Shape, p: readonly number[]): boolean => p.every((x, i) => x >= 0 && x < shape[i]);

const flatten = (shape: Shape, [a, b, c, d]: readonly number[]): number =>
  ((a * shape[1] + b) * shape[2] + c) * shape[3] + d;

const elements = (shape: Shape): number => shape.reduce((a, b) => a * b);

function randomShape(random: () => number, widest: number): Shape {
  return [integer(random, 1, 2), integer(random, 1, 4), integer(random, 1, 9), integer(random, 1, widest)];
}

const noise = (random: () => number, length: number, density: number): Uint8Array =>
  Uint8Array.from({ length }, () => (random() < density ? 1 : 0));

test('binaryMorphology combines every offset', () => {
  const random = generator(7);
  for (let round = 0; round < 120; round++) {
    const shape = randomShape(random, 70);
    const outputShape = randomShape(random, 70);
    const origin = shape.map((length) => integer(random, -2, length));
    const offsets = Array.from({ length: integer(random, 0, 7) }, () => [
      integer(random, -1, 1),
      integer(random, -1, 1),
      integer(random, -3, 3),
      integer(random, -30, 30),
    ]);
    const input = noise(random, elements(shape), 0.6);
    const dilate = round % 2;
    const border = (round >> 1) % 2;
    const target = heap.allocate(elements(outputShape));
    kernels.binaryMorphology(
      upload(input),
      target,
      i32(...shape),
      i32(...outputShape),
      i32(...origin),
      i32(...offsets.flat()),
      offsets.length,
      dilate,
      border,
    );
    const expected = new Uint8Array(elements(outputShape));
    for (const p of coordinates(outputShape)) {
      const values = offsets.map((offset) => {
        const q = p.map((x, i) => x + origin[i] + offset[i]);
        return contains(shape, q) ? input[flatten(shape, q)] : border;
      });
      expected[flatten(outputShape, p)] = Number(dilate ? values.includes(1) : !values.includes(0));
    }
    expect(download('bool', target, expected.length)).toEqual(expected);
  }
});

describe('labelBlock', () => {
  /** Flood fill from every unlabelled pixel in raster order. */
  function floodFill(
    input: Uint8Array,
    shape: Shape,
    offsets: number[][],
  ): { labels: Uint32Array; first: number[] } {
    const labels = new Uint32Array(input.length);
    const first: number[] = [];
    for (const start of coordinates(shape)) {
      const at = flatten(shape, start);
      if (!input[at] || labels[at]) continue;
      first.push(at);
      const stack = [start as number[]];
      labels[at] = first.length;
      while (stack.length) {
        const p = stack.pop()!;
        for (const offset of offsets)
          for (const sign of [1, -1]) {
            const q = p.map((x, i) => x + sign * offset[i]);
            if (!contains(shape, q)) continue;
            const next = flatten(shape, q);
            if (!input[next] || labels[next]) continue;
            labels[next] = first.length;
            stack.push(q);
          }
      }
    }
    return { labels, first };
  }

  const earlierRows = [...coordinates([3, 3, 3, 1])]
    .map(([a, b, c]) => [a - 1, b - 1, c - 1])
    .filter(([a, b, c]) => a < 0 || (a === 0 && (b < 0 || (b === 0 && c < 0))));

  test('numbers components in raster order, for any symmetric structure', () => {
    const random = generator(11);
    for (let round = 0; round < 160; round++) {
      const shape: Shape =
        round % 2 ? randomShape(random, 70) : [1, 1, integer(random, 1, 24), integer(random, 1, 140)];
      const rows = earlierRows.map((row) => [...row, round % 3 ? integer(random, 0, 7) : round % 6 ? 7 : 2]);
      const rowConnected = round % 5 === 0 ? 0 : 1;
      const offsets = rows.flatMap(([a, b, c, mask]) =>
        [-1, 0, 1].filter((dx) => mask & (1 << (dx + 1))).map((dx) => [a, b, c, dx]),
      );
      if (rowConnected) offsets.push([0, 0, 0, 1]);
      const input = noise(random, elements(shape), [0.05, 0.5, 0.8, 1, 0.4][round % 5]);
      const lines = elements(shape) / shape[3];
      const runs = heap.allocate(kernels.labelRunsBytes(lines, shape[3], rowConnected));
      const tables = [i32(...rows.flat()), rows.length, rowConnected] as const;
      const count = kernels.labelBlock(upload(input), 0, 0, i32(...shape), ...tables, runs);
      const { labels, first } = floodFill(input, shape, offsets);
      expect(count).toBe(first.length);
      expectRuns(runs, shape, labels, first);
      // Equal values connect just so where there is one value.
      const all = heap.allocate(kernels.labelRunsBytes(lines, shape[3], 0));
      const values = upload(Uint32Array.from(input, (set) => 7 * set));
      expect(kernels.labelBlock(upload(input), values, 4, i32(...shape), ...tables, all)).toBe(count);
      expectRuns(all, shape, labels, first);
    }
  });

  /** What is made of runs must be what the label image shows. */
  function expectRuns(runs: number, shape: Shape, labels: Uint32Array, first: number[]): void {
    const width = shape[3];
    const rows = labels.length / width;
    const n = first.length;
    const target = heap.allocate(4 * labels.length);
    kernels.fillRuns(runs, 0, rows, 0, target);
    expect(download('uint32', target, labels.length)).toEqual(labels);
    const [row, count] = [rows >> 2, (rows + 1) >> 1];
    const names = Uint32Array.from({ length: n }, (_, i) => (i % 3) * 1000);
    kernels.fillRuns(runs, row, count, upload(names), target);
    const part = labels.slice(row * width, (row + count) * width);
    const renamed = part.map((label) => (label === 0 ? 0 : names[label - 1]));
    expect(download('uint32', target, part.length)).toEqual(renamed);
    kernels.firstOfRuns(runs, target);
    expect([...(download('uint32', target, n) as Uint32Array)]).toEqual(first);
    const sizes = new Uint32Array(n + 1);
    for (const label of labels) sizes[label]++;
    sizes[0] = 0;
    const counted = upload(new Uint32Array(n + 1));
    kernels.sizesOfRuns(runs, counted);
    expect(download('uint32', counted, n + 1)).toEqual(sizes);
    for (const last of [0, 1]) {
      kernels.rowEnds(runs, last, target);
      const ends = Uint32Array.from({ length: rows }, (_, i) => labels[i * width + last * (width - 1)]);
      expect(download('uint32', target, rows)).toEqual(ends);
    }
    // An image's runs are those that it was made of, whatever its labels are called.
    const bytes = kernels.labelRunsBytes(rows, width, 0);
    for (const names of [undefined, labels.map((label) => label && 4000 - label)]) {
      const again = heap.allocate(bytes);
      const remap = names ? upload(new Uint32Array(4000)) : 0;
      const ids = heap.allocate(4 * n);
      const found = kernels.runsOfLabels(upload(names ?? labels), rows, width, remap, ids, again);
      expect(found).toBe(names ? n : 0);
      if (names) expect(download('uint32', ids, n)).toEqual(Uint32Array.from(first, (at) => names[at]));
      kernels.fillRuns(again, 0, rows, 0, target);
      expect(download('uint32', target, labels.length)).toEqual(labels);
    }
  }
});

describe('regionReduce', () => {
  function measure(
    labels: Uint32Array,
    values: TypedArray | undefined,
    shape: Shape,
    n: number,
    dtype?: DType,
  ): Float64Array {
    const table = new Float64Array(n * REGION_ROW);
    for (let label = 1; label <= n; label++) {
      const row = table.subarray((label - 1) * REGION_ROW, label * REGION_ROW);
      row.fill(Infinity, REGION.lowest, REGION.lowest + 4);
      row.fill(-Infinity, REGION.highest, REGION.highest + 4);
      row[REGION.minimumAt] = row[REGION.maximumAt] = -1;
      for (const p of coordinates(shape)) {
        const at = flatten(shape, p);
        if (labels[at] !== label) continue;
        const value = values ? Number(values[at]) : 0;
        row[REGION.count]++;
        row[REGION.sum] += value;
        for (let axis = 0; axis < 4; axis++) {
          row[REGION.lowest + axis] = Math.min(row[REGION.lowest + axis], p[axis]);
          row[REGION.highest + axis] = Math.max(row[REGION.highest + axis], p[axis]);
          row[REGION.coordinateSum + axis] += p[axis];
          row[REGION.weightedCoordinateSum + axis] += value * p[axis];
        }
        if (!values) continue;
        const { minimum, maximum, minimumAt, maximumAt } = REGION;
        if (
          value < row[minimum] ||
          row[minimumAt] < 0 ||
          (Number.isNaN(row[minimum]) && !Number.isNaN(value))
        ) {
          row[minimum] = value;
          row[minimumAt] = at;
        }
        if (
          value > row[maximum] ||
          row[maximumAt] < 0 ||
          (Number.isNaN(value) && !Number.isNaN(row[maximum]))
        ) {
          row[maximum] = value;
          row[maximumAt] = at;
        }
      }
      const mean = row[REGION.sum] / row[REGION.count];
      labels.forEach((l, at) => {
        if (values && l === label) row[REGION.squares] += (Number(values[at]) - mean) ** 2;
      });
      if (!values || !dtype || isFloat(dtype) || row[REGION.count] === 0) continue;
      const own = Array.from(values, BigInt).filter((_, at) => labels[at] === label);
      row.set(toLimbs(own.reduce((a, b) => a + b)), REGION.sum);
      if (!isBigInt(dtype)) row.set(toLimbs(own.reduce((a, b) => a + b * b, 0n)), REGION.squares);
      else
        for (const [field, at] of [
          [REGION.minimum, row[REGION.minimumAt]],
          [REGION.maximum, row[REGION.maximumAt]],
        ])
          row.set(toLimbs(BigInt(values[at])), field);
    }
    return table;
  }

  test.each([...REAL, undefined])('measures %s', (dtype) => {
    const random = generator(code(dtype ?? 'bool') + 90);
    for (let round = 0; round < 20; round++) {
      const shape = randomShape(random, 40);
      const n = integer(random, 1, 5);
      let label = 0;
      const labels = Uint32Array.from({ length: elements(shape) }, () => {
        if (random() < 0.4) label = integer(random, 0, n);
        return label;
      });
      const values = dtype && randomArray(random, dtype, labels.length);
      if (values && isFloat(dtype) && round % 4 === 0)
        values[integer(random, 0, labels.length - 1)] = NaN as never;
      const table = heap.allocate(n * REGION_ROW * 8);
      const image = values ? upload(values) : 0;
      const width = shape[3];
      const rows = labels.length / width;
      const runs = heap.allocate(kernels.labelRunsBytes(rows, width, 0));
      kernels.runsOfLabels(upload(labels), rows, width, 0, 0, runs);
      kernels.regionReduce(runs, image, code(dtype ?? 'uint8'), i32(...shape), n, table);
      const actual = download('float64', table, n * REGION_ROW) as Float64Array;
      const expected = measure(labels, values, shape, n, dtype);
      for (let at = 0; dtype && isFloat(dtype) && at < actual.length; at += REGION_ROW) {
        actual[at + REGION.sum] += actual[at + REGION.count] * actual[at + REGION.sumLow];
        actual[at + REGION.sumLow] = 0;
      }
      for (let i = 0; i < actual.length; i++) {
        if (Object.is(actual[i], expected[i])) continue;
        expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(1e-10 + Math.abs(expected[i]) * 1e-10);
      }
    }
  });
});

test('compressLabels numbers labels by first appearance; relabel inverts it', () => {
  const random = generator(21);
  for (let round = 0; round < 40; round++) {
    const count = integer(random, 1, 300);
    const maximum = integer(random, 1, 1000);
    const labels = Uint32Array.from({ length: count }, () =>
      random() < 0.5 ? 0 : integer(random, 1, maximum),
    );
    const target = heap.allocate(count * 4);
    const ids = heap.allocate(count * 4);
    const remap = upload(new Uint32Array(maximum + 1));
    const k = kernels.compressLabels(upload(labels), target, count, remap, ids);
    const expected = [...new Set(labels)].filter((label) => label > 0);
    expect([...(download('uint32', ids, k) as Uint32Array)]).toEqual(expected);
    const compressed = download('uint32', target, count);
    expect(compressed).toEqual(labels.map((label) => expected.indexOf(label) + 1));
    expect(download('uint32', remap, maximum + 1)).toEqual(new Uint32Array(maximum + 1));
    const restored = heap.allocate(count * 4);
    kernels.relabel(target, restored, ids, count);
    expect(download('uint32', restored, count)).toEqual(labels);
  }
});

test('labelSpans finds the labels and groupSpans puts their elements together', () => {
  const random = generator(22);
  for (let round = 0; round < 60; round++) {
    const count = integer(random, 1, 300);
    const labels = new Uint32Array(count);
    for (let i = 0; i < count; ) {
      const label = random() < 0.4 ? 0 : integer(random, 1, 20);
      for (let left = integer(random, 1, 30); left > 0 && i < count; left--) labels[i++] = label;
    }
    const dtype = (['uint8', 'uint16', 'float32', 'float64'] as const)[round % 4];
    const values = randomArray(random, dtype, count);
    const expected = [...new Set(labels)].filter((label) => label > 0);
    const members = expected.map((label) => [...labels.keys()].filter((i) => labels[i] === label));
    const [ids, spans, target] = [80, 12 * count, 8 * count].map((bytes) => heap.allocate(bytes));
    const sizes = upload(new Uint32Array(21));
    const pointer = upload(labels);
    const spanCount = kernels.labelSpans(pointer, count, upload(new Uint32Array(21)), ids, sizes, spans);
    expect([...(download('uint32', ids, expected.length) as Uint32Array)]).toEqual(expected);
    expect([...(download('uint32', sizes, expected.length + 1) as Uint32Array)]).toEqual([
      expected.length,
      ...members.map((own) => own.length),
    ]);
    // Every second label is left out.
    const kept = members.filter((_, k) => k % 2 === 0);
    let at = 0;
    const cursors = members.map((own, k) => {
      if (k % 2) return -1;
      at += own.length;
      return at - own.length;
    });
    for (const [source, bytes] of [
      [upload(values), itemSize(dtype)],
      [0, 4],
    ] as const) {
      kernels.groupSpans(spans, spanCount, source, bytes, i32(-1, ...cursors), target);
      const grouped = download(source ? dtype : 'uint32', target, at);
      expect([...(grouped as Float64Array)]).toEqual(
        kept.flat().map((i) => (source ? (values[i] as number) : i)),
      );
    }
  }
});

test('countDigits counts digits of 32-bit keys, and finds the ends of the others', () => {
  const random = generator(23);
  for (let round = 0; round < 80; round++) {
    const count = integer(random, 1, 60);
    const largest = 2 ** 32 - 1;
    const keys = Uint32Array.from({ length: count }, () =>
      random() < 0.05 ? largest : integer(random, 0, round % 2 ? largest : 2 ** 18),
    );
    const shift = [0, 8, 16, 20][round % 4];
    const bits = shift === 20 ? 12 : 8;
    const known = shift + bits === 32;
    const top = (key: number) => (known ? 0 : Math.floor(key / 2 ** (shift + bits)));
    const prefix = top(keys[integer(random, 0, count - 1)]);
    const counts = upload(new Uint32Array(2 ** bits));
    const ends = upload(BigUint64Array.of(2n ** 64n - 1n, 0n));
    const start = upload(BigUint64Array.of(BigInt(prefix)));
    kernels.countDigits(upload(keys), 4, count, start, shift, bits, counts, ends);
    const expected = new Uint32Array(2 ** bits);
    for (const key of keys) if (top(key) === prefix) expected[Math.floor(key / 2 ** shift) % 2 ** bits]++;
    expect(download('uint32', counts, 2 ** bits)).toEqual(expected);
    const above = [...keys].filter((key) => top(key) > prefix);
    const next = above.length > 0 ? BigInt(Math.min(...above)) : 2n ** 64n - 1n;
    expect([...(download('uint64', ends, 2) as BigUint64Array)]).toEqual([next, BigInt(Math.max(...keys))]);
  }
});

test.each(REAL)('reduceBlock reduces %s', (dtype) => {
  const random = generator(code(dtype) + 120);
  for (let round = 0; round < 12; round++) {
    const count = integer(random, 1, round % 3 ? 40 : 3000);
    const values = randomArray(random, dtype, count);
    if (isFloat(dtype) && round % 4 === 3) values[integer(random, 0, count - 1)] = NaN as never;
    const out = heap.allocate(32);
    kernels.reduceBlock(upload(values), code(dtype), count, 2.5, out);
    const actual = download('float64', out, 4);
    const numbers = Array.from(values as ArrayLike<number | bigint>, Number);
    const squares = numbers.reduce((a, b) => a + (b - 2.5) ** 2, 0);
    const magnitude = numbers.reduce((a, b) => a + Math.abs(b), 0);
    const expected = [
      numbers.reduce((a, b) => a + b, 0),
      Math.min(...numbers),
      Math.max(...numbers),
      squares,
    ];
    for (let i = 0; i < 4; i++) {
      if (Number.isNaN(expected[i])) expect(actual[i]).toBeNaN();
      else {
        const tolerance = [magnitude, 0, 0, squares][i] * 1e-12;
        expect(Math.abs(Number(actual[i]) - expected[i])).toBeLessThanOrEqual(tolerance);
      }
    }
  }
});

test.each(REAL)('histogram counts %s as np.histogram does', (dtype) => {
  const random = generator(code(dtype) + 150);
  for (let round = 0; round < 12; round++) {
    const count = round % 3 ? integer(random, 1, 500) : 70_000;
    const values = randomArray(random, dtype, count);
    const [min, max] = isFloat(dtype)
      ? [-9, 9]
      : valueRange(dtype).map((v) => Math.min(Math.max(v, -1e15), 1e15));
    const low = round % 2 ? min : min + (max - min) * 0.21;
    const high = round % 2 ? max : max - (max - min) * 0.17;
    const binCount = integer(random, 1, 300);
    const bins = upload(new Uint32Array(binCount).fill(3));
    kernels.histogram(upload(values), code(dtype), count, low, high, bins, binCount);
    const expected = new Uint32Array(binCount).fill(3);
    const edge = (i: number) => (i === binCount ? high : i * ((high - low) / binCount) + low);
    for (const raw of values as Iterable<number | bigint>) {
      const value = Number(raw);
      if (!(value >= low && value <= high)) continue;
      let bin = Math.min(Math.trunc(((value - low) / (high - low)) * binCount), binCount - 1);
      while (bin > 0 && value < edge(bin)) bin--;
      while (bin < binCount - 1 && value >= edge(bin + 1)) bin++;
      expected[bin]++;
    }
    expect(download('uint32', bins, binCount)).toEqual(expected);
  }
});

describe.each(REAL)('cast from %s', (from) => {
  test.each(REAL)('to %s', (to) => {
    const random = generator(code(from) * 16 + code(to));
    const source = randomArray(random, from, 100);
    if (isFloat(from)) for (let i = 0; i < 40; i++) source[i] = (Number(source[i]) * 1e6) as never;
    const values = [0, 1, ...(isFloat(from) ? [NaN, -0.5, 255.9, 4294967296.5, -7.9] : [])];
    for (const [i, value] of values.entries()) source[i] = (isBigInt(from) ? BigInt(value) : value) as never;
    const target = heap.allocate(100 * itemSize(to));
    kernels.cast(upload(source), code(from), target, code(to), 100);
    const expected = castArray(source, from, to);
    // NumPy takes NaN for true.
    if (to === 'bool') for (let i = 0; i < 100; i++) if (Number.isNaN(source[i])) expected[i] = 1;
    expect(download(to, target, 100)).toEqual(expected);
  });
});

test('copyBox copies any box', () => {
  const random = generator(31);
  for (let round = 0; round < 80; round++) {
    const dtype = (['uint8', 'uint16', 'float32', 'float64'] as const)[round % 4];
    const shape = randomShape(random, 30);
    const outputShape = round % 5 ? randomShape(random, 30) : shape;
    const box = shape.map((length, i) =>
      integer(random, round % 3 ? 1 : Math.min(length, outputShape[i]), Math.min(length, outputShape[i])),
    );
    const offset = box.map((length, i) => integer(random, 0, shape[i] - length));
    const outputOffset = box.map((length, i) => integer(random, 0, outputShape[i] - length));
    const input = randomArray(random, dtype, elements(shape));
    const expected = allocate(dtype, elements(outputShape));
    const target = upload(expected);
    kernels.copyBox(
      upload(input),
      i32(...shape),
      i32(...offset),
      target,
      i32(...outputShape),
      i32(...outputOffset),
      i32(...box),
      itemSize(dtype),
    );
    for (const p of coordinates(box as unknown as Shape)) {
      const from = flatten(
        shape,
        p.map((x, i) => x + offset[i]),
      );
      const to = flatten(
        outputShape,
        p.map((x, i) => x + outputOffset[i]),
      );
      expected[to] = input[from] as never;
    }
    expect(download(dtype, target, expected.length)).toEqual(expected);
  }
});

describe('Heap', () => {
  test('reuses and joins freed blocks, aligned to 16', () => {
    const own = new Heap(kernels);
    const pointers = [100, 200, 300, 400].map((bytes) => own.allocate(bytes));
    for (const pointer of pointers) expect(pointer % 16).toBe(0);
    own.free(pointers[1]);
    own.free(pointers[2]);
    expect(own.allocate(510)).toBe(pointers[1]);
    expect(() => own.free(pointers[2])).toThrow(/not an allocated block/);
  });

  test('says so when memory cannot grow', () => {
    const own = new Heap({ memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }), heapBase: 0 });
    expect(() => own.allocate(1e6)).toThrow(/more bytes do not fit/);
  });
});
