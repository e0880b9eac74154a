// The library in real Chromium: workers and WebGPU, cross-origin isolated or not, under a strict content security policy.
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binaryOpening, configure, fromArray, gaussianFilter, label, regionTable } from '../../src/index';
import { launchBrowser } from '../helpers/browser';
import { type BuiltPage, buildPage, STRICT } from '../helpers/page';
import { SIZE, testImage } from './page/image';

const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
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
  let built: BuiltPage;
  let expected: { labels: number[]; areas: number[] };

  beforeAll(async () => {
    built = await buildPage('page', browser!);
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
    await built?.close();
    await browser?.close();
  });

  const open = (headers: Record<string, string>) => built.open(headers);

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
    const kernels: string[] = [];
    page.on('request', (request) => kernels.push(...(/kernels\w*/.exec(request.url()) ?? [])));
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
    // The build with relaxed SIMD, which Chromium has, and no other.
    expect(new Set(kernels)).toEqual(new Set(['kernelsRelaxed']));
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
