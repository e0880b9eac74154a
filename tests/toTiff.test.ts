// toTiff: what it writes is read by tifffile and by openTiff; it computes as it is read.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DType,
  fromArray,
  gaussianFilter,
  type LazyArray,
  mapBlocks,
  openTiff,
  type ToTiffOptions,
  toTiff,
} from '../src/index';
import { planFile } from '../src/io/tiff/filePlan';
import { failure } from './helpers/images';
import { hasSciPy } from './helpers/python';

const tifffile = await hasSciPy();
const bytesOf = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) =>
  new Uint8Array(await new Response(stream).arrayBuffer());

/** An array of distinct values. */
function ramp(dtype: DType, shape: number[], dimensionNames?: (string | null)[]): LazyArray {
  const length = shape.reduce((a, b) => a * b, 1);
  const chunks = shape.map((n, axis) => (axis < shape.length - 2 ? 1 : Math.min(n, 40)));
  if (dtype.startsWith('complex')) {
    const data = Float64Array.from({ length: 2 * length }, (_, i) => i / 3 - 9);
    return fromArray(data, { shape, chunks, dtype: 'complex128', dimensionNames }).astype(dtype);
  }
  const data = Float64Array.from({ length }, (_, i) => (dtype === 'bool' ? i % 3 : (i * 37) % 120));
  return fromArray(data, { shape, chunks, dimensionNames }).astype(dtype);
}

const micrometers = (names: string) =>
  [...names].map((name) => ({
    name,
    ...('zyx'.includes(name) ? { type: 'space', unit: 'micrometer' } : {}),
  }));
const flat = ramp('uint16', [100, 70]);

/** Name, image, options, and how tifffile calls the axes. */
const CASES: [string, LazyArray | LazyArray[], ToTiffOptions, string][] = [
  ...(
    [
      'bool',
      'int8',
      'uint8',
      'int16',
      'uint16',
      'int32',
      'uint32',
      'float32',
      'float64',
      'complex64',
      'complex128',
    ] as const
  ).map((dtype): [string, LazyArray, ToTiffOptions, string] => [
    dtype,
    ramp(dtype, [50, 37]),
    { tile: 32 },
    'YX',
  ]),
  ['BigTIFF', flat, { bigTiff: true, tile: 48 }, 'YX'],
  ['a stack', ramp('uint8', [3, 20, 30]), {}, 'ZYX'],
  [
    'five axes',
    ramp('uint16', [2, 3, 4, 20, 30]),
    {
      axes: micrometers('tczyx'),
      scale: [30, 1, 2, 0.5, 0.25],
      name: 'A & <B>',
      channels: [
        { label: 'DAPI', color: '0000FF', active: true },
        { label: '"µ"', color: 'FF8000', active: true },
        { label: 'c', color: 'FFFFFF', active: true },
      ],
      tile: 16,
    },
    'TCZYX',
  ],
  ['another order', ramp('int16', [4, 3, 20, 30], ['z', 'c', 'y', 'x']), { tile: 16 }, 'ZCYX'],
  ['colours', ramp('uint8', [40, 50, 3], ['y', 'x', 'c']), { tile: 32 }, 'YXS'],
  ['colours with alpha', ramp('uint16', [2, 40, 50, 4], ['z', 'y', 'x', 'c']), { tile: 32 }, 'ZYXS'],
  [
    'a pyramid',
    [flat, flat.slice([0, 100, 2], [0, 70, 2]), flat.slice([0, 100, 4], [0, 70, 4])],
    { tile: 32 },
    'YX',
  ],
  [
    'a pyramid of planes',
    [ramp('uint8', [2, 64, 80], ['c', 'y', 'x']), ramp('uint8', [2, 32, 40], ['c', 'y', 'x'])],
    { tile: 16, bigTiff: true },
    'CYX',
  ],
];

const levelsOf = (image: LazyArray | LazyArray[]) =>
  (Array.isArray(image) ? image : [image]).map((level) =>
    level.dtype === 'bool' ? level.astype('uint8') : level,
  );

describe('what is written', () => {
  test.each(CASES)('%s: openTiff reads it back', async (_name, image, options) => {
    const file = new File([await bytesOf(toTiff(image, options))], 'a.tif');
    const read = await openTiff(file);
    const levels = levelsOf(image);
    expect(read.levelCount).toBe(levels.length);
    for (const [i, level] of levels.entries()) {
      const found = read.level(i);
      const expected = await level.compute();
      const names = (options.axes?.map(({ name }) => name) ?? level.dimensionNames).map((name) => name ?? '');
      // Samples are along c there, which stands before z; an order of planes is the file's own affair.
      const order = found.dimensionNames.map((name) => names.indexOf(name ?? ''));
      const moved = order.includes(-1) ? level : await reordered(level, order);
      expect(found.dtype).toBe(expected.dtype);
      expect(Buffer.from((await found.compute()).data.buffer)).toEqual(
        Buffer.from((await moved.compute()).data.buffer),
      );
    }
    if (options.scale) expect(read.scale(0)).toEqual(options.scale);
    if (options.channels) expect(read.channels).toEqual(options.channels);
    if (options.axes) expect(read.pixelSize(0).unit).toBe('micrometer');
  });

  describe.skipIf(!tifffile)('tifffile', () => {
    let folder: string;
    let found: Record<string, unknown>[];
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'to-tiff-'));
      const paths = await Promise.all(
        CASES.map(async ([, image, options], i) => {
          const path = join(folder, `${i}.ome.tif`);
          await writeFile(path, await bytesOf(toTiff(image, options)));
          return path;
        }),
      );
      const script = fileURLToPath(new URL('../scripts/read_tiffs.py', import.meta.url));
      const text = execFileSync('/usr/bin/python3', [script, ...paths], { maxBuffer: 2 ** 28 });
      found = JSON.parse(text.toString());
    });
    afterAll(() => rm(folder, { recursive: true }));

    test.each(CASES.map(([name, ...rest], i) => [name, i, rest] as const))(
      '%s',
      async (_name, i, [image, options, axes]) => {
        const file = found[i] as never as {
          levels: { shape: number[]; dtype: string; data: string }[];
          pixels: Record<string, string>;
          channels: Record<string, string>[];
        };
        expect(file).toMatchObject({ ome: true, tiled: true, axes, big: options.bigTiff === true });
        const levels = levelsOf(image);
        expect(file.levels.map(({ shape, dtype }) => [shape, dtype])).toEqual(
          levels.map(({ shape, dtype }) => [shape, dtype]),
        );
        for (const [at, level] of levels.entries()) {
          const { data } = await level.compute();
          expect(Buffer.from(data.buffer).equals(Buffer.from(file.levels[at].data, 'base64'))).toBe(true);
        }
        if (!options.scale) return;
        const { pixels, channels } = file;
        expect(pixels).toMatchObject({
          PhysicalSizeX: '0.25',
          PhysicalSizeXUnit: 'µm',
          PhysicalSizeZ: '2',
          TimeIncrement: '30',
          SizeC: '3',
          DimensionOrder: 'XYZCT',
        });
        expect(channels.map(({ Name }) => Name)).toEqual(['DAPI', '"µ"', 'c']);
      },
    );
  });

  test('offsets of 8 bytes where 4 do not suffice', () => {
    const plan = (side: number) =>
      planFile({
        levels: [{ height: side, width: side }],
        planes: 1,
        samples: 1,
        dtype: 'uint8',
        tile: 4096,
        description: '',
      });
    expect([plan(61_440).big, plan(61_440).size < 2 ** 32]).toEqual([false, true]);
    const { big, size, head } = plan(65_536);
    expect([big, size > 2 ** 32, head[0][2]]).toEqual([true, true, 43]);
  });
});

/** The array with its axes in another order; small ones only. */
async function reordered(array: LazyArray, order: readonly number[]): Promise<LazyArray> {
  const { data, shape, dtype } = await array.compute();
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const to = order.map((axis) => shape[axis]);
  const out = data.slice();
  out.forEach((_: unknown, at: number) => {
    let rest = at;
    let from = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += (rest % to[axis]) * strides[order[axis]];
      rest = Math.floor(rest / to[axis]);
    }
    out[at] = data[from];
  });
  return dtype.startsWith('complex') ? array : fromArray(out, { shape: to });
}

describe('the stream', () => {
  test('computes rows of tiles as they are read', async () => {
    const rows: number[] = [];
    const image = mapBlocks(
      (block) => {
        rows.push(Number(block.data[0]));
        return block.data.slice();
      },
      fromArray(
        Uint16Array.from({ length: 256 * 32 }, (_, i) => Math.floor(i / 32)),
        { shape: [256, 32], chunks: [64, 32] },
      ),
    );
    const reader = toTiff(image, { tile: 64 }).getReader();
    // Header, directory, padding, and one row of tiles.
    for (let i = 0; i < 4; i++) await reader.read();
    expect(Math.max(...rows)).toBeLessThan(192);
    await reader.cancel();
    const before = rows.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rows.length).toBe(before);
  });

  test('an abort, and an error of the computation, fail it', async () => {
    const controller = new AbortController();
    const stream = toTiff(gaussianFilter(flat.astype('float32'), 2), { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect((await failure(bytesOf(stream)))?.message).toBe('enough');
    const broken = mapBlocks(() => {
      throw new Error('broken');
    }, flat);
    expect((await failure(bytesOf(toTiff(broken))))?.name).toBe('FunctionError');
  });

  test('progress in rows of tiles', async () => {
    const seen: number[] = [];
    await bytesOf(toTiff(flat, { tile: 32, onProgress: ({ done, total }) => seen.push(done, total) }));
    expect(seen).toEqual([1, 4, 2, 4, 3, 4, 4, 4]);
  });
});

describe('bad input, before anything is read', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no array', () => toTiff(7 as never), /^image: /],
    ['no levels', () => toTiff([]), /^image: /],
    [
      '64-bit integers',
      () => toTiff(ramp('int64', [4, 4])),
      /^image: expected an array of bool, int8.*received "int64"/,
    ],
    ['levels of two dtypes', () => toTiff([flat, flat.astype('uint8')]), /^image\[1\]: expected uint16/],
    [
      'levels of other planes',
      () => toTiff([ramp('uint8', [2, 8, 8]), ramp('uint8', [1, 4, 4])]),
      /^image\[1\]: /,
    ],
    ['other axes', () => toTiff(ramp('uint8', [2, 8, 8], ['q', 'y', 'x'])), /^axes: /],
    ['axes of another order', () => toTiff(ramp('uint8', [8, 8], ['x', 'y'])), /^axes: /],
    ['too few axes', () => toTiff(flat, { axes: [{ name: 'x' }] }), /^axes: expected 2 axes/],
    [
      'a unit of its own',
      () => toTiff(flat, { axes: [{ name: 'y', unit: 'furlong' }, { name: 'x' }] }),
      /^axes: expected units out of/,
    ],
    ['a scale of zero', () => toTiff(flat, { scale: [0, 1] }), /^scale: /],
    ['an uneven tile', () => toTiff(flat, { tile: 100 }), /^tile: expected a multiple of 16/],
  ])('%s', (_name, work, message) => {
    expect(work).toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: expect.stringMatching(message) }),
    );
  });
});
