// openTiff against tifffile: levels, axes, pixel sizes and channels, from a file and over HTTP by range.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cropBlock, wholeRegion } from '../../src/core/region';
import { openTiff, type TiffImage } from '../../src/index';
import { recordConformance } from '../helpers/conformance';
import { EXECUTORS, expectNoFallback } from '../helpers/executors';
import { tiffCases } from '../helpers/images';
import { startServer, type TestServer } from '../helpers/server';

expectNoFallback();

const cases = tiffCases();
let folder: string;
let server: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiff-'));
  for (const { files } of cases)
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  server = await startServer(folder);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const described = (image: TiffImage) => ({
  axes: image.axes.map(({ name }) => name),
  types: image.axes.map(({ type }) => type ?? null),
  units: image.axes.map(({ unit }) => unit ?? null),
  scales: Array.from({ length: image.levelCount }, (_, i) => image.scale(i)),
  translations: Array.from({ length: image.levelCount }, (_, i) => image.translation(i)),
  channels: image.channels.map(({ label, color }) => [label, color]),
  imageCount: image.imageCount,
  name: image.name ?? null,
});

describe.each(EXECUTORS)('openTiff on %s', (device) => {
  test.each(cases.map((c) => [c.name, c] as const))(
    '%s',
    async (_name, { files, image: number, levels, about }) => {
      const [[name, bytes]] = files;
      const places = [join(folder, name), new URL(encodeURIComponent(name), `${server.url}/`)];
      // Planes of other files are not to be had from a File alone.
      const every = files.length > 1 ? places : [...places, new File([bytes], name)];
      const locations = device === 'cpu' ? every : every.slice(0, 1);
      for (const location of locations) {
        const image = await openTiff(location, { image: number });
        expect(described(image)).toEqual(about);
        for (const [i, expected] of levels.entries()) {
          const level = image.level(i);
          expect([level.dtype, level.shape, level.dimensionNames]).toEqual([
            expected.dtype,
            expected.shape,
            about.axes,
          ]);
          const { data } = await level.compute({ device });
          expect(Buffer.from(data.buffer).equals(Buffer.from(expected.data.buffer)), `level ${i}`).toBe(true);
          recordConformance({ function: 'openTiff', dtype: level.dtype, executor: device, error: 0 });
          // Across the edges of tiles.
          const inner = level.shape.map((n) => [Math.floor(n / 3), n - Math.floor(n / 4)] as const);
          const part = await level.read(inner, { device });
          expect(part.data).toEqual(cropBlock(expected.data, wholeRegion(expected.shape), inner));
        }
      }
    },
  );
});
