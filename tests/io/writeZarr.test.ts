import { beforeEach, describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { allocate, type DType, isBigInt, isFloat, type TypedArray } from '../../src/core/dtype';
import { isTilewiseError } from '../../src/core/errors';
import {
  chunkRegion,
  chunksIn,
  copyRegion,
  elementCount,
  regionShape,
  wholeRegion,
} from '../../src/core/region';
import { chunkCache } from '../../src/io/cache';
import { memorySource } from '../../src/io/memory';
import { openZarrSource } from '../../src/io/openZarr';
import { createPyramidWriter } from '../../src/io/pyramidWriter';
import { createZarrWriter } from '../../src/io/writeZarr';
import { readAll } from './helpers';

beforeEach(() => chunkCache.clear());

/** Deterministic noise over the dtype's range. */
function noise(dtype: DType, length: number, seed = 1): TypedArray {
  const out = allocate(dtype, length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = isFloat(dtype) ? state / 2 ** 16 : dtype === 'bool' ? state >>> 31 : state >>> 8;
    (out as Float64Array)[i] = (isBigInt(dtype) ? BigInt(value) - 1000n : value) as number;
  }
  return out;
}

const DTYPES: DType[] = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
];

describe('createZarrWriter', () => {
  it.each(DTYPES)('writes %s that zarrita and we read back', async (dtype) => {
    const store = new Map<string, Uint8Array>();
    const shape = [3, 5, 7];
    const chunks = [2, 5, 4];
    const data = noise(dtype, 105);
    const from = memorySource(data, { shape, chunks, dtype });
    const writer = await createZarrWriter(store, {
      path: 'a/b',
      shape,
      chunks,
      dtype,
      dimensionNames: ['z', 'y', null],
    });
    for (const index of chunksIn(wholeRegion(shape), chunks))
      await writer.writeChunk(index, await from.readChunk(index));
    await writer.close();
    expect(await readAll(await openZarrSource(store, { path: 'a/b' }))).toEqual(data);
    const array = await zarr.open.v3(zarr.root(store).resolve('a/b'), { kind: 'array' });
    expect([array.dtype, array.dimensionNames]).toEqual([dtype, ['z', 'y', null]]);
    const { data: read } = await zarr.get(array);
    expect([...(read as Iterable<unknown>)].map(Number)).toEqual([...data].map(Number));
  });

  it('pads edge chunks with the fill value and leaves others missing', async () => {
    const store = new Map<string, Uint8Array>();
    const writer = await createZarrWriter(store, {
      shape: [3, 5],
      chunks: [2, 4],
      dtype: 'float32',
      fillValue: Number.NaN,
    });
    await writer.writeChunk([1, 1], Float32Array.of(4));
    const array = (await zarr.open.v3(store, { kind: 'array' })) as zarr.Array<'float32'>;
    expect(array.fillValue).toBeNaN();
    expect([...(await array.getChunk([1, 1])).data]).toEqual([4, ...new Array(7).fill(Number.NaN)]);
    expect([...store.keys()]).toEqual(['/zarr.json', '/c/1/1']);
    expect(JSON.parse(new TextDecoder().decode(store.get('/zarr.json'))).codecs).toEqual([
      { name: 'bytes', configuration: { endian: 'little' } },
      { name: 'zstd', configuration: { level: 1, checksum: false } },
    ]);
  });

  it('copies the data before it awaits, also a view into a larger buffer', async () => {
    const store = new Map<string, Uint8Array>();
    const writer = await createZarrWriter(store, { shape: [4], chunks: [4], dtype: 'uint8' });
    const data = Uint8Array.of(9, 9, 1, 2, 3, 4, 9).subarray(2, 6);
    const done = writer.writeChunk([0], data);
    data.fill(0);
    await done;
    expect(await readAll(await openZarrSource(store))).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  it('writes a 0-d array', async () => {
    const store = new Map<string, Uint8Array>();
    const writer = await createZarrWriter(store, { shape: [], chunks: [], dtype: 'float64' });
    await writer.writeChunk([], Float64Array.of(2.5));
    expect(await (await openZarrSource(store)).readChunk([])).toEqual(Float64Array.of(2.5));
  });

  it('throws typed errors', async () => {
    const store = new Map<string, Uint8Array>();
    const valid = { shape: [4], chunks: [2], dtype: 'uint8' } as const;
    const failure = (run: Promise<unknown>) =>
      run.then(
        () => undefined,
        (e) => e,
      );
    for (const change of [
      { shape: [0] },
      { chunks: [2, 2] },
      { dtype: 'float16' as DType },
      { dimensionNames: [] },
    ]) {
      expect(
        isTilewiseError(await failure(createZarrWriter(store, { ...valid, ...change })), 'ArgumentError'),
      ).toBe(true);
    }
    const writer = await createZarrWriter(store, valid);
    expect(isTilewiseError(await failure(writer.writeChunk([2], new Uint8Array(2))), 'RegionError')).toBe(
      true,
    );
    expect(isTilewiseError(await failure(writer.writeChunk([0], new Uint8Array(3))), 'ArgumentError')).toBe(
      true,
    );
    expect(isTilewiseError(await failure(writer.writeChunk([0], new Uint16Array(2))), 'ArgumentError')).toBe(
      true,
    );
    expect(
      await failure(writer.writeChunk([0], new Uint8Array(2), { signal: AbortSignal.abort('no') })),
    ).toBe('no');
    const full = {
      get: () => undefined,
      set: () => {
        throw new Error('disk full');
      },
    };
    const error = await failure(createZarrWriter(full, { ...valid, path: 'a' }));
    expect(isTilewiseError(error, 'WriteError')).toBe(true);
    expect((error as Error).message).toBe('/a/zarr.json: disk full');
  });
});

/** 2x2 reduction over the last two axes, as NumPy would: slow and plain. */
function reduceOracle(
  data: TypedArray,
  shape: number[],
  mode: 'mean' | 'mode' | 'nearest',
  dtype: DType,
): [TypedArray, number[]] {
  const [h, w] = shape.slice(-2);
  const planes = elementCount(shape) / (h * w);
  const [h2, w2] = [Math.ceil(h / 2), Math.ceil(w / 2)];
  const out = allocate(dtype, planes * h2 * w2);
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < h2; y++) {
      for (let x = 0; x < w2; x++) {
        const values: (number | bigint)[] = [];
        for (const [v, u] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ]) {
          const [yy, xx] = [2 * y + v, 2 * x + u];
          if (yy < h && xx < w) values.push(data[(p * h + yy) * w + xx]);
        }
        const mean = values.reduce<number>((a, b) => a + Number(b), 0) / values.length;
        const rounded = isFloat(dtype) ? mean : Math.round(mean);
        const votes = values.map((value) => values.filter((other) => other === value).length);
        const value =
          mode === 'nearest'
            ? values[0]
            : mode === 'mode'
              ? values[votes.indexOf(Math.max(...votes))]
              : isBigInt(dtype)
                ? BigInt(rounded)
                : rounded;
        (out as Float64Array)[(p * h2 + y) * w2 + x] = value as number;
      }
    }
  }
  return [out, [...shape.slice(0, -2), h2, w2]];
}

describe('createPyramidWriter', () => {
  it.each([
    ['uint16', [37, 53], [8, 6], 'mean', 5],
    ['float32', [64, 64], [16, 16], 'mean', 4],
    ['float64', [33, 1], [4, 1], 'mean', 3],
    ['int16', [2, 3, 21, 30], [1, 2, 10, 4], 'mean', 3],
    ['uint8', [41, 41], [41, 41], 'mean', 4],
    ['int32', [37, 53], [8, 6], 'nearest', 4],
    ['uint64', [19, 22], [4, 4], 'nearest', 3],
    ['int64', [19, 22], [4, 4], 'mean', 3],
    ['bool', [30, 30], [8, 8], 'nearest', 3],
    ['uint32', [2, 21, 30], [1, 10, 4], 'mode', 3],
    ['int64', [19, 22], [4, 4], 'mode', 3],
    ['bool', [37, 53], [8, 6], 'mode', 4],
  ] as const)(
    'of %s %j in chunks %j by %s equals the oracle at %i levels',
    async (dtype, shape, chunks, mode, levels) => {
      const store = new Map<string, Uint8Array>();
      const data = noise(dtype, elementCount(shape));
      // Few values, so that they agree here and there.
      if (mode === 'mode')
        (data as Uint32Array).forEach((_, i) => {
          data[i] = isBigInt(dtype) ? (data[i] as bigint) & 3n : Number(data[i]) & 3;
        });
      const axes = ['t', 'z', 'y', 'x'].slice(-shape.length).map((name) => ({ name }));
      const writer = await createPyramidWriter(store, {
        axes,
        shape,
        chunks,
        dtype,
        levels,
        downsample: mode,
      });
      const indices = [...chunksIn(wholeRegion(shape), chunks)];
      let seed = 7;
      const rank = new Map(
        indices.map((index) => {
          seed = (seed * 16807) % 2147483647;
          return [index, seed];
        }),
      );
      indices.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
      await Promise.all(
        indices.map((index) => {
          const region = chunkRegion(index, shape, chunks);
          const block = allocate(dtype, elementCount(regionShape(region)));
          copyRegion(data as Uint8Array, wholeRegion(shape), block as Uint8Array, region);
          return writer.writeBlock(index, block);
        }),
      );
      await writer.close();
      let expected: [TypedArray, number[]] = [data, [...shape]];
      for (let level = 0; level < levels; level++) {
        const source = await openZarrSource(store, { path: String(level) });
        expect([level, source.shape]).toEqual([level, expected[1]]);
        expect(await readAll(source)).toEqual(expected[0]);
        expected = reduceOracle(expected[0], expected[1], mode, dtype);
      }
    },
  );

  it('keeps few partial chunks in raster order and writes each chunk once', async () => {
    const writes = new Map<string, number>();
    const store = {
      get: () => undefined,
      set: (key: string) => void writes.set(key, (writes.get(key) ?? 0) + 1),
    };
    const writer = await createPyramidWriter(store, {
      axes: [{ name: 'y' }, { name: 'x' }],
      shape: [64, 64],
      chunks: [8, 8],
      dtype: 'uint8',
      levels: 3,
    });
    for (const index of chunksIn(wholeRegion([64, 64]), [8, 8]))
      await writer.writeBlock(index, new Uint8Array(64));
    await writer.close();
    expect(writes.size).toBe(1 + 3 + 64 + 16 + 4);
    expect(Math.max(...writes.values())).toBe(1);
  });

  it('chooses levels until y and x are at most 256, and throws typed errors', async () => {
    const store = new Map<string, Uint8Array>();
    const axes = [{ name: 'y' }, { name: 'x' }];
    const writer = await createPyramidWriter(store, {
      axes,
      shape: [600, 1025],
      chunks: [600, 1025],
      dtype: 'uint8',
    });
    expect(writer.levels.map((level) => level.shape)).toEqual([
      [600, 1025],
      [300, 513],
      [150, 257],
      [75, 129],
    ]);
    const failure = (run: Promise<unknown>) =>
      run.then(
        () => undefined,
        (e) => e,
      );
    expect(isTilewiseError(await failure(writer.close()), 'WriteError')).toBe(true);
    await writer.writeBlock([0, 0], new Uint8Array(600 * 1025));
    expect(
      isTilewiseError(await failure(writer.writeBlock([0, 0], new Uint8Array(600 * 1025))), 'ArgumentError'),
    ).toBe(true);
    await writer.close();
    const odd = createPyramidWriter(store, { axes, shape: [600, 600], chunks: [25, 26], dtype: 'uint8' });
    expect(((await failure(odd)) as Error).message).toContain('chunks: expected even sizes along y');
  });
});

describe('memorySource', () => {
  it('reads chunks of a typed array, the whole one without a copy', async () => {
    const data = noise('uint16', 35);
    const source = memorySource(data, { shape: [5, 7], chunks: [2, 3], dimensionNames: ['y', 'x'] });
    expect(await readAll(source)).toEqual(data);
    expect([source.dtype, source.dimensionNames]).toEqual(['uint16', ['y', 'x']]);
    const whole = (await memorySource(data, { shape: [35] }).readChunk([0])) as Uint16Array;
    expect(whole.buffer).toBe(data.buffer);
  });

  it('reads an ImageData as y, x, c and bools as 0 and 1', async () => {
    const image = {
      width: 2,
      height: 1,
      data: Uint8ClampedArray.of(1, 2, 3, 4, 5, 6, 7, 8),
      colorSpace: 'srgb',
    };
    const source = memorySource(image as unknown as ImageData);
    expect([source.shape, source.dtype, source.dimensionNames]).toEqual([
      [1, 2, 4],
      'uint8',
      ['y', 'x', 'c'],
    ]);
    expect(await source.readChunk([0, 0, 0])).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const mask = memorySource(Uint8Array.of(0, 255, 3), { shape: [3], dtype: 'bool' });
    expect(await mask.readChunk([0])).toEqual(Uint8Array.of(0, 1, 1));
  });

  it('cuts large arrays into chunks of at most 2^20 elements: whole rows, unless they are very long', () => {
    const chunksOf = (shape: number[]) =>
      memorySource(new Uint8Array(shape.reduce((a, b) => a * b)), { shape }).chunks;
    expect(chunksOf([5000, 3000])).toEqual([313, 3000]);
    expect(chunksOf([10, 3_000_000])).toEqual([10, 93_750]);
    expect(chunksOf([200, 300, 200])).toEqual([50, 75, 200]);
    expect(chunksOf([64, 512, 512])).toEqual([32, 64, 512]);
    expect(chunksOf([20, 30, 20_000])).toEqual([20, 30, 1250]);
  });

  it.each([
    [
      new Uint8Array(5),
      { shape: [2, 3] },
      'data: expected 6 elements, received "5 elements for shape [2,3]"',
    ],
    [new Uint8Array(0), { shape: [0, 3] }, 'shape: expected integers >= 1'],
    [new Uint8Array(6), {}, 'shape'],
    [new Uint8Array(6), { shape: [6], chunks: [0] }, 'chunks'],
    [new Uint8Array(6), { shape: [6], dtype: 'float32' }, 'dtype'],
    [new Uint8Array(6), { shape: [6], dimensionNames: ['y', 'x'] }, 'dimensionNames'],
    [[1, 2, 3], { shape: [3] }, 'data'],
    [null, { shape: [3] }, 'data'],
  ] as const)('refuses %o %j', (data, options, message) => {
    let error: unknown;
    try {
      memorySource(data as never, options as never);
    } catch (e) {
      error = e;
    }
    expect(isTilewiseError(error, 'ArgumentError')).toBe(true);
    expect((error as Error).message).toContain(message);
  });
});
