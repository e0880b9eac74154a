import { afterAll, describe, expect, it } from 'vitest';
import type { DType } from '../../../src/core/dtype';
import { REGION, REGION_ROW } from '../../../src/core/regionRow';
import { toLimbs } from '../../../src/core/wideInteger';
import { histogramGpu } from '../../../src/ops/gpu/histogram';
import { reduceGpu } from '../../../src/ops/gpu/reduce';
import { regionReduceGpu } from '../../../src/ops/gpu/regionReduce';
import { createTestExecutor, noGpu, random, randomArray, runPartial } from '../../helpers/gpu';

const executor = noGpu ? undefined : await createTestExecutor();
afterAll(() => executor?.dispose());

const TYPES: readonly DType[] = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32'];

describe.skipIf(noGpu)('reduce', () => {
  const reduce = (dtype: DType, data: ReturnType<typeof randomArray>, centre: number) =>
    runPartial(executor!, [{ dtype, data }], (context, [input]) =>
      reduceGpu(context, { input, dtype, count: data.length, centre }),
    );

  for (const dtype of TYPES)
    for (const length of [1, 7, 20011])
      it(`${dtype} x ${length}`, async () => {
        const data = randomArray(dtype, length, length);
        const values = Array.from(data, Number);
        const centre = 3.25;
        const actual = await reduce(dtype, data, centre);
        const tolerance = dtype === 'float32' ? 1e-6 : 1e-14;
        const near = (a: number | bigint, b: number) =>
          expect(Math.abs(Number(a) - b)).toBeLessThanOrEqual(tolerance * (Math.abs(b) + length));
        near(
          actual.squares,
          values.reduce((a, v) => a + (v - centre) ** 2, 0),
        );
        near(
          actual.sum,
          values.reduce((a, v) => a + v, 0),
        );
        if (dtype !== 'float32') expect(Number(actual.sum)).toBe(values.reduce((a, v) => a + v, 0));
        expect(actual.minimum).toBe(values.reduce((a, v) => Math.min(a, v)));
        expect(actual.maximum).toBe(values.reduce((a, v) => Math.max(a, v)));
      });

  it('NaN and infinities', async () => {
    const data = Float32Array.from({ length: 300 }, (_, i) => i);
    data[100] = Infinity;
    expect(await reduce('float32', data, 0)).toMatchObject({ sum: Infinity, minimum: 0, maximum: Infinity });
    data[200] = NaN;
    expect(await reduce('float32', data, 0)).toEqual({ sum: NaN, minimum: NaN, maximum: NaN, squares: NaN });
  });
});

/** numpy.histogram by its definition: edges of linspace, last bin closed. */
function histogramOracle(values: number[], low: number, high: number, bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  const step = (high - low) / bins;
  const edges = Array.from({ length: bins }, (_, i) => i * step + low);
  for (const v of values) {
    if (!(v >= low && v <= high)) continue;
    let bin = 0;
    while (bin + 1 < bins && v >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return counts;
}

describe.skipIf(noGpu)('histogram', () => {
  const cases: [DType, number, number, number][] = [
    ['uint8', 0, 256, 256],
    ['uint8', 10, 200, 7],
    ['int8', -100, 100.5, 33],
    ['uint16', 0, 65536, 65536],
    ['uint16', 100, 60000, 100],
    ['int16', -40000, 40000, 2000],
    ['int32', -2e9, 2e9, 50],
    ['uint32', 1e9, 5e9, 50],
    ['bool', 0, 2, 2],
    ['float32', -100, 100, 256],
    ['float32', -0.3, 0.7, 10],
    ['float32', 0, 1e-3, 3000],
  ];
  for (const [dtype, low, high, binCount] of cases)
    it(`${dtype} in ${binCount} bins over [${low}, ${high}]`, async () => {
      const data = randomArray(dtype, 5003, binCount);
      if (dtype === 'float32') {
        const step = (high - low) / binCount;
        const special = [NaN, -NaN, Infinity, -Infinity, -0, 0, low, high];
        special.forEach((v, i) => {
          data[i] = v;
        });
        // Values at the edges, and next to them.
        for (let i = 8; i < 2000; i++) data[i] = (i % (binCount + 1)) * step + low + (i % 3 === 0 ? 0 : 1e-9);
      }
      const actual = await runPartial(executor!, [{ dtype, data }], (context, [input]) =>
        histogramGpu(context, { input, dtype, count: data.length, low, high, binCount }),
      );
      expect(actual).toEqual(histogramOracle(Array.from(data, Number), low, high, binCount));
    });
});

type Rows = Float64Array;

function regionOracle(
  labels: Uint32Array,
  values: number[] | undefined,
  shape: number[],
  n: number,
  dtype?: DType,
): Rows {
  const rows = new Float64Array(n * REGION_ROW);
  for (let k = 0; k < n; k++) {
    const row = rows.subarray(k * REGION_ROW, (k + 1) * REGION_ROW);
    row.fill(Infinity, REGION.lowest, REGION.lowest + 4);
    if (values) [row[REGION.minimum], row[REGION.maximum]] = [Infinity, -Infinity];
  }
  labels.forEach((label, i) => {
    if (label === 0) return;
    const row = rows.subarray((label - 1) * REGION_ROW, label * REGION_ROW);
    const place = [0, 0, 0, 0];
    for (let axis = 3, rest = i; axis >= 0; axis--) {
      place[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    row[REGION.count]++;
    place.forEach((p, axis) => {
      row[REGION.lowest + axis] = Math.min(row[REGION.lowest + axis], p);
      row[REGION.highest + axis] = Math.max(row[REGION.highest + axis], p);
      row[REGION.coordinateSum + axis] += p;
    });
    if (!values) return;
    const v = values[i];
    row[REGION.sum] += v;
    if (v < row[REGION.minimum]) [row[REGION.minimum], row[REGION.minimumAt]] = [v, i];
    if (v > row[REGION.maximum]) [row[REGION.maximum], row[REGION.maximumAt]] = [v, i];
    place.forEach((p, axis) => {
      row[REGION.weightedCoordinateSum + axis] += v * p;
    });
  });
  labels.forEach((label, i) => {
    if (label === 0 || !values) return;
    const row = rows.subarray((label - 1) * REGION_ROW, label * REGION_ROW);
    row[REGION.squares] += (values[i] - row[REGION.sum] / row[REGION.count]) ** 2;
  });
  if (!values || dtype === 'float32') return rows;
  for (let k = 0; k < n; k++) {
    const own = values.filter((_, i) => labels[i] === k + 1).map(BigInt);
    const total = (terms: bigint[]) => toLimbs(terms.reduce((a, b) => a + b, 0n));
    rows.set(total(own), k * REGION_ROW + REGION.sum);
    rows.set(total(own.map((v) => v * v)), k * REGION_ROW + REGION.squares);
  }
  return rows;
}

describe.skipIf(noGpu)('regionReduce', () => {
  const shape = [2, 3, 20, 77];
  const pixels = 2 * 3 * 20 * 77;
  const next = random(3);
  const labels = new Uint32Array(pixels);
  for (let i = 0; i < pixels; i++)
    labels[i] = i > 0 && next() < 0.8 ? labels[i - 1] : Math.floor(next() * 31);

  const measure = (dtype: DType, data: ReturnType<typeof randomArray> | undefined, capacity = 40) =>
    runPartial(
      executor!,
      [{ dtype: 'uint32', data: labels }, ...(data ? [{ dtype, data }] : [])],
      (context, [labelBuffer, values]) =>
        regionReduceGpu(context, { labels: labelBuffer, values, dtype, shape, capacity }),
    );

  for (const dtype of TYPES)
    it(dtype, async () => {
      const data = randomArray(dtype, pixels, 9);
      const actual = await measure(dtype, data);
      const expected = regionOracle(labels, Array.from(data, Number), shape, 30, dtype);
      expect(actual.length).toBe(expected.length);
      const magnitude = dtype === 'float32' ? 1e-7 * 100 * pixels * 77 : 0;
      for (let i = 0; i < expected.length; i++) {
        const [a, e, field] = [actual[i], expected[i], i % REGION_ROW];
        const rounds =
          (dtype === 'float32' && (field === REGION.sum || field === REGION.squares)) ||
          field >= REGION.weightedCoordinateSum;
        if (!rounds || field >= REGION.minimumAt) expect(a, `field ${field}`).toBe(e);
        else
          expect(Math.abs(a - e), `field ${field}`).toBeLessThanOrEqual(
            magnitude * 1e-2 + 1e-12 * Math.abs(e),
          );
      }
    });

  it('no image', async () => {
    expect(await measure('uint8', undefined)).toEqual(regionOracle(labels, undefined, shape, 30));
  });

  it('NaN and infinities spoil only their label', async () => {
    const data = new Float32Array(pixels).fill(2);
    data[labels.indexOf(3)] = NaN;
    data[labels.indexOf(4)] = -Infinity;
    labels.forEach((label, i) => {
      if (label === 6) data[i] = NaN;
    });
    const rows = await measure('float32', data);
    const at = (label: number, field: number) => rows[(label - 1) * REGION_ROW + field];
    expect([at(3, REGION.sum), at(3, REGION.minimum), at(3, REGION.maximum)]).toEqual([NaN, 2, NaN]);
    expect(at(6, REGION.minimum)).toBe(NaN);
    expect([at(4, REGION.sum), at(4, REGION.minimum), at(4, REGION.maximum)]).toEqual([
      -Infinity,
      -Infinity,
      2,
    ]);
    expect(at(5, REGION.sum)).toBe(2 * at(5, REGION.count));
  });

  it('subnormal values and zeros', async () => {
    const data = new Float32Array(pixels).fill(2 ** -140);
    const rows = await measure('float32', data);
    expect(rows[REGION.sum]).toBe(rows[REGION.count] * 2 ** -140);
    const zeros = await measure('float32', new Float32Array(pixels));
    expect(zeros[REGION.sum]).toBe(0);
  });

  it('too many labels reject the run', async () => {
    await expect(measure('uint8', undefined, 10)).rejects.toThrow(/room for 10/);
  });
});
