// Writing from real Chromium: OPFS, folders, zip files, servers; several tabs, tabs that are closed, storage that is full.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { configure, fromArray, writeOmeZarr } from '../../src/index';
import { launchBrowser } from '../helpers/browser';
import { buildPages, type PageServer, servePages } from '../helpers/pages';
import { startUploadServer } from '../helpers/uploadServer';
import { pixels, SHAPE, WRITE } from './targets/image';
import type { Actions } from './targets/main';

const browser: Browser | undefined = await launchBrowser();
if (!browser) console.warn('browser tests skipped: no Chromium found');

describe.skipIf(!browser)('writing from Chromium', () => {
  let pages: Awaited<ReturnType<typeof buildPages>>;
  let server: PageServer;
  let context: BrowserContext;
  /** What a write leaves, by key, in base64. */
  let whole: Record<string, string>;

  beforeAll(async () => {
    configure({ workers: 0 });
    pages = await buildPages(fileURLToPath(new URL('./targets', import.meta.url)));
    server = await servePages(pages.folder, {}, new Map());
    context = await browser!.newContext();
    const store = new Map<string, Uint8Array>();
    const image = fromArray(pixels(), { shape: [...SHAPE], chunks: [64, 64], dimensionNames: ['y', 'x'] });
    await writeOmeZarr(image, store as never, WRITE);
    whole = Object.fromEntries(
      [...store].map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]),
    );
  });
  afterAll(async () => {
    await context?.close();
    await browser?.close();
    server?.close();
    await pages?.remove();
  });

  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => document.title === 'ready');
    return page;
  }

  const act = <K extends keyof Actions>(page: Page, name: K, ...args: Parameters<Actions[K]>) =>
    page.evaluate(
      ([action, list]) =>
        (globalThis as unknown as { actions: Record<string, (...args: unknown[]) => unknown> }).actions[
          action
        ](...list),
      [name, args] as const,
    ) as Promise<Awaited<ReturnType<Actions[K]>>>;

  const chunksOf = (files: Record<string, string>) => Object.keys(files).filter((key) => key.includes('/c/'));

  /** Waits until a slow write has put some chunks. */
  const begun = (page: Page, name: string) =>
    vi.waitFor(async () => expect(chunksOf(await act(page, 'files', name)).length).toBeGreaterThan(2), {
      timeout: 60_000,
      interval: 100,
    });

  test.each(['toPrivate', 'toPicked'] as const)('%s: what is there is what Node writes', async (action) => {
    const page = await open();
    expect(await act(page, action, action)).toBe('written');
    expect(await act(page, 'files', action)).toEqual(whole);
    await page.close();
  });

  test.each(['toPrivate', 'toPicked'] as const)(
    '%s: a second tab is refused; when the first is closed, it goes on where that stopped',
    async (action) => {
      const name = `shared-${action}`;
      const [first, second] = [await open(), await open()];
      void act(first, action, name, { slow: 400 }).catch(() => {});
      await begun(second, name);
      expect(await act(second, action, name)).toMatch(/^LockedError: .*being written by another tab/);
      await first.close();
      const left = await act(second, 'files', name);
      expect(chunksOf(left).length).toBeLessThan(chunksOf(whole).length);
      // A file appears before its bytes do: chunks are whole or empty until they are there.
      for (const [key, bytes] of Object.entries(left))
        if (key in whole && bytes !== '') expect([key, bytes]).toEqual([key, whole[key]]);
      await vi.waitFor(
        async () => expect(await act(second, action, name, { resume: true })).toBe('written'),
        { timeout: 30_000, interval: 500 },
      );
      expect(await act(second, 'files', name)).toEqual(whole);
      await second.close();
    },
  );

  test('storage that is full is told in words; with room again, the write goes on', async () => {
    const page = await open();
    const session = await context.newCDPSession(page);
    const quota = (quotaSize?: number) =>
      session.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize });
    const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    await quota(used + 60_000);
    expect(await act(page, 'toPrivate', 'full')).toMatch(
      /^WriteError: \/.*the browser's storage for this site is full/,
    );
    await quota();
    expect(await act(page, 'toPrivate', 'full', { resume: true })).toBe('written');
    expect(await act(page, 'files', 'full')).toEqual(whole);
    await page.close();
  });

  test('a folder that is taken away', async () => {
    const page = await open();
    const writing = act(page, 'toPicked', 'gone', { slow: 300 });
    await begun(page, 'gone');
    await act(page, 'remove', 'gone', '0');
    expect(await writing).toMatch(/^WriteError: \/.*(the folder is gone|not found|could not be found)/i);
    await page.close();
  });

  test('a zip streamed into a file is whole, by unzip and by Python', async () => {
    const page = await open();
    const { result, file } = await act(page, 'toZip', 'image.ozx');
    expect(result).toBe('written');
    const folder = mkdtempSync(join(tmpdir(), 'tilewise-zip-'));
    try {
      const path = join(folder, 'image.ozx');
      writeFileSync(path, Buffer.from(file, 'base64'));
      const script =
        'import sys, json, zipfile, base64; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None;' +
        'print(json.dumps({"/" + n: base64.b64encode(z.read(n)).decode() for n in z.namelist()}))';
      expect(JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }))).toEqual(whole);
      expect(execFileSync('python3', ['-m', 'zipfile', '-t', path], { encoding: 'utf8' })).toContain('Done');
      if (existsSync('/usr/bin/unzip'))
        expect(execFileSync('unzip', ['-t', path], { encoding: 'utf8' })).toContain('No errors detected');
    } finally {
      rmSync(folder, { recursive: true });
    }
    await page.close();
  });

  test('a server of another origin: signed, with checksums; a resume asks by HEAD and sends what is missing', async () => {
    const upload = await startUploadServer();
    const page = await open();
    try {
      expect(await act(page, 'toServer', upload.url)).toBe('written');
      const stored = () =>
        Object.fromEntries(
          [...upload.values].map(([path, value]) => [path.replace('/bucket', ''), value.toString('base64')]),
        );
      expect(stored()).toEqual(whole);
      for (const { method, path, headers } of upload.requests.filter(({ method }) => method === 'PUT')) {
        expect(headers['x-signed-for']).toBe(`${method} ${path.replace('/bucket', '')}`);
        expect(headers['content-digest']).toMatch(/^sha-256=:[A-Za-z0-9+/]{43}=:$/);
      }
      for (const key of ['/bucket/0/c/1/1', '/bucket/1/c/0/0']) upload.values.delete(key);
      upload.requests.length = 0;
      expect(await act(page, 'toServer', upload.url, { resume: true })).toBe('written');
      expect(stored()).toEqual(whole);
      const sent = upload.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/c/'));
      // And what is made of them.
      expect(sent.map(({ path }) => path).sort()).toEqual([
        '/bucket/0/c/1/1',
        '/bucket/1/c/0/0',
        '/bucket/2/c/0/0',
      ]);
      expect(upload.requests.some(({ method }) => method === 'HEAD')).toBe(true);
    } finally {
      upload.close();
      await page.close();
    }
  });
});
