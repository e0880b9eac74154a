// A computed image in vizarr, which takes URLs only: a service worker answers them. In Chromium.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configure, disposeExecutors, toPixels } from '../../src/index';
import { launchBrowser } from '../helpers/browser';
import { buildPages, type PageFolder, type PageServer, servePages } from '../helpers/pages';
import { HEIGHT, layersOf, levels, WIDTH } from './page/image';

const browser: Browser | undefined = await launchBrowser();

/** Milliseconds: WebGL and WASM on a busy CPU are slow. */
const TIMEOUT = 120_000;
/** vizarr leaves this much around an image, and so shows it 1:1 in a window that is larger by that. */
const MARGIN = 50;
/** What its controls cover. */
const PANEL = { width: 220, height: 200 };

const file = (path: string) => readFile(fileURLToPath(new URL(path, import.meta.url)));

describe.skipIf(!browser)('vizarr, in Chromium', () => {
  let pages: PageFolder;
  let server: PageServer;

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu' });
    pages = await buildPages(fileURLToPath(new URL('./page', import.meta.url)), ['vizarr']);
    const script = `import { answerStoreRequests } from './service-worker-script.js'; answerStoreRequests();`;
    const files = new Map([
      ['/sw.js', Buffer.from(script)],
      ['/service-worker-script.js', await file('../../dist/adapters/service-worker-script.js')],
      ['/vizarr.js', await file('../../node_modules/@galaxyproject/vizarr/static/index.js')],
    ]);
    server = await servePages(pages.folder, {}, files);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await pages?.remove();
    disposeExecutors();
  });

  it(
    'shows the computed pixels, with the names, colours and windows of the channels',
    async () => {
      const size = { width: WIDTH + 2 * MARGIN, height: HEIGHT + 2 * MARGIN };
      const page = await browser!.newPage({ viewport: size });
      page.setDefaultTimeout(TIMEOUT);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      // The bundle imports a decoder of JPEG 2000 from a server far away.
      const decoder = {
        contentType: 'text/javascript',
        body: 'export class JpxImage {}',
        headers: { 'access-control-allow-origin': '*' },
      };
      await page.route('https://cdn.jsdelivr.net/**', (route) => route.fulfill(decoder));
      await page.goto(`${server.url}vizarr.html`);

      const picture = await toPixels(layersOf(levels()[0]));
      const difference = async () => {
        const { data, channels } = decode(await page.screenshot());
        let most = 0;
        for (let y = 0; y < HEIGHT; y++)
          for (let x = y + MARGIN < PANEL.height ? PANEL.width : 0; x < WIDTH; x++)
            for (let c = 0; c < 3; c++) {
              const shown = Number(data[((y + MARGIN) * size.width + x + MARGIN) * channels + c]);
              most = Math.max(most, Math.abs(shown - picture.data[(y * WIDTH + x) * 4 + c]));
            }
        return most;
      };
      await expect.poll(difference, { timeout: TIMEOUT }).toBeLessThanOrEqual(1);
      expect(new Set(picture.data).size).toBeGreaterThan(50);
      for (const label of ['computed', 'channel 0', 'channel 1'])
        expect(await page.getByText(label, { exact: true }).count()).toBe(1);
      expect(problems).toEqual([]);
    },
    2 * TIMEOUT,
  );
});
