// The array's own operations: selection, joining, laziness, blocks, persist.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  clearResults,
  concatenate,
  type DeviceChoice,
  fromArray,
  fromSource,
  gaussianFilter,
  type LazyArray,
  openOmeZarr,
  openZarr,
  type Source,
  stack,
  where,
  writeOmeZarr,
  writeZarr,
} from '../src/index';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const SHAPE = [3, 10, 14];
const values = Uint16Array.from({ length: 420 }, (_, i) => (i * 37) % 1000);
const image = () => fromArray(values, { shape: SHAPE, chunks: [2, 4, 5], dimensionNames: ['z', 'y', 'x'] });
const at = (z: number, y: number, x: number) => values[(z * 10 + y) * 14 + x];
const list = async (array: LazyArray, device: DeviceChoice) =>
  Array.from((await array.compute({ device })).data as Uint16Array);
const grid = <T>(rows: number, columns: number, cell: (y: number, x: number) => T): T[] =>
  Array.from({ length: rows * columns }, (_, i) => cell(Math.floor(i / columns), i % columns));

describe.each(EXECUTORS)('on %s', (device) => {
  test('select by name: an index drops its dimension, intervals narrow theirs', async () => {
    const part = image().select({ z: -1, x: [3, -1], y: [2, 9] });
    expect(part.shape).toEqual([7, 10]);
    expect(part.dimensionNames).toEqual(['y', 'x']);
    expect(await list(part, device)).toEqual(grid(7, 10, (y, x) => at(2, y + 2, x + 3)));
  });

  test('slice by position, with steps', async () => {
    const part = image().slice(1, [1, 10, 3], [0, 14, 4]);
    expect(part.shape).toEqual([3, 4]);
    expect(await list(part, device)).toEqual(grid(3, 4, (y, x) => at(1, 1 + 3 * y, 4 * x)));
    expect(await list(part.select({ y: [1, 3], x: 2 }), device)).toEqual([at(1, 4, 8), at(1, 7, 8)]);
  });

  test('select after a filter computes what is selected only', async () => {
    const smooth = gaussianFilter(image(), [0, 1, 1]);
    const whole = await smooth.compute({ device });
    const part = await smooth.select({ z: 1, y: [4, 6] }).compute({ device });
    expect(part.data).toEqual(whole.data.slice(140 + 4 * 14, 140 + 6 * 14));
  });

  test('stack, concatenate and where', async () => {
    const plane = (z: number) => image().select({ z });
    const stacked = stack([plane(2), plane(0)], { axis: 1, dimensionName: 'c' });
    expect(stacked.shape).toEqual([10, 2, 14]);
    expect(stacked.dimensionNames).toEqual(['y', 'c', 'x']);
    const { data } = await stacked.compute({ device });
    expect(data[(4 * 2 + 0) * 14 + 3]).toBe(at(2, 4, 3));
    expect(data[(4 * 2 + 1) * 14 + 3]).toBe(at(0, 4, 3));
    const joined = concatenate([plane(0), plane(1).select({ x: [0, 5] })], { axis: -1 });
    expect(joined.shape).toEqual([10, 19]);
    const expected = grid(10, 19, (y, x) => (x < 14 ? at(0, y, x) : at(1, y, x - 14)));
    expect(await list(joined, device)).toEqual(expected);
    expect((await joined.read({ y: [3, 5], x: [12, 17] }, { device })).data).toEqual(
      Uint16Array.from(grid(2, 5, (y, x) => expected[(y + 3) * 19 + x + 12])),
    );
    const chosen = where(plane(0).gt(500), plane(1), 7);
    expect(await list(chosen, device)).toEqual(grid(10, 14, (y, x) => (at(0, y, x) > 500 ? at(1, y, x) : 7)));
  });

  test('rechunk and rename change no value', async () => {
    const other = image().rechunk([3, 7, 1]).rename([null, 'row', 'column']);
    expect(other.chunks).toEqual([3, 7, 1]);
    expect(await list(other, device)).toEqual(Array.from(values));
    expect((await other.read({ row: [2, 3], column: [1, 2] }, { device })).data.length).toBe(3);
  });

  test('arithmetic broadcasts: an array minus its own mean', async () => {
    const centred = image().astype('float32').subtract(image().astype('float32').mean());
    const { data } = await centred.compute({ device });
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    data.forEach((value: number | bigint, i: number) => {
      expect(Number(value)).toBeCloseTo(values[i] - mean, 2);
    });
  });

  test('blocks: every chunk once', async () => {
    const seen = new Uint16Array(420);
    let count = 0;
    for await (const block of image().blocks({ device })) {
      count++;
      const [[z0, z1], [y0, y1], [x0, x1]] = block.region;
      let i = 0;
      for (let z = z0; z < z1; z++)
        for (let y = y0; y < y1; y++)
          for (let x = x0; x < x1; x++) seen[(z * 10 + y) * 14 + x] = Number(block.data[i++]);
    }
    expect(count).toBe(2 * 3 * 3);
    expect(seen).toEqual(values);
  });

  test('persist: later calls read the source no more', async () => {
    let reads = 0;
    const inner = fromArray(values, { shape: SHAPE }).node.source as Source;
    const source: Source = {
      ...inner,
      key: `counted-${device}`,
      shape: inner.shape,
      dtype: inner.dtype,
      chunks: inner.chunks,
      dimensionNames: inner.dimensionNames,
      readChunk: (index, options) => {
        reads++;
        return inner.readChunk(index, options);
      },
    };
    const kept = await gaussianFilter(fromSource(source), 1).persist({ device });
    const before = reads;
    await kept.add(1).sum().item({ device });
    expect(reads).toBe(before);
  });

  test('whole-array results are found once', async () => {
    clearResults();
    let tiles = 0;
    const onProgress = () => {
      tiles++;
    };
    const total = image().sum();
    const first = await total.item({ device, onProgress });
    const after = tiles;
    expect(await total.item({ device, onProgress })).toBe(first);
    expect(first).toBe(BigInt(values.reduce((a, b) => a + b, 0)));
    // The second call reports its own tile only.
    expect(tiles - after).toBeLessThan(after);
  });

  test('writers: what is read back is what was computed', async () => {
    const smooth = gaussianFilter(image(), 1);
    const { data } = await smooth.compute({ device });
    const plain = new Map<string, Uint8Array>();
    await writeZarr(smooth, plain as never, { chunks: [1, 8, 8], device });
    const back = await openZarr(plain as never);
    expect(back.chunks).toEqual([1, 8, 8]);
    expect(back.dimensionNames).toEqual(['z', 'y', 'x']);
    expect((await back.compute()).data).toEqual(data);
    const ome = new Map<string, Uint8Array>();
    await writeOmeZarr(smooth, ome as never, { scale: [2, 0.5, 0.5], levels: 2, name: 'test', device });
    const opened = await openOmeZarr(ome as never);
    expect(opened.name).toBe('test');
    expect(opened.levelCount).toBe(2);
    expect(opened.level(1).shape).toEqual([3, 5, 7]);
    expect(opened.scale(1)).toEqual([2, 1, 1]);
    expect((await opened.level(0).compute()).data).toEqual(data);
  });
});

test('progress tells stage, tiles done and tiles to do', async () => {
  const seen: string[] = [];
  await image()
    .std()
    .compute({
      device: 'cpu',
      onProgress: ({ stage, done, total }) => {
        if (done === total) seen.push(`${stage} ${total}`);
      },
    });
  expect(seen).toEqual(['statistics 18', 'statistics 18', 'compute 1']);
});
