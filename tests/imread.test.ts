// Stacks of image files: formats, order, pages, and files that are not what they should be.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imread, isTilewiseError, type LazyArray } from '../src/index';

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
  await writeFile(join(folder, 'bad.png'), 'no image');
  await writeFile(join(folder, 'notes.txt'), 'no image');
});
afterAll(() => rm(folder, { recursive: true }));

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

describe('errors', () => {
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error) => error,
    );

  test.each([
    ['a damaged file', () => imread(path('bad.png')), 'CodecError', /bad\.png: could not be decoded/],
    ['another format', () => imread(path('notes.txt')), 'FormatError', /none of png, jpg/],
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
