// Stacks of image files: formats, order, pages, and files that are not what they should be.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { imread, isTilewiseError, type LazyArray, type TypedArray } from '../src/index';
import { imageCases } from './helpers/images';
import { startServer } from './helpers/server';
import { DATA_DIRECTORY, hasData, readTiff } from './helpers/tiff';

/** Made by Pillow and NumPy. */
const SAMPLES = {
  'pages.tif':
    'SUkqAAgAAAAJAAABBAABAAAABAAAAAEBBAABAAAAAwAAAAIBAwABAAAAEAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAegAAABYBBAABAAAAAwAAABcBBAABAAAAGAAAABwBAwABAAAAAQAAAKgAAAAAAOgD0Ae4C6APiBNwF1gbQB8oIxAn+CoAAAAAAAAAAAAAAAAAAElJKgAIAAAACQAAAQQAAQAAAAQAAAABAQQAAQAAAAMAAAACAQMAAQAAABAAAAADAQMAAQAAAAEAAAAGAQMAAQAAAAEAAAARAQQAAQAAABoBAAAWAQQAAQAAAAMAAAAXAQQAAQAAABgAAAAcAQMAAQAAAAEAAAAAAAAA4C7IMrA2mDqAPmhCUEY4SiBOCFLwVdhZAAAAAAAAAAAAAAAAAAA=',
  'colour.webp': 'UklGRiwAAABXRUJQVlA4TCAAAAAvAkAAAC8AEIT/bRODMv/znyyhpm0DNtT5l1Mj+h/TCw==',
  'grey.jpg':
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAAIAAgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APD6/9k=',
  'bits.png':
    'iVBORw0KGgoAAAANSUhEUgAAAAQAAAADAQAAAACcj5NrAAAADklEQVR4nGMIYGJgYgAAAaIAVSs30AwAAAAASUVORK5CYII=',
  'palette.png':
    'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACBAMAAABvWnspAAAAElBMVEXIAP+gAP94AP9QAP8oAP8AAP8u3B9kAAAADklEQVR4nGMIMWBQZAAAAqwApomVUvkAAAAASUVORK5CYII=',
  'floats.npy':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPwAAAEAAAEBAAACAQAAAoEA=',
} as const;

type Sample = keyof typeof SAMPLES;
const images = imageCases();

const COLOUR = Array.from({ length: 6 }, (_, i) => [40 * i, 0, 255]).flat();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imread-'));
  for (const [name, text] of Object.entries(SAMPLES))
    await writeFile(join(folder, name), Buffer.from(text, 'base64'));
  for (const frame of [1, 2, 10]) {
    const data = Uint16Array.from({ length: 6 }, (_, i) => 1000 * frame + i);
    await writeFile(
      join(folder, `t${frame}.png`),
      encode({ width: 3, height: 2, data, depth: 16, channels: 1 }),
    );
  }
  const grey = encode({ width: 3, height: 2, data: new Uint8Array(6), channels: 1 });
  await writeFile(join(folder, 'zgrey.png'), grey);
  await writeFile(join(folder, 'bad.png'), 'no image');
  await writeFile(join(folder, 'bad.tif'), 'no image at all');
  const whole = images.find(({ name }) => name === 'tif float64 deflated tiles')!;
  await writeFile(join(folder, 'short.tif'), whole.bytes.subarray(0, whole.bytes.length - 100));
  await writeFile(join(folder, 'notes.txt'), 'no image');
});
afterAll(() => rm(folder, { recursive: true }));

/** An uncompressed TIFF of float32 pages, each after its directory; its length. */
async function writePages(into: string, name: string, pages: Float32Array[], [height, width]: number[]) {
  const size = 4 * height * width;
  const entries = 9;
  const step = 2 + 12 * entries + 4 + size;
  const file = Buffer.alloc(8 + step * pages.length);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(8, 4);
  for (const [i, page] of pages.entries()) {
    let at = 8 + i * step;
    const pixels = at + step - size;
    file.writeUInt16LE(entries, at);
    at += 2;
    const tags = [
      [256, width],
      [257, height],
      [258, 32],
      [259, 1],
      [262, 1],
      [273, pixels],
      [278, height],
      [279, size],
      [339, 3],
    ];
    for (const [tag, value] of tags) {
      file.writeUInt16LE(tag, at);
      file.writeUInt16LE([258, 339].includes(tag) ? 3 : 4, at + 2);
      file.writeUInt32LE(1, at + 4);
      file.writeUInt32LE(value, at + 8);
      at += 12;
    }
    file.writeUInt32LE(i + 1 < pages.length ? 8 + (i + 1) * step : 0, at);
    Buffer.from(page.buffer).copy(file, pixels);
  }
  await writeFile(join(into, name), file);
  return file.length;
}

/** An OME-TIFF whose XML says nonsense, in as many letters. */
function brokenOme(): Uint8Array<ArrayBuffer> {
  const { bytes } = images.find(({ name }) => name === 'tif OME CYX')!;
  return Uint8Array.from(
    Buffer.from(Buffer.from(bytes).toString('latin1').replace('SizeC="3"', 'SizeC="x"'), 'latin1'),
  );
}

const path = (name: string) => join(folder, name);
const data = async (array: LazyArray) => Array.from((await array.compute()).data, Number);

describe('formats', () => {
  const pages = Array.from({ length: 24 }, (_, i) => 1000 * i);
  test.each<[Sample, string, number[], number[]]>([
    ['pages.tif', 'uint16', [2, 3, 4], pages],
    ['colour.webp', 'uint8', [1, 2, 3, 3], COLOUR],
    ['palette.png', 'uint8', [1, 2, 3, 3], COLOUR],
    ['bits.png', 'uint8', [1, 3, 4], Array.from({ length: 12 }, (_, i) => 255 * (i % 2))],
    ['floats.npy', 'float32', [1, 2, 3], [0, 1, 2, 3, 4, 5]],
    ['grey.jpg', 'uint8', [1, 8, 8], new Array(64).fill(100)],
  ])('%s from a path, a file URL and a File', async (name, dtype, shape, expected) => {
    const file = new File([Buffer.from(SAMPLES[name], 'base64')], name);
    for (const location of [path(name), pathToFileURL(path(name)), file, [file]]) {
      const stack = await imread(location);
      expect([stack.dtype, stack.shape]).toEqual([dtype, shape]);
      const actual = await data(stack);
      const off = Math.max(...actual.map((v, i) => Math.abs(v - expected[i])));
      expect(off).toBeLessThanOrEqual(name === 'grey.jpg' ? 1 : 0);
    }
  });
});

describe('stacks', () => {
  const of = (...frames: number[]) =>
    frames.flatMap((f) => Array.from({ length: 6 }, (_, i) => 1000 * f + i));

  test('a pattern, in natural order, a frame a chunk', async () => {
    const stack = await imread(path('t*.png'));
    expect([stack.dtype, stack.shape, stack.chunks]).toEqual(['uint16', [3, 2, 3], [1, 2, 3]]);
    expect(stack.dimensionNames).toEqual([null, 'y', 'x']);
    expect(await data(stack)).toEqual(of(1, 2, 10));
  });

  test.each([
    [2, [2, 2, 3]],
    [-1, [3, 2, 3]],
    [9, [3, 2, 3]],
  ])('%i frames a chunk', async (nframes, chunks) => {
    const stack = await imread(path('t*.png'), { nframes });
    expect(stack.chunks).toEqual(chunks);
    expect(await data(stack)).toEqual(of(1, 2, 10));
  });

  test('one frame is decoded when one is asked for', async () => {
    const reads: string[] = [];
    const files = ['t10.png', 't2.png', 't1.png'].map((name) => {
      const file = new File(
        [Buffer.from(encode({ width: 1, height: 1, data: Uint8Array.of(name.length), channels: 1 }))],
        name,
      );
      const read = file.arrayBuffer.bind(file);
      file.arrayBuffer = () => {
        reads.push(name);
        return read();
      };
      return file;
    });
    const stack = await imread(files);
    expect(reads.splice(0)).toEqual(['t1.png']);
    expect(
      (
        await stack.read([
          [2, 3],
          [0, 1],
          [0, 1],
        ])
      ).data[0],
    ).toBe(7);
    expect(reads).toEqual(['t10.png']);
  });

  test('URLs, each fetched when its frame is read', async () => {
    const server = await startServer(folder);
    onTestFinished(() => server.close());
    const url = (name: string) => new URL(`${server.url}/${name}`);
    const stack = await imread([url('t10.png'), url('t2.png'), url('t1.png')]);
    expect(server.requests.splice(0)).toEqual(['/t1.png']);
    expect((await stack.slice(2).compute()).data).toEqual(Uint16Array.from(of(10)));
    expect(server.requests.splice(0)).toEqual(['/t10.png']);
    expect(await data(await imread(`${server.url}/t2.png?signature=a`))).toEqual(of(2));
  });

  test('a TIFF by URL: only the pages that are read', async () => {
    const pages = Array.from({ length: 40 }, (_, i) => new Float32Array(64 * 64).fill(i));
    const bytes = await writePages(folder, 'long.tif', pages, [64, 64]);
    const server = await startServer(folder);
    onTestFinished(() => server.close());
    const stack = await imread(`${server.url}/long.tif`);
    expect([stack.shape, stack.dtype]).toEqual([[40, 64, 64], 'float32']);
    const opening = server.bytesSent;
    expect((await stack.slice(39).compute()).data).toEqual(pages[39]);
    expect(server.bytesSent - opening).toBeLessThan(2 * pages[0].byteLength);
    expect(bytes).toBeGreaterThan(40 * pages[0].byteLength);
  });

  test('frames of a described stack: nframes along its last axis', async () => {
    const hyperstack = images.find(({ name }) => name === 'tif OME TCZYX')!;
    const file = new File([hyperstack.bytes], hyperstack.fileName);
    const [t, c, z, height, width] = hyperstack.output.shape;
    expect((await imread(file)).chunks).toEqual([1, 1, 1, height, width]);
    expect((await imread(file, { nframes: 3 })).chunks).toEqual([1, 1, 3, height, width]);
    expect((await imread(file, { nframes: -1 })).chunks).toEqual([t, c, z, height, width]);
    const two = await imread([file, new File([hyperstack.bytes], 'b.tif')], { nframes: 3 });
    expect(two.dimensionNames).toEqual([null, 't', 'c', 'z', 'y', 'x']);
    const { data: values } = await two.slice(1, 1, 2, 3).compute();
    expect(values).toEqual(hyperstack.output.data.slice(-height * width));
  });

  test('a page of several TIFFs', async () => {
    const file = (name: string) => new File([Buffer.from(SAMPLES['pages.tif'], 'base64')], name);
    const stack = await imread([file('b.tif'), file('a.tif')]);
    expect(stack.shape).toEqual([4, 3, 4]);
    expect(
      (
        await stack.read([
          [3, 4],
          [0, 1],
          [0, 2],
        ])
      ).data,
    ).toEqual(Uint16Array.of(12_000, 13_000));
  });
});

/** Fast, where `toEqual` would take seconds. */
const sameBytes = (a: TypedArray, b: TypedArray): boolean =>
  Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

describe.skipIf(!hasData())('real images', () => {
  test.each([
    ['blobs.tif', 'uint8', [1, 254, 256], [null, 'y', 'x']],
    ['hela-cells.tif', 'uint16', [1, 512, 672, 3], [null, 'y', 'x', 'c']],
    ['nuclei-3d.tif', 'uint16', [31, 61, 57], [null, 'y', 'x']],
    ['bpae-nuclei.tif', 'float32', [1, 680, 1100], [null, 'y', 'x']],
  ])('%s', async (name, dtype, shape, names) => {
    const file = join(DATA_DIRECTORY, name);
    const stack = await imread(file);
    expect([stack.dtype, stack.shape, stack.dimensionNames]).toEqual([dtype, shape, names]);
    expect(sameBytes((await stack.compute()).data, (await readTiff(file)).data)).toBe(true);
  });

  test('several files, by a pattern', async () => {
    const stack = await imread(join(DATA_DIRECTORY, 'bbbc007-*.tif'));
    expect(stack.shape).toEqual([3, 340, 340]);
    const third = await readTiff(join(DATA_DIRECTORY, 'bbbc007-20P1_POS0007_D_1UL.tif'));
    expect(sameBytes((await stack.slice(2).compute()).data, third.data)).toBe(true);
  });
});

describe('errors', () => {
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error) => error,
    );

  test.each([
    ['a damaged file', () => imread(path('bad.png')), 'CodecError', /bad\.png: could not be decoded/],
    ['another format', () => imread(path('notes.txt')), 'FormatError', /none of png, jpg/],
    [
      'files of several dtypes',
      async () => (await imread([path('t1.png'), path('zgrey.png')])).compute(),
      'FormatError',
      /zgrey\.png: is uint8 of shape \[2,3\], where the first frame is uint16 of \[2,3\]/,
    ],
    [
      'TIFFs of several lengths',
      async () => (await imread([path('long.tif'), path('pages.tif')])).compute(),
      'FormatError',
      /pages\.tif: has 2 along page, where the first file has 40 along page/,
    ],
    ['a directory', () => imread(folder), 'FormatError', /none of png, jpg/],
    ['a damaged TIFF', () => imread(path('bad.tif')), 'CodecError', /bad\.tif: could not be decoded/],
    [
      'a TIFF cut short',
      async () => (await imread(path('short.tif'))).compute(),
      'CodecError',
      /short\.tif: could not be decoded: .*truncated/,
    ],
    [
      'damaged OME-XML',
      () => imread(new File([brokenOme()], 'ome.tif')),
      'CodecError',
      /ome\.tif: could not be decoded: the OME-XML's Pixels has SizeC="x"/,
    ],
    ['no match', () => imread(path('none*.png')), 'NotFoundError', /none\*\.png: no file matches/],
    ['no files', () => imread([]), 'ArgumentError', /^location: /],
    ['no location', () => imread(7 as never), 'ArgumentError', /^location: /],
    ['no frames', () => imread(path('t1.png'), { nframes: 0 }), 'ArgumentError', /^nframes: /],
    ['half a frame', () => imread(path('t1.png'), { nframes: 1.5 }), 'ArgumentError', /^nframes: /],
    [
      'frames of several shapes',
      async () => (await imread([path('bits.png'), path('palette.png')])).compute(),
      'FormatError',
      /palette\.png: is uint8 of shape \[2,3,3\], where the first frame is uint8 of \[3,4\]/,
    ],
  ] as const)('%s', async (_name, work, name, message) => {
    const error = await failure(work());
    expect(isTilewiseError(error, name)).toBe(true);
    expect(error.message).toMatch(message);
  });
});
