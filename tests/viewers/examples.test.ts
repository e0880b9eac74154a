// The examples of docs/embedding.md, built against dist as an application would, in Chromium: what they show is right.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildExamples, EXAMPLES, serveExamples } from '../../scripts/examples.mjs';
import { ensureSample } from '../../scripts/sample.mjs';
import {
  configure,
  disposeExecutors,
  gaussianFilter,
  type Layer,
  label,
  openOmeZarr,
  thresholdOtsu,
  toPixels,
} from '../../src/index';
import { launchBrowser } from '../helpers/browser';

const SIZE = 512;
/** Milliseconds: WebGL and WASM on a busy CPU are slow. */
const TIMEOUT = 120_000;
const browser: Browser | undefined = await launchBrowser();

describe.skipIf(!browser)('examples', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu' });
    folder = await mkdtemp(join(tmpdir(), 'tilewise-examples-'));
    const sample = await ensureSample(folder, { size: SIZE });
    await buildExamples(join(folder, 'built'));
    server = await serveExamples(join(folder, 'built'), sample);
    url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    await rm(folder, { recursive: true, force: true });
    disposeExecutors();
  });

  afterEach(() => page?.close());

  async function open(name: string): Promise<void> {
    page = await browser!.newPage({ viewport: { width: 600, height: 600 } });
    page.setDefaultTimeout(TIMEOUT);
    problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      const left = message.text().endsWith('Image load aborted.');
      // Whether there are labels is a request that may fail.
      const asked = /favicon.ico$|labels.zarr.json$/.test(message.location().url);
      if (message.type() === 'error' && !left && !asked) problems.push(message.text());
    });
    await page.goto(`${url}${name}/`);
  }

  const smooth = async (c: number) => {
    const image = await openOmeZarr(`${url}sample.ome.zarr`);
    return gaussianFilter(image.level(0).select({ c }), 2);
  };

  /** The most that the screen differs from the picture, which is in its middle or at the left of an element. */
  async function difference(wanted: Layer[], left: number, top: number): Promise<number> {
    const clip = { x: left, y: top, width: SIZE, height: SIZE };
    const { data, channels } = decode(await page.screenshot({ clip, fullPage: true }));
    const picture = await toPixels(wanted);
    let most = 0;
    for (let i = 0; i < SIZE * SIZE; i++)
      for (let c = 0; c < 3; c++)
        most = Math.max(most, Math.abs(Number(data[i * channels + c]) - picture.data[i * 4 + c]));
    return most;
  }

  it.each(['plain', 'vite', 'isolated', 'strict'])('%s: counts, and shows the picture', async (name) => {
    await open(name);
    const nuclei = await smooth(0);
    const objects = await label(nuclei.gt(await thresholdOtsu(nuclei))).count.item();
    const output = page.locator('output');
    await expect.poll(() => output.textContent(), { timeout: TIMEOUT }).toContain('objects');
    const text = (await output.textContent()) ?? '';
    expect(text).toMatch(new RegExp(`^${objects} objects`));
    if (name !== 'plain') {
      // In workers: none of the policies forbids them.
      expect(text).toContain('WASM worker');
      expect(text).toContain(name === 'isolated' ? '; cross-origin isolated' : '; not cross-origin isolated');
    }
    const { x, y } = (await page.locator('canvas').boundingBox())!;
    expect(await difference([{ image: nuclei, window: [0, 4000] }], x, y)).toBeLessThanOrEqual(1);
    expect(problems).toEqual([]);
  });

  it('viv: shows the picture, computed by tile', async () => {
    await open('viv');
    const layers: Layer[] = [{ image: await smooth(0), window: [0, 4000] }];
    await expect.poll(() => difference(layers, 44, 44), { timeout: TIMEOUT }).toBeLessThanOrEqual(1);
    expect(problems).toEqual([]);
  });

  it('openseadragon: shows both channels', async () => {
    await open('openseadragon');
    await page.setViewportSize({ width: SIZE, height: SIZE });
    const layers: Layer[] = [
      { image: await smooth(0), color: '4080FF', window: [0, 4000] },
      { image: await smooth(1), color: 'FF8020', window: [0, 4000] },
    ];
    await expect.poll(() => difference(layers, 0, 0), { timeout: TIMEOUT }).toBeLessThanOrEqual(1);
    expect(problems).toEqual([]);
  });

  it('the guide names each, with its policy', async () => {
    const guide = await readFile(new URL('../../docs/embedding.md', import.meta.url), 'utf8');
    for (const { folder, headers } of Object.values(EXAMPLES)) {
      expect(guide).toContain(`examples/embedding/${folder}`);
      for (const value of Object.values(headers)) expect(guide).toContain(value);
    }
  });
});
