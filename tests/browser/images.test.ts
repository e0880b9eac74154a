// Image files in real Chromium: the browser's decoders, the workers, and a strict content security policy.
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DType } from '../../src/index';
import { launchBrowser } from '../helpers/browser';
import { type GoldenArray, loadGolden } from '../helpers/golden';
import { expectImage, type ImageCase, imageCases, tiffCases } from '../helpers/images';
import { type BuiltPage, buildPage, type OpenPage, STRICT } from '../helpers/page';

interface PageImage {
  readonly dtype: DType;
  readonly shape: number[];
  readonly values: (number | string)[];
  readonly names: (string | null)[];
}

/** The functions of images/main.ts. */
interface Images {
  read(path: string, how: 'file' | 'url'): Promise<PageImage>;
  readLevels(path: string, how: 'file' | 'url', image?: number): Promise<Omit<PageImage, 'names'>[]>;
  readStore(
    kind: 'zip' | 'zipFile' | 'references' | 'plate',
    url: string,
    path?: string,
  ): Promise<number[] | Record<string, number>>;
  saveTiff(path: string): Promise<{ expected: number[]; found: number[] }>;
  readStack(paths: string[], how: 'file' | 'url'): Promise<{ shape: number[]; values: number[] }>;
  fails(path: string): Promise<string>;
}

const browser: Browser | undefined = await launchBrowser();
if (!browser) console.warn('browser tests skipped: no Chromium found');
const cases = imageCases();
const tiffs = tiffCases();
const stores = loadGolden('stores');
const path = (c: ImageCase) => `/files/${c.fileName}`;

describe.skipIf(!browser)('imread in Chromium', () => {
  let built: BuiltPage;
  let opened: OpenPage;

  beforeAll(async () => {
    const files = new Map<string, Uint8Array>(cases.map((c) => [path(c), c.bytes]));
    files.set('/files/bad.png', Uint8Array.of(1, 2, 3));
    files.set('/files/bad.webp', Uint8Array.of(1, 2, 3));
    files.set('/files/bad.tif', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    for (const [name, bytes] of tiffs.flatMap((c) => c.files)) files.set(`/tiffs/${name}`, bytes);
    for (const c of stores)
      for (const [name, text] of c.args.files as [string, string][])
        files.set(`/${c.name.replaceAll(' ', '-')}/${name}`, Buffer.from(text, 'base64'));
    built = await buildPage('images', browser!, files);
    opened = await built.open(STRICT);
  });
  afterAll(async () => {
    await built?.close();
    await browser?.close();
  });

  const call = <K extends keyof Images>(name: K, ...args: Parameters<Images[K]>) =>
    opened.page.evaluate(
      ([n, a]) => (globalThis as never as Record<string, (...a: unknown[]) => unknown>)[n](...a),
      [name, args] as const,
    ) as ReturnType<Images[K]>;

  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const { dtype, shape, values, names } = await call('read', path(c), c.format === 'tif' ? 'url' : 'file');
    const data = dtype.endsWith('int64') ? values.map((v) => BigInt(v)) : (values as number[]);
    expectImage(c, { dtype, shape, data });
    if (c.about) expect(names).toEqual(c.about.axes);
  });

  test.each(tiffs.map((c) => [c.name, c] as const))(
    'levels of %s',
    async (_name, { files, image, levels }) => {
      const [[name]] = files;
      for (const how of files.length > 1 ? (['url'] as const) : (['url', 'file'] as const)) {
        const found = await call('readLevels', `/tiffs/${encodeURIComponent(name)}`, how, image);
        expect(found.map(({ dtype, shape }) => [dtype, shape])).toEqual(
          levels.map(({ dtype, shape }) => [dtype, shape]),
        );
        const wrong = found.map(({ values }, i) => values.findIndex((v, at) => v !== levels[i].data[at]));
        expect(wrong).toEqual(levels.map(() => -1));
      }
    },
  );

  test.each(stores.map((c) => [c.name, c] as const))('a store: %s', async (name, c) => {
    const base = `/${name.replaceAll(' ', '-')}`;
    if (c.function === 'plate') {
      const { names } = c.value as { names: string[] };
      const sums = (c.args.images as GoldenArray[]).map(({ data }) =>
        (data as Uint8Array).reduce((a, b) => a + b, 0),
      );
      expect(await call('readStore', 'plate', base)).toEqual(
        Object.fromEntries(names.map((n, i) => [n, sums[i]])),
      );
      return;
    }
    const expected = Array.from(c.output.data as Uint16Array);
    const [[file]] = c.args.files as [string, string][];
    const kinds = c.function === 'zip' ? (['zip', 'zipFile'] as const) : (['references'] as const);
    for (const kind of kinds)
      expect(await call('readStore', kind, `${base}/${file}`, String(c.args.path ?? ''))).toEqual(expected);
  });

  test.each(['file', 'url'] as const)('several frames, each a %s, in natural order', async (how) => {
    const frames = cases.filter(({ name }) => ['tif tiff_lzw', 'tif packbits', 'tif zstd'].includes(name));
    const stack = await call('readStack', frames.map(path), how);
    const sorted = [...frames].sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
    expect(stack.shape).toEqual([3, ...frames[0].output.shape]);
    expect(stack.values).toEqual(sorted.flatMap(({ output }) => Array.from(output.data as Uint8Array)));
  });

  test.each([
    ['/files/bad.png', /^CodecError: .*bad\.png: could not be decoded/],
    ['/files/bad.webp', /^CodecError: .*bad\.webp: could not be decoded/],
    ['/files/bad.tif', /^CodecError: .*bad\.tif: could not be decoded/],
    ['/files/none.png', /^NotFoundError: .*none\.png: the server has no such file/],
    ['/files/*.png', /^ArgumentError: location: .*patterns are for Node only/],
    ['/files/notes.txt', /^FormatError: .*notes\.txt: the file's extension/],
  ])('%s', async (file, message) => {
    expect(await call('fails', file)).toMatch(message);
  });

  test('toTiff into the private file system, and openTiff from there', async () => {
    const { expected, found } = await call('saveTiff', '/tiffs/pyramid.ome.tif');
    expect(new Set(expected).size).toBeGreaterThan(3);
    expect(found).toEqual(expected);
  });

  test('nothing went wrong in the page', () => expect(opened.errors).toEqual([]));
});
