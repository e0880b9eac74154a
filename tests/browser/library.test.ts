// The library in real Chromium: workers and WebGPU, cross-origin isolated or not, under a strict content security policy.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binaryOpening, configure, fromArray, gaussianFilter, label, regionTable } from '../../src/index';
import { sharedPlugins } from '../../vite.config';
import { launchBrowser } from '../helpers/browser';
import { SIZE, testImage } from './page/image';

const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
/** No eval, no blob or data workers; WASM may be compiled. */
const STRICT = {
  'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
};

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface PageResult {
  readonly isolated: boolean;
  readonly executor: {
    readonly name: string;
    readonly reason: string;
    readonly stats: { readonly submits: number };
  };
  readonly labels: number[];
  readonly areas: number[];
  readonly events: string[];
}

const browser: Browser | undefined = await launchBrowser();
if (!browser) console.warn('browser tests skipped: no Chromium found');

describe.skipIf(!browser)('in Chromium', () => {
  let folder: string;
  let expected: { labels: number[]; areas: number[] };
  const servers: Server[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tilewise-page-'));
    await build({
      configFile: false,
      logLevel: 'error',
      root: source('./page'),
      base: './',
      plugins: sharedPlugins(),
      worker: { format: 'es', plugins: sharedPlugins },
      resolve: {
        alias: [
          { find: /^tilewise\/worker/, replacement: source('../../src/exec/worker/worker.ts') },
          { find: /^tilewise$/, replacement: source('../../src/index.ts') },
        ],
      },
      build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
    });
    configure({ workers: 0 });
    const image = fromArray(testImage(), { shape: [SIZE, SIZE] });
    const { labels } = label(binaryOpening(gaussianFilter(image, 2).gt(340)));
    const table = await regionTable(image, { labelImage: labels, device: 'cpu' });
    expected = {
      labels: Array.from((await labels.compute({ device: 'cpu' })).data as Uint32Array),
      areas: Array.from(table.column('area')),
    };
  });

  afterAll(async () => {
    for (const server of servers) server.close();
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(headers: Record<string, string>): Promise<{ page: Page; errors: string[] }> {
    const server = createServer(async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const file = join(folder, path === '/' ? 'index.html' : path);
      const body = await readFile(file).catch(() => undefined);
      response.writeHead(body ? 200 : 404, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        ...headers,
      });
      response.end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const page = await browser!.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => document.title === 'ready');
    return { page, errors };
  }

  const run = (page: Page, device: string, options = {}) =>
    page.evaluate(
      ([d, o]) => (globalThis as unknown as { run(d: unknown, o: unknown): Promise<PageResult> }).run(d, o),
      [device, options],
    );

  test.each([
    ['plain', {}, false],
    ['cross-origin isolated', ISOLATED, true],
    ['strict content security policy', STRICT, false],
  ] as const)('%s: workers and WebGPU give what Node gives', async (_name, headers, isolated) => {
    const { page, errors } = await open(headers);
    for (const device of ['cpu', 'gpu']) {
      const result = await run(page, device);
      expect(result.isolated).toBe(isolated);
      expect(result.executor.name).toBe(device);
      if (device === 'gpu') expect(result.executor.stats.submits).toBeGreaterThan(5);
      else expect(result.executor.reason).toContain('2 WASM workers');
      expect(result.areas).toEqual(expected.areas);
      expect(result.labels).toEqual(expected.labels);
      expect(result.events).toEqual([]);
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  test('a software adapter: auto is the WASM workers, and says why', async () => {
    const { page } = await open({});
    const { executor } = await run(page, 'auto');
    expect(executor.name).toBe('cpu');
    expect(executor.reason).toMatch(/software/);
    await page.close();
  });

  test.each(['cpu', 'gpu'])('inside a worker of the application, on %s', async (device) => {
    const { page, errors } = await open({});
    const result = await page.evaluate(
      (d) =>
        (globalThis as unknown as { runInWorker(d: string): Promise<Omit<PageResult, 'areas'>> }).runInWorker(
          d,
        ),
      device,
    );
    expect(result.executor.name).toBe(device);
    expect(result.labels).toEqual(expected.labels);
    expect(errors).toEqual([]);
    await page.close();
  });

  test.each([
    ['transfers', {}],
    ['shared memory', ISOLATED],
  ] as const)('a worker that crashes mid-run, %s', async (_name, headers) => {
    const { page } = await open(headers);
    const result = await run(page, 'cpu', { killWorker: true });
    expect(result.labels).toEqual(expected.labels);
    expect(result.events.some((event) => event.startsWith('retry'))).toBe(true);
    await page.close();
  });
});
