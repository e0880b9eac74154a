import { afterAll, describe, expect, it } from 'vitest';
import { generateBinaryStructure } from '../../../src/core/structure';
import { type LabelBlock, labelBlockGpu, labelFirstsGpu, relabelGpu } from '../../../src/ops/gpu/label';
import { parseConnectivity } from '../../../src/ops/ndmeasure/labelStructure';
import { createTestExecutor, noGpu, random, runKernel, runPartial } from '../../helpers/gpu';

const executor = noGpu ? undefined : await createTestExecutor();
afterAll(() => executor?.dispose());

type Shape4 = readonly [number, number, number, number];

/** Flood fill in raster order: scipy.ndimage.label by definition. `offsets`: 4 axes each, both directions. */
function oracle(
  data: Uint8Array,
  shape: Shape4,
  offsets: number[][],
): { labels: Uint32Array; count: number } {
  const labels = new Uint32Array(data.length);
  const [, s1, s2, s3] = shape;
  let count = 0;
  for (let start = 0; start < data.length; start++) {
    if (!data[start] || labels[start]) continue;
    labels[start] = ++count;
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const p = [
        Math.floor(at / (s1 * s2 * s3)),
        Math.floor(at / (s2 * s3)) % s1,
        Math.floor(at / s3) % s2,
        at % s3,
      ];
      for (const offset of offsets) {
        const q = p.map((v, axis) => v + offset[axis]);
        if (q.some((v, axis) => v < 0 || v >= shape[axis])) continue;
        const to = ((q[0] * s1 + q[1]) * s2 + q[2]) * s3 + q[3];
        if (!data[to] || labels[to]) continue;
        labels[to] = count;
        stack.push(to);
      }
    }
  }
  return { labels, count };
}

function connectivity(data: ArrayLike<number | boolean>, rank: number) {
  const { earlier, rows, rowConnected } = parseConnectivity({ shape: new Array(rank).fill(3), data }, rank);
  const offsets: number[][] = [];
  for (let i = 0; i < earlier.length; i += rank) {
    const offset = [...new Array(4 - rank).fill(0), ...earlier.subarray(i, i + rank)];
    offsets.push(
      offset,
      offset.map((v) => -v),
    );
  }
  return { rows, rowConnected, offsets };
}

const pad = (shape: readonly number[]): Shape4 =>
  [...new Array(4 - shape.length).fill(1), ...shape] as unknown as Shape4;

async function check(data: Uint8Array, shape: Shape4, structure: ArrayLike<number | boolean>, rank: number) {
  const { rows, rowConnected, offsets } = connectivity(structure, rank);
  const expected = oracle(data, shape, offsets);
  const actual = await runKernel(
    executor!,
    [{ dtype: 'bool', data }],
    'uint32',
    [data.length],
    (context, [input], labels) => {
      labelBlockGpu(context, { input, labels, shape, rows, rowConnected });
    },
  );
  expect(actual).toEqual(expected.labels);
}

const next = random(7);
const PATTERNS: Record<string, (w: number, h: number) => Uint8Array> = {
  ...Object.fromEntries(
    [0.1, 0.45, 0.6, 0.9].map((density) => [
      `noise ${density}`,
      (w: number, h: number) =>
        Uint8Array.from({ length: w * h }, () => (next() < density ? 1 + next() * 254 : 0)),
    ]),
  ),
  full: (w, h) => new Uint8Array(w * h).fill(1),
  empty: (w, h) => new Uint8Array(w * h),
  serpentine: (w, h) =>
    Uint8Array.from({ length: w * h }, (_, i) => {
      const [y, x] = [Math.floor(i / w), i % w];
      return Number(y % 2 === 0 || ((y >> 1) & 1 ? x === 0 : x === w - 1));
    }),
  comb: (w, h) => Uint8Array.from({ length: w * h }, (_, i) => Number((i % w) % 2 === 0 || i >= w * (h - 1))),
  spiral,
};

/** One line wound inwards, a pixel of gap between turns. */
function spiral(w: number, h: number): Uint8Array {
  const data = new Uint8Array(w * h);
  const set = (x: number, y: number) => {
    data[y * w + x] = 1;
  };
  for (let x0 = 0, y0 = 0, x1 = w - 1, y1 = h - 1; x0 <= x1 && y0 <= y1; x0 += 2, y0 += 2, x1 -= 2, y1 -= 2) {
    for (let x = x0; x <= x1; x++) set(x, y0);
    for (let y = y0; y <= y1; y++) set(x1, y);
    for (let x = x1; x >= x0; x--) set(x, y1);
    for (let y = y1; y >= y0 + 2; y--) set(x0, y);
    if (y0 + 2 <= y1) set(Math.min(x0 + 1, x1), y0 + 2);
  }
  return data;
}

describe.skipIf(noGpu)('label', () => {
  for (const connected of [1, 2])
    for (const [w, h] of [
      [1, 1],
      [33, 7],
      [64, 64],
      [255, 97],
      [31, 300],
    ])
      for (const [name, make] of Object.entries(PATTERNS))
        it(`2-D ${connected === 1 ? 4 : 8}-connected ${name} ${w} x ${h}`, () =>
          check(make(w, h), pad([h, w]), generateBinaryStructure(2, connected).data, 2));

  for (const connected of [1, 2, 3])
    for (const density of [0.15, 0.3, 0.6])
      it(`3-D ${[6, 18, 26][connected - 1]}-connected noise ${density}`, () => {
        const data = Uint8Array.from({ length: 17 * 21 * 67 }, () => Number(next() < density));
        return check(data, pad([17, 21, 67]), generateBinaryStructure(3, connected).data, 3);
      });

  it('4-D and 1-D', async () => {
    const data = Uint8Array.from({ length: 5 * 6 * 7 * 40 }, () => Number(next() < 0.2));
    await check(data, [5, 6, 7, 40], generateBinaryStructure(4, 2).data, 4);
    await check(data, [1, 1, 1, data.length], [1, 1, 1], 1);
  });

  it('structures without neighbours in the row, or without straight ones', async () => {
    const data = Uint8Array.from({ length: 70 * 90 }, () => Number(next() < 0.5));
    const structures = [
      [0, 1, 0, 0, 1, 0, 0, 1, 0],
      [1, 0, 1, 0, 1, 0, 1, 0, 1],
      [1, 0, 0, 1, 1, 1, 0, 0, 1],
      [1, 0, 1, 1, 1, 1, 1, 0, 1],
      [1, 1, 0, 0, 1, 0, 0, 1, 1],
      [0, 0, 0, 0, 1, 0, 0, 0, 0],
    ];
    for (const structure of structures) await check(data, pad([70, 90]), structure, 2);
  });

  it('count, first pixels and renaming in one submit', async () => {
    const [w, h] = [77, 50];
    const data = PATTERNS['noise 0.45'](w, h);
    const shape = pad([h, w]);
    const { rows, rowConnected, offsets } = connectivity(generateBinaryStructure(2, 1).data, 2);
    const expected = oracle(data, shape, offsets);
    const table = Uint32Array.from({ length: expected.count }, (_, i) => 1000 + i * 3);
    const before = executor!.stats.submits;
    const actual = await runPartial(executor!, [{ dtype: 'uint8', data }], (context, [input]) => {
      const labels = context.scratch(4 * w * h);
      const target = context.scratch(4 * w * h);
      const block: LabelBlock = { input, labels, shape, rows, rowConnected };
      const { sums, countIndex } = labelBlockGpu(context, block);
      const bits = labelFirstsGpu(context, labels, w * h);
      relabelGpu(context, { source: labels, target, table: context.constant(table), count: w * h });
      return {
        buffers: [sums, bits, target],
        decode: ([a, b, c]) => ({
          count: new Uint32Array(a)[countIndex],
          bits: new Uint32Array(b),
          renamed: new Uint32Array(c),
        }),
      };
    });
    expect(executor!.stats.submits - before).toBe(1);
    expect(actual.count).toBe(expected.count);
    expect(actual.renamed).toEqual(expected.labels.map((label) => (label ? table[label - 1] : 0)));
    const firsts: number[] = [];
    for (let i = 0; i < w * h; i++) if ((actual.bits[i >> 5] >>> (i & 31)) & 1) firsts.push(i);
    expect(firsts).toEqual(Array.from(table, (_, k) => expected.labels.indexOf(k + 1)));
  });
});
