// Zarr in zip files, in reference documents and as plates, written by zarr-python and tifffile.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  fromArray,
  openOmeZarr,
  openPlate,
  openZarr,
  platePath,
  storeFromReferences,
  writeOmeZarr,
  writePlate,
  zipStore,
} from '../../src/index';
import { chunkCache } from '../../src/io/cache';
import { openLocation } from '../../src/node';
import { type GoldenArray, type GoldenCase, loadGolden } from '../helpers/golden';
import { failure } from '../helpers/images';
import { startServer, type TestServer } from '../helpers/server';

const cases = loadGolden('stores');
const filesOf = ({ args }: GoldenCase) =>
  (args.files as [string, string][]).map(
    ([name, text]) => [name, Uint8Array.from(Buffer.from(text, 'base64'))] as const,
  );
const named = (prefix: string) => cases.filter(({ name }) => name.startsWith(prefix));
const values = async (array: { compute(): Promise<{ data: ArrayLike<number | bigint> }> }) =>
  Array.from((await array.compute()).data, Number);

let server: TestServer;
const content = new Map<string, Uint8Array>();
beforeAll(async () => {
  for (const c of [...named('zip'), ...named('references')])
    for (const [name, bytes] of filesOf(c)) content.set(`/${c.name.replaceAll(' ', '-')}/${name}`, bytes);
  server = await startServer(content);
});
afterAll(() => server.close());
beforeEach(() => {
  server.reset();
  chunkCache.clear();
});

describe('zip files', () => {
  test.each(named('zip').map((c) => [c.name, c] as const))(
    '%s, as a Blob, by URL and by path',
    async (name, c) => {
      const [[, bytes]] = filesOf(c);
      const folder = await mkdtemp(join(tmpdir(), 'zip-'));
      await writeFile(join(folder, 'image.zip'), bytes);
      const url = `${server.url}/${name.replaceAll(' ', '-')}/image.zip`;
      for (const location of [new Blob([bytes]), url, openLocation(join(folder, 'image.zip'))]) {
        const image = await openOmeZarr(location);
        expect([image.name, image.levelCount, image.level(0).shape]).toEqual(['zipped', 2, c.output.shape]);
        expect(await values(image.level(0))).toEqual(Array.from(c.output.data as Uint16Array));
        expect(image.key).toContain(typeof location === 'string' ? url : '');
      }
      await rm(folder, { recursive: true });
    },
  );

  test('.ozx: what zipStore writes, read by range and by sharing', async () => {
    const parts: Uint8Array[] = [];
    const store = zipStore(new WritableStream({ write: (part) => void parts.push(part) }));
    const data = Uint16Array.from({ length: 700 * 700 }, (_, i) => (i * 7919) % 60_000);
    await writeOmeZarr(fromArray(data, { shape: [700, 700], chunks: [350, 350] }), store, { levels: 1 });
    await store.close();
    const bytes = Buffer.concat(parts);
    content.set('/image.ozx', bytes);
    const image = await openOmeZarr(`${server.url}/image.ozx`);
    expect(await values(image.level(0))).toEqual(Array.from(data));
    const { bytesSent } = server;
    expect(bytesSent).toBeLessThan(1.6 * bytes.length);
    // Known from the cache, under the file's URL.
    await (await openOmeZarr(`${server.url}/image.ozx?again`)).level(0).compute();
    expect(server.bytesSent - bytesSent).toBeLessThan(bytes.length / 2);
  });

  test.each([
    [
      'no zip',
      () => openZarr(new Blob(['no zip file at all, just text'])),
      'FormatError',
      /^blob: is no zip file/,
    ],
    ['not there', () => openZarr(`${server.url}/none.zip`), 'NotFoundError', /none\.zip/],
    ['nothing in it', () => openOmeZarr(new Blob([emptyZip()])), 'NotFoundError', /nothing here/],
  ] as const)('%s', async (_name, work, name, message) => {
    const error = await failure(work());
    expect(error?.name).toBe(name);
    expect(error?.message).toMatch(message);
  });

  test('a directory that could not be read is read again', async () => {
    const url = `${server.url}/zip-stored/image.zip`;
    server.fault('image.zip', { kind: 'status', status: 403 });
    expect((await failure(openOmeZarr(url)))?.name).toBe('NetworkError');
    server.reset();
    expect((await openOmeZarr(url)).levelCount).toBe(2);
  });
});

/** The end of a central directory without entries. */
function emptyZip(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(22);
  bytes.set([0x50, 0x4b, 5, 6]);
  return bytes;
}

describe('reference documents', () => {
  test.each(named('references').map((c) => [c.name, c] as const))('%s by tifffile', async (name, c) => {
    const [[documentName, document], [imageName, image]] = filesOf(c);
    const { path } = c.args as { path: string };
    const folder = await mkdtemp(join(tmpdir(), 'references-'));
    await writeFile(join(folder, documentName), document);
    await writeFile(join(folder, imageName), image);
    const base = `${server.url}/${name.replaceAll(' ', '-')}/`;
    const parsed = JSON.parse(new TextDecoder().decode(document));
    const stores = await Promise.all([
      storeFromReferences(base + documentName),
      storeFromReferences(join(folder, documentName)),
      storeFromReferences(pathToFileURL(join(folder, documentName))),
      storeFromReferences(new File([document], 'a.json'), { target: base + imageName }),
      storeFromReferences(parsed, { target: base + imageName }),
    ]);
    for (const store of stores) {
      const array = await openZarr(store, { path });
      expect([array.dtype, array.shape]).toEqual([c.output.dtype, c.output.shape]);
      expect(await values(array)).toEqual(Array.from(c.output.data as Uint16Array));
    }
    await rm(folder, { recursive: true });
  });

  test('inline values, whole files, ranges of ranges, missing keys', async () => {
    content.set('/raw.bin', Uint8Array.of(9, 8, 7, 6, 5));
    const url = `${server.url}/raw.bin`;
    const store = await storeFromReferences(
      {
        version: 1,
        refs: {
          text: 'abc',
          base: 'base64:AQID',
          all: [url],
          part: ['{{u}}', 1, 3],
          any: [null, 0, 2],
          json: { a: 1 },
        },
        templates: { u: url },
      },
      { target: url },
    );
    const read = async (key: string) => [...((await store.get(`/${key}`)) ?? [])];
    expect(await read('text')).toEqual([97, 98, 99]);
    expect(await read('base')).toEqual([1, 2, 3]);
    expect(await read('all')).toEqual([9, 8, 7, 6, 5]);
    expect(await read('part')).toEqual([8, 7, 6]);
    expect(await read('any')).toEqual([9, 8]);
    expect(new TextDecoder().decode(await store.get('/json'))).toBe('{"a":1}');
    expect(await store.get('/none')).toBeUndefined();
    expect([...(await store.getRange('/part', { offset: 1, length: 9 }))!]).toEqual([7, 6]);
    expect([...(await store.getRange('/part', { suffixLength: 1 }))!]).toEqual([6]);
    expect([...(await store.getRange('/base', { suffixLength: 2 }))!]).toEqual([2, 3]);
    expect([...(await store.getRange('/all', { suffixLength: 2 }))!]).toEqual([6, 5]);
  });

  test.each([
    [
      'no document',
      () => storeFromReferences(new Blob(['text'])),
      'FormatError',
      /expected kerchunk references in JSON/,
    ],
    ['another version', () => storeFromReferences({ version: 2, refs: {} }), 'FormatError', /version 0 or 1/],
    [
      'no reference',
      () => storeFromReferences({ a: [1, 2] }),
      'FormatError',
      /references\/a: expected a value or \[url/,
    ],
    ['no target', () => storeFromReferences({ a: [null, 0, 1] }), 'ArgumentError', /^target: /],
    ['not there', () => storeFromReferences(`${server.url}/none.json`), 'NotFoundError', /none\.json/],
    ['no location', () => storeFromReferences(7 as never), 'ArgumentError', /^location: /],
  ] as const)('%s', async (_name, work, name, message) => {
    const error = await failure(work());
    expect(error?.name).toBe(name);
    expect(error?.message).toMatch(message);
  });
});

describe('plates', () => {
  const [plateCase] = named('plate');
  const store = new Map(filesOf(plateCase).map(([name, bytes]) => [`/${name}`, bytes]));
  const { names } = plateCase.value as { names: string[] };
  const images = plateCase.args.images as GoldenArray[];

  test('as zarr-python wrote one: wells, fields and their images', async () => {
    const plate = await openPlate(store);
    expect([plate.name, plate.version, plate.rows, plate.columns]).toEqual([
      'screen',
      '0.4',
      ['A', 'B'],
      ['1', '2', '3'],
    ]);
    expect(plate.wells.map(({ row, column }) => row + column)).toEqual(['A1', 'B1', 'B3']);
    expect(plate.acquisitions).toEqual([
      { id: 1, name: 'day' },
      { id: 2, name: undefined },
    ]);
    const well = await plate.well('B', '3');
    expect(well.fields).toEqual([
      { path: 'f0', acquisition: 1 },
      { path: 'f1', acquisition: 2 },
    ]);
    expect((await well.field(1)).name).toBe('B31');
  });

  test('one pipeline over every field', async () => {
    const plate = await openPlate(store);
    const sums: Record<string, number> = {};
    for await (const { row, column, field, image } of plate.fields())
      sums[`${row}/${column}/${field}`] = Number((await image.level(0).sum().compute()).data[0]);
    const expected = images.map(({ data }) => Array.from(data as Uint8Array).reduce((a, b) => a + b, 0));
    expect(sums).toEqual(Object.fromEntries(names.map((name, i) => [name, expected[i]])));
  });

  test('nothing of other wells is read', async () => {
    const served = await startServer(store);
    const plate = await openPlate(served.url);
    await (await plate.well('A', '1')).field(0);
    expect(served.requests.filter((path) => path.includes('/B/'))).toEqual([]);
    await served.close();
  });

  test('as writePlate writes one, in Zarr v3', async () => {
    const target = new Map<string, Uint8Array>();
    await writePlate(target, { wells: [{ row: 'C', column: '02', fields: 2 }], path: 'screen' });
    const image = fromArray(Uint8Array.of(1, 2, 3, 4), { shape: [2, 2] });
    await writeOmeZarr(image, target, {
      path: `screen/${platePath({ row: 'C', column: '02' }, 1)}`,
      levels: 1,
    });
    const plate = await openPlate(target, { path: 'screen' });
    expect([plate.version, plate.wells]).toEqual(['0.5', [{ row: 'C', column: '02', path: 'C/02' }]]);
    expect(await values((await (await plate.well('C', '02')).field(1)).level(0))).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ['an image', () => openPlate(store, { path: 'A/1/f0' }), 'FormatError', /A\/1\/f0: is no OME-Zarr plate/],
    [
      'no such well',
      async () => (await openPlate(store)).well('A', '2'),
      'ArgumentError',
      /^well: expected one of A\/1, B\/1/,
    ],
    [
      'no such field',
      async () => (await (await openPlate(store)).well('A', '1')).field(2),
      'ArgumentError',
      /^index: /,
    ],
    ['a plate as an image', () => openOmeZarr(store), 'FormatError', /is a plate; open it by openPlate/],
    ['nothing there', () => openPlate(new Map()), 'NotFoundError', /nothing here/],
  ] as const)('%s', async (_name, work, name, message) => {
    const error = await failure(work());
    expect(error?.name).toBe(name);
    expect(error?.message).toMatch(message);
  });
});
