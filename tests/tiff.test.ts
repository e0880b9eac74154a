// openTiff as a source: what is fetched and when, sharing, aborts, faults, bad input.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTiff } from '../src/index';
import { chunkCache } from '../src/io/cache';
import { failure, tiffCases } from './helpers/images';
import { startServer, type TestServer } from './helpers/server';

const FAST = { minDelay: 5, maxDelay: 20, retries: 2 };
const cases = tiffCases();
const file = (name: string) => cases.find((c) => c.name === name)!.files[0][1];
let server: TestServer;

beforeAll(async () => {
  server = await startServer(
    new Map([
      ['/cog.tif', file('reduced pages')],
      ['/strips.tif', file('strips')],
      ['/short.tif', file('reduced pages').subarray(0, 20_000)],
      ['/page.html', new TextEncoder().encode('<!doctype html><p>no image</p>')],
      ['/part-a.ome.tif', file('OME-TIFF of two files')],
    ]),
  );
});
afterAll(() => server.close());
beforeEach(() => {
  server.reset();
  chunkCache.clear();
});

const open = (name: string) => openTiff(`${server.url}/${name}`, { retry: FAST });

describe('what is fetched', () => {
  test('metadata on opening; then the tiles under a region, each once', async () => {
    const image = await open('cog.tif');
    // The file is small, and its directories are in one block.
    expect(server.requests).toEqual(['/cog.tif']);
    const level = image.level(0);
    expect(level.chunks).toEqual([32, 48]);
    const region = [
      [0, 20],
      [0, 90],
    ] as const;
    const [first, second] = await Promise.all([level.read(region), level.read(region)]);
    expect(first.data).toEqual(second.data);
    expect(server.requests).toHaveLength(3);
    await level.read(region);
    expect(server.requests).toHaveLength(3);
  });

  test('strips that lie together are one request', async () => {
    const image = await open('strips.tif');
    server.reset();
    const level = image.level(0);
    expect(level.chunks[0]).toBeGreaterThan(500);
    await level.read([
      [0, 10],
      [0, 10],
    ]);
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  test('an abort ends the request of its tile, and nobody else loses', async () => {
    const level = (await open('cog.tif')).level(0);
    server.reset();
    server.fault('/cog.tif', { kind: 'slow', ms: 300 });
    const controller = new AbortController();
    const tile = [
      [0, 32],
      [0, 48],
    ] as const;
    const left = failure(level.read(tile, { signal: controller.signal }));
    const stays = level.read(tile);
    setTimeout(() => controller.abort(new Error('enough')), 50);
    expect((await left)?.message).toBe('enough');
    expect((await stays).data).toHaveLength(32 * 48);
    server.reset();
    server.fault('/cog.tif', { kind: 'hang' });
    chunkCache.clear();
    const alone = new AbortController();
    const reading = failure(level.read(tile, { signal: alone.signal }));
    setTimeout(() => alone.abort(), 50);
    expect((await reading)?.name).toBe('AbortError');
    await expect.poll(() => server.aborted).toEqual(['/cog.tif']);
  });
});

describe('faults', () => {
  test('what passes is asked for again', async () => {
    server.fault('/cog.tif', { kind: 'status', status: 503, times: 1 });
    const level = (await open('cog.tif')).level(0);
    server.fault('/cog.tif', { kind: 'reset', bytes: 10, times: 1 });
    const { data } = await level.compute();
    expect(Buffer.from(data.buffer)).toEqual(
      Buffer.from(cases.find((c) => c.name === 'reduced pages')!.levels[0].data.buffer),
    );
  });

  test('a server that ignores ranges', async () => {
    server.fault('/cog.tif', { kind: 'ignoreRange' });
    const { data } = await (await open('cog.tif')).level(1).compute();
    expect(data).toEqual(cases.find((c) => c.name === 'reduced pages')!.levels[1].data);
  });

  test('a failed read of metadata is not kept', async () => {
    server.fault('/cog.tif', { kind: 'status', status: 500 });
    expect(await failure(open('cog.tif'))).toMatchObject({ name: 'NetworkError' });
    server.reset();
    expect((await open('cog.tif')).levelCount).toBe(3);
  });

  test.each([
    ['cut short', async () => (await open('short.tif')).level(0).compute(), 'CodecError', /short\.tif/],
    ['no TIFF', () => open('page.html'), 'CodecError', /page\.html: could not be decoded/],
    ['not there', () => open('none.tif'), 'NotFoundError', /none\.tif/],
    ['no path', () => openTiff('/nowhere/none.tif'), 'NotFoundError', /none\.tif/],
    ['no location', () => openTiff(7 as never), 'ArgumentError', /^location: /],
    [
      'no image of this number',
      () => openTiff(new File([file('strips')], 'a.tif'), { image: 1 }),
      'FormatError',
      /a\.tif: has 1 image/,
    ],
    ['half an image', () => openTiff('a.tif', { image: 0.5 }), 'ArgumentError', /^image: /],
    [
      'planes of another file',
      async () => (await openTiff(new File([file('OME-TIFF of two files')], 'a.tif'))).level(0).compute(),
      'FormatError',
      /a\.tif: has planes in another file, part b\.ome\.tif/,
    ],
    [
      'another file that is not there',
      async () => (await open('part-a.ome.tif')).level(0).compute(),
      'NotFoundError',
      /part%20b\.ome\.tif/,
    ],
    [
      'an unknown compression',
      async () => (await openTiff(new File([patched()], 'a.tif'))).level(0).compute(),
      'CodecError',
      /a\.tif: could not be decoded: Unknown compression method identifier: 34712/,
    ],
    ['no such level', async () => (await open('cog.tif')).level(3), 'ArgumentError', /^index: /],
  ] as const)('%s', async (_name, work, name, message) => {
    const error = await failure((async () => work())());
    expect(error?.name).toBe(name);
    expect(error?.message).toMatch(message);
  });
});

/** A TIFF whose first directory says JPEG 2000. */
function patched(): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(file('strips'));
  const fields = new DataView(bytes.buffer);
  const start = fields.getUint32(4, true);
  for (let i = 0; i < fields.getUint16(start, true); i++) {
    const at = start + 2 + 12 * i;
    if (fields.getUint16(at, true) === 259) fields.setUint16(at + 8, 34712, true);
  }
  return bytes;
}
