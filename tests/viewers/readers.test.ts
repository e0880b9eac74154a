// A computed image as OME-Zarr, read in Chromium by readers that know nothing of it.
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configure, disposeExecutors, toPixels } from '../../src/index';
import { launchBrowser } from '../helpers/browser';
import { buildPages, type PageFolder, type PageServer, servePages } from '../helpers/pages';
import { layersOf, levels, TILE } from './page/image';
import type { Readers } from './page/readers';

const browser: Browser | undefined = await launchBrowser();

type PageGlobals = { readers: Readers };

describe.skipIf(!browser)('OME-Zarr that computes itself, in Chromium', () => {
  let pages: PageFolder;
  let server: PageServer;
  let page: Page;

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu' });
    pages = await buildPages(fileURLToPath(new URL('./page', import.meta.url)), ['readers']);
    server = await servePages(pages.folder);
    page = await open('readers.html');
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await pages?.remove();
    disposeExecutors();
  });

  async function open(address: string): Promise<Page> {
    const opened = await browser!.newPage();
    opened.setDefaultTimeout(120_000);
    await opened.goto(server.url + address);
    await opened.waitForFunction(() => document.title === 'ready');
    return opened;
  }

  it('zarrita', async () => {
    const result = await page.evaluate(() => (globalThis as unknown as PageGlobals).readers.zarrita(2));
    const { data, shape } = await levels()[2].compute();
    expect(result).toEqual({ data: Array.from(data as Uint16Array), shape });
  });

  it("Viv's loader", async () => {
    const result = await page.evaluate(() => (globalThis as unknown as PageGlobals).readers.viv(0, 1, 4, 3));
    const [full] = levels();
    const { data, shape } = await full.select({ c: 1 }).read({ y: [3 * TILE, 500], x: [4 * TILE, 620] });
    expect(result).toEqual({
      labels: ['c', 'y', 'x'],
      shapes: levels().map((level) => level.shape),
      dtype: 'Uint16',
      width: shape[1],
      height: shape[0],
      data: Array.from(data as Uint16Array),
    });
  });

  it('ome-zarr.js', async () => {
    const result = await page.evaluate(() => (globalThis as unknown as PageGlobals).readers.omeZarr(2));
    expect([result.width, result.height, result.version]).toEqual([155, 125, '0.5']);
    // Of colours that overlap, it shows the stronger; and it rounds down.
    const channels = await Promise.all(layersOf(levels()[2]).map((layer) => toPixels([layer])));
    const off = result.data.map((value, i) =>
      Math.abs(value - Math.max(...channels.map(({ data }) => data[i]))),
    );
    expect(off.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(1);
  });

  it('a reader that leaves stops the computation', async () => {
    const waiting = await open('readers.html?image=pending');
    const result = await waiting.evaluate(() => (globalThis as unknown as PageGlobals).readers.abort());
    expect(result).toEqual({ message: 'left', started: 1, aborted: 1 });
  });
});
