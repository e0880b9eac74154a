// Computed images in real viewers, in real Chromium: what is on the screen is what the library computes in Node.
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configure, disposeExecutors, toPixels } from '../../src/index';
import { launchBrowser } from '../helpers/browser';
import { buildPages, type PageFolder, type PageServer, servePages } from '../helpers/pages';
import { layersOf, levels, VIEW } from './page/image';
import type { Handle } from './page/shared';

const browser: Browser | undefined = await launchBrowser();

/** Milliseconds: WebGL and WASM on a busy CPU are slow. */
const TIMEOUT = 120_000;

type PageGlobals = { viewer: Handle; pending: { started: number; aborted: number } };

describe.skipIf(!browser)('in Chromium', () => {
  let pages: PageFolder;
  let server: PageServer;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu' });
    pages = await buildPages(fileURLToPath(new URL('./page', import.meta.url)), [
      'deckgl',
      'openseadragon',
      'viv',
    ]);
    server = await servePages(pages.folder);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await pages?.remove();
    disposeExecutors();
  });

  afterEach(() => page?.close());

  async function open(address: string): Promise<void> {
    page = await browser!.newPage({ viewport: { width: 320, height: 280 } });
    page.setDefaultTimeout(TIMEOUT);
    problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      // So OpenSeadragon says that a tile has left the view before it was there.
      const left = message.text().endsWith('Image load aborted.');
      if (message.type() === 'error' && !left) problems.push(message.text());
    });
    await page.goto(server.url + address);
    await page.waitForFunction(() => document.title === 'ready');
  }

  const show = (x: number, y: number, zoom: number) =>
    page.evaluate(([x, y, zoom]) => (globalThis as unknown as PageGlobals).viewer.show(x, y, zoom), [
      x,
      y,
      zoom,
    ] as const);

  const counts = () => page.evaluate(() => (globalThis as unknown as PageGlobals).pending);

  /** The screen, RGB. */
  async function screen(): Promise<Uint8Array> {
    const { data, channels } = decode(await page.screenshot({ clip: { x: 0, y: 0, ...VIEW } }));
    return Uint8Array.from({ length: VIEW.width * VIEW.height * 3 }, (_, i) =>
      Number(data[Math.floor(i / 3) * channels + (i % 3)]),
    );
  }

  /** What the view centred on (x, y) is to show: the level's pixels, black beyond the image. */
  async function expected(x: number, y: number, zoom: number): Promise<Uint8Array> {
    const level = levels()[-zoom];
    const [, height, width] = level.shape;
    const [left, top] = [x * 2 ** zoom - VIEW.width / 2, y * 2 ** zoom - VIEW.height / 2];
    const region = {
      y: [Math.max(0, top), Math.min(height, top + VIEW.height)],
      x: [Math.max(0, left), Math.min(width, left + VIEW.width)],
    } as const;
    const picture = await toPixels(layersOf(level), { region });
    const out = new Uint8Array(VIEW.width * VIEW.height * 3);
    for (let i = 0; i < picture.height; i++)
      for (let j = 0; j < picture.width; j++)
        for (let c = 0; c < 3; c++) {
          const at = (region.y[0] - top + i) * VIEW.width + region.x[0] - left + j;
          out[at * 3 + c] = picture.data[(i * picture.width + j) * 4 + c];
        }
    return out;
  }

  const largestDifference = (a: Uint8Array, b: Uint8Array) =>
    a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);

  const VIEWERS = [
    ['deck.gl', 'deckgl.html?', 0],
    ['Viv', 'viv.html?', 1],
    ['OpenSeadragon on a canvas', 'openseadragon.html?drawer=canvas&', 0],
    ['OpenSeadragon on WebGL', 'openseadragon.html?drawer=webgl&', 0],
  ] as const;

  it.each(VIEWERS)('%s shows the computed pixels, at each resolution', async (_name, address, tolerance) => {
    await open(address);
    for (const [x, y, zoom] of [
      [320, 250, 0],
      // The corner, where tiles are cut.
      [600, 480, 0],
      [320, 256, -1],
    ] as const) {
      const wanted = await expected(x, y, zoom);
      expect(new Set(wanted).size).toBeGreaterThan(50);
      await show(x, y, zoom);
      await expect
        .poll(async () => largestDifference(await screen(), wanted), {
          message: `at ${x}, ${y}, ${zoom}`,
          timeout: TIMEOUT,
        })
        .toBeLessThanOrEqual(tolerance);
    }
    expect(problems).toEqual([]);
  });

  it.each(VIEWERS.slice(0, 3))(
    '%s pans away: tiles out of view are no longer computed',
    async (_name, address) => {
      await open(`${address}image=pending`);
      await show(150, 128, 0);
      await expect.poll(async () => (await counts()).started).toBeGreaterThanOrEqual(12);
      const { aborted } = await counts();
      // Viv and deck.gl let some requests go on.
      const before = (await counts()).started;
      await show(150, 400, 0);
      await expect.poll(async () => (await counts()).started).toBeGreaterThan(before);
      await show(560, 400, 0);
      await expect.poll(async () => (await counts()).aborted).toBeGreaterThan(aborted);
      const { started } = await counts();
      await show(150, 128, 0);
      await expect.poll(async () => (await counts()).started).toBeGreaterThan(started);
    },
  );
});
