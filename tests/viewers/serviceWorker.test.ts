// A computed image at a URL: fetches that a service worker hands to the page, in Chromium.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configure, disposeExecutors, toPixels } from '../../src/index';
import { launchBrowser } from '../helpers/browser';
import { buildPages, type PageFolder, type PageServer, servePages } from '../helpers/pages';
import { layersOf, levels, TILE } from './page/image';
import type { ServedPage } from './page/served';

const browser: Browser | undefined = await launchBrowser();

type PageGlobals = { page: ServedPage; pending: { started: number; aborted: number } };

const file = (path: string) => readFile(fileURLToPath(new URL(path, import.meta.url)));

describe.skipIf(!browser)('stores served by a service worker, in Chromium', () => {
  let pages: PageFolder;
  let server: PageServer;
  let page: Page;
  let url: string;

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu' });
    pages = await buildPages(fileURLToPath(new URL('./page', import.meta.url)), ['served']);
    const script = `import { answerStoreRequests } from './service-worker-script.js'; answerStoreRequests();`;
    const files = new Map([
      ['/sw.js', Buffer.from(script)],
      // As an application takes it from the package: one file.
      ['/service-worker-script.js', await file('../../dist/adapters/service-worker-script.js')],
    ]);
    server = await servePages(pages.folder, {}, files);
    page = await open('served.html');
    url = await page.evaluate(() => (globalThis as unknown as PageGlobals).page.serve('computed'));
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await pages?.remove();
    disposeExecutors();
  });

  /** Tabs of one profile share the service worker. */
  async function open(address: string): Promise<Page> {
    const context = browser!.contexts()[0] ?? (await browser!.newContext());
    const opened = await context.newPage();
    opened.setDefaultTimeout(120_000);
    await opened.goto(server.url + address);
    await opened.waitForFunction(() => document.title === 'ready');
    return opened;
  }

  const request = (
    from: Page,
    path: string,
    init: { method?: string; headers?: Record<string, string> } = {},
  ) =>
    from.evaluate(([u, i]) => (globalThis as unknown as PageGlobals).page.request(u, i), [
      url + path,
      init,
    ] as const);

  it('is of the page’s own origin, and under the control of its first visit', () => {
    expect(url).toMatch(new RegExp(`^${server.url}tilewise-stores/[\\w-]+/computed$`));
  });

  it('zarrita by URL', async () => {
    const result = await page.evaluate((u) => (globalThis as unknown as PageGlobals).page.zarrita(u, 2), url);
    expect(result).toEqual(Array.from((await levels()[2].compute()).data as Uint16Array));
  });

  it("Viv's loader by URL", async () => {
    const result = await page.evaluate((u) => (globalThis as unknown as PageGlobals).page.viv(u, 1), url);
    const [full] = levels();
    const { data } = await full.select({ c: 1 }).read({ y: [TILE, 2 * TILE], x: [TILE, 2 * TILE] });
    expect(result).toEqual(Array.from(data as Uint16Array));
  });

  it('ome-zarr.js by URL', async () => {
    const result = await page.evaluate((u) => (globalThis as unknown as PageGlobals).page.omeZarr(u), url);
    const channels = await Promise.all(layersOf(levels()[2]).map((layer) => toPixels([layer])));
    const off = result.data.map((value, i) =>
      Math.abs(value - Math.max(...channels.map(({ data }) => data[i]))),
    );
    expect([result.width, result.height]).toEqual([155, 125]);
    expect(off.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(1);
  });

  it('ranges, HEAD, keys that are not there, other methods', async () => {
    const whole = await request(page, '/0/c/0/1/2');
    expect([whole.status, whole.bytes.length]).toEqual([200, TILE * TILE * 2]);
    expect(whole.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
    });
    const part = await request(page, '/0/c/0/1/2', { headers: { range: 'bytes=100-119' } });
    expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 100-119/*']);
    expect(part.bytes).toEqual(whole.bytes.slice(100, 120));
    const end = await request(page, '/0/c/0/1/2', { headers: { range: 'bytes=-6' } });
    expect([end.status, end.bytes]).toEqual([206, whole.bytes.slice(-6)]);
    expect((await request(page, '/0/c/0/1/2', { headers: { range: 'bytes=99999-100000' } })).status).toBe(
      416,
    );
    const head = await request(page, '/0/c/0/1/2', { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.bytes]).toEqual([
      200,
      String(TILE * TILE * 2),
      [],
    ]);
    expect((await request(page, '/zarr.json')).headers['content-type']).toBe('application/json');
    expect((await request(page, '/0/c/0/9/9')).status).toBe(404);
    expect((await request(page, '/zarr.json', { method: 'PUT' })).status).toBe(405);
  });

  it('a fetch that is aborted aborts the computation', async () => {
    const waiting = await open('served.html?image=pending');
    const message = await waiting.evaluate(async () => {
      const { page } = globalThis as unknown as PageGlobals;
      return page.abort(await page.serve());
    });
    expect(message).toBe('left');
    const counts = () => waiting.evaluate(() => (globalThis as unknown as PageGlobals).pending);
    await expect.poll(counts).toEqual({ started: 1, aborted: 1 });
    await waiting.close();
  });

  it('503 for other pages once the page is gone, or the store is closed', async () => {
    const owner = await open('served.html?image=pending');
    const theirs = await owner.evaluate(() => (globalThis as unknown as PageGlobals).page.serve('theirs'));
    const fetching = (path: string) =>
      page.evaluate(
        (u) => (globalThis as unknown as PageGlobals).page.request(u).catch(String),
        theirs + path,
      );
    expect(await fetching('/zarr.json')).toMatchObject({ status: 200 });
    const unanswered = fetching('/0/c/0/0/0');
    await expect
      .poll(() => owner.evaluate(() => (globalThis as unknown as PageGlobals).pending.started))
      .toBe(1);
    await owner.close();
    // Its answer had begun.
    expect(await unanswered).toMatch(/^TypeError/);
    expect(await fetching('/zarr.json')).toMatchObject({ status: 503 });
    expect((await request(page, '/zarr.json')).status).toBe(200);
    await page.evaluate(() => (globalThis as unknown as PageGlobals).page.close());
    expect((await request(page, '/zarr.json')).status).toBe(503);
  });

  it('stores that know no sizes: the same, and errors with their message', async () => {
    const plain = await page.evaluate(() => (globalThis as unknown as PageGlobals).page.servePlain());
    const fetching = (path: string, init: RequestInit = {}) =>
      page.evaluate(([u, i]) => (globalThis as unknown as PageGlobals).page.request(u, i), [
        plain + path,
        init as object,
      ] as const);
    expect((await fetching('/ramp')).bytes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await fetching('/ramp', { headers: { range: 'bytes=2-4' } })).bytes).toEqual([2, 3, 4]);
    expect((await fetching('/ramp', { method: 'HEAD' })).headers['content-length']).toBe('8');
    expect((await fetching('/other')).status).toBe(404);
    const failed = await fetching('/broken');
    expect([failed.status, String.fromCharCode(...failed.bytes)]).toEqual([500, 'the disk is on fire']);
  });

  it('a name that is taken, and one that is no part of a URL, are refused', async () => {
    const refusal = (name: string) =>
      page.evaluate(
        (n) => (globalThis as unknown as PageGlobals).page.serve(n).catch((error) => String(error)),
        name,
      );
    await page.evaluate(() => (globalThis as unknown as PageGlobals).page.serve('again'));
    expect(await refusal('again')).toMatch(/^ArgumentError: name: expected a name that no other store/);
    expect(await refusal('a/b')).toMatch(/^ArgumentError: name: expected letters/);
  });
});
