// The viewer in a real browser, on both executors, against the library in Node on the same sample.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureSample } from '../../scripts/sample.mjs';
import {
  binaryOpening,
  configure,
  disposeExecutors,
  fromArray,
  gaussianFilter,
  label,
  openOmeZarr,
  regionTable,
  thresholdOtsu,
  writeOmeZarr,
  writeZarr,
} from '../../src/index';
import { type DemoServer, launchBrowser, startDemo } from '../helpers/browser';
import { startServer } from '../helpers/server';

const SIZE = 512;
/** Milliseconds for any one step: WebGPU on a busy CPU is slow. */
const TIMEOUT = 120_000;

const browser: Browser | undefined = await launchBrowser();

describe.skipIf(!browser)('viewer', () => {
  let folder: string;
  let demo: DemoServer;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu' });
    folder = await mkdtemp(join(tmpdir(), 'tilewise-viewer-'));
    demo = await startDemo(folder, SIZE);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await rm(folder, { recursive: true, force: true });
    disposeExecutors();
  });

  afterEach(() => page?.close());

  /** Opens the viewer and waits until all that is on show is computed. */
  async function open(query = '', viewport = { width: 1280, height: 800 }): Promise<string[]> {
    page = await browser!.newPage({ viewport });
    page.setDefaultTimeout(TIMEOUT);
    problems = [];
    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      // Asking whether there are label images is a request that may fail; browsers log it.
      if (message.type() === 'error' && !message.location().url.includes('/labels/zarr.json'))
        problems.push(message.text());
    });
    await page.goto(demo.url + query);
    await state('idle', 'error');
    if (!problems.length && (await testid('status').textContent()) === 'Idle') await settled();
    return requests;
  }

  const testid = (id: string) => page.getByTestId(id);

  async function settled(): Promise<void> {
    await page.waitForFunction(() => {
      const viewer = document.querySelector<HTMLElement>('[data-testid=viewer]');
      return viewer?.dataset.state === 'ready';
    });
    // A read that ends makes way for the next one: ready must last.
    await page.waitForTimeout(250);
    await page.waitForSelector('[data-testid=viewer][data-state=ready]');
  }

  const picture = () =>
    page.evaluate(() => document.querySelector<HTMLCanvasElement>('#viewer canvas')!.toDataURL());

  /** Numbers of distinct colours on show. */
  const colors = () =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#viewer canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });

  async function state(...names: string[]): Promise<void> {
    await page.waitForSelector(names.map((name) => `[data-testid=status][data-state=${name}]`).join());
  }

  async function run(): Promise<number> {
    await testid('run').click();
    await state('done', 'error');
    await settled();
    return Number(await testid('object-count').textContent());
  }

  async function setSlider(id: string, value: number): Promise<void> {
    await testid(id).evaluate((input: HTMLInputElement, v) => {
      input.value = String(v);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, value);
  }

  /** The count the library finds in Node: default settings of the viewer. */
  async function countInNode(): Promise<number> {
    const image = await openOmeZarr(`${demo.url}sample.ome.zarr`);
    const nuclei = image.level(0).select({ c: 0 });
    const smooth = gaussianFilter(nuclei, 2);
    const mask = binaryOpening(smooth.gt(await thresholdOtsu(smooth)), { iterations: 2 });
    const table = await regionTable(nuclei, { labelImage: label(mask).labels });
    return table.column('area').filter((area) => area >= 50).length;
  }

  it('opens the sample and shows it, processed', async () => {
    await open();
    expect(await testid('status').textContent()).toBe('Idle');
    expect(await testid('executor').textContent()).toMatch(/^CPU .*worker/);
    expect(await testid('error').isVisible()).toBe(false);
    expect(await colors()).toBeGreaterThan(500);
    expect(problems).toEqual([]);
  });

  it.each(['cpu', 'gpu'])('counts the objects Node counts, on the %s', async (device) => {
    await open(`?device=${device}`);
    expect(await testid('executor').getAttribute('data-executor')).toBe(device);
    const count = await run();
    expect(count).toBeGreaterThan(10);
    expect(count).toBe(await countInNode());
    expect(problems).toEqual([]);
  });

  it('recomputes the preview as settings change', async () => {
    await open();
    const before = await picture();
    await setSlider('sigma', 6);
    await settled();
    const smoother = await picture();
    expect(smoother).not.toBe(before);
    // Values given up on the way leave no trace.
    for (const sigma of [5, 4, 3, 2]) await setSlider('sigma', sigma);
    await settled();
    expect(await picture()).toBe(before);
    expect(problems).toEqual([]);
  });

  it('cancels a run, and runs again', async () => {
    await open();
    // In one go: the sample is small, a run short.
    await page.evaluate(() => {
      for (const id of ['run', 'cancel']) document.querySelector<HTMLElement>(`[data-testid=${id}]`)!.click();
    });
    await state('cancelled');
    expect(await testid('object-count').count()).toBe(0);
    expect(await run()).toBeGreaterThan(10);
    expect(problems).toEqual([]);
  });

  it('lists, sorts, finds and exports the objects', async () => {
    await open();
    const count = await run();
    const table = testid('region-table');
    const areas = async () => {
      const texts = await table.locator('.rows .row > :nth-child(2)').allTextContents();
      return texts.map(Number);
    };
    await table.getByRole('button', { name: /Area/ }).click();
    const descending = await areas();
    expect(descending).toEqual([...descending].sort((a, b) => b - a));
    await table.getByRole('button', { name: /Area/ }).click();
    expect((await areas())[0]).toBeLessThan(descending[0]);
    // Only rows in view exist.
    expect(descending.length).toBeLessThan(80);

    const before = await picture();
    await table.locator('.rows .row').first().click();
    await settled();
    expect(await picture()).not.toBe(before);
    expect(await table.locator('.row.selected').count()).toBe(1);
    // The object is in the middle now: pointing there tells its measurements.
    const stage = (await testid('viewer').boundingBox())!;
    await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
    const label = await table.locator('.row.selected').getAttribute('data-label');
    await expect.poll(() => page.getByRole('tooltip').textContent()).toContain(`Object ${label}`);

    const download = page.waitForEvent('download');
    await testid('export-csv').click();
    const csv = await readFile(await (await download).path(), 'utf8');
    const lines = csv.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^label,area,/);
    expect(lines.length - 1).toBe(count);

    await setSlider('minimum-size', 500);
    const fewer = Number(await testid('object-count').textContent());
    expect(fewer).toBeLessThan(count);

    const zip = page.waitForEvent('download');
    await testid('export-labels').click();
    const bytes = await readFile(await (await zip).path());
    expect(bytes.toString('latin1')).toContain('zarr.json');
    expect(problems).toEqual([]);
  });

  it('names what cannot be opened, and stays usable', async () => {
    const missing = `${demo.url}nothing.ome.zarr`;
    await open('?source=404');
    await expect.poll(() => testid('error').textContent()).toContain(`${demo.url}404`);
    expect(await testid('error').textContent()).toContain('Nothing is there');
    await page.getByRole('button', { name: 'Dismiss error' }).click();
    expect(await testid('error').isVisible()).toBe(false);

    await page.getByRole('button', { name: 'Open…' }).click();
    await page.getByLabel('URL of an OME-Zarr image').fill(missing);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect.poll(() => testid('error').textContent()).toContain(missing);

    await page.getByRole('button', { name: 'Open…' }).click();
    await page.getByLabel('URL of an OME-Zarr image').fill(`${demo.url}sample.ome.zarr`);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await state('idle');
    expect(await testid('error').isVisible()).toBe(false);
    expect(await run()).toBeGreaterThan(10);
  });

  it('opens a folder', async () => {
    await open();
    const files = await readdir(join(folder, 'sample.ome.zarr'), { recursive: true, withFileTypes: true });
    const paths = files
      .filter((file) => file.isFile())
      .map((file) => relative(join(folder, 'sample.ome.zarr'), join(file.parentPath, file.name)));
    // The picker needs a hand; the origin's private folder is one as well.
    await page.evaluate(async (names) => {
      const root = await navigator.storage.getDirectory();
      const image = await root.getDirectoryHandle('mine.ome.zarr', { create: true });
      for (const name of names) {
        const parts = name.split('/');
        let place = image;
        for (const part of parts.slice(0, -1)) place = await place.getDirectoryHandle(part, { create: true });
        const file = await (await place.getFileHandle(parts.at(-1)!, { create: true })).createWritable();
        await file.write(await (await fetch(`sample.ome.zarr/${name}`)).blob());
        await file.close();
      }
      Object.assign(window, { showDirectoryPicker: async () => image });
    }, paths);
    const before = await picture();
    await page.getByRole('button', { name: 'Open…' }).click();
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    await state('idle');
    await settled();
    expect(await picture()).toBe(before);
    expect(problems).toEqual([]);
  });

  it('walks through z, and opens arrays that are not OME-Zarr', async () => {
    const shape = [3, 4, 90, 120];
    const size = shape.reduce((a, b) => a * b);
    // Blobs in places that depend on the channel and on z.
    const data = Uint8Array.from({ length: size }, (_, i) => {
      const [c, z, y, x] = [i / 43_200, (i / 10_800) % 4, (i / 120) % 90, i % 120].map(Math.floor);
      return Math.hypot((y % 30) - 15, ((x + 3 * z) % 30) - 15) < 8 ? 200 - 20 * c : 10;
    });
    const image = fromArray(data, { shape, dimensionNames: ['c', 'z', 'y', 'x'] });
    const store = new Map<string, Uint8Array>();
    await writeOmeZarr(image, store, { path: '/image', name: 'stack' });
    await writeZarr(image, store, { path: '/array' });
    const server = await startServer(store);
    try {
      await open(`?source=${server.url}/image`);
      expect(await page.getByRole('checkbox').count()).toBe(3);
      const first = await picture();
      await setSlider('axis-z', 2);
      await settled();
      expect(await picture()).not.toBe(first);
      await setSlider('axis-z', 0);
      await settled();
      expect(await picture()).toBe(first);
      expect(await run()).toBe(12);
      await open(`?source=${server.url}/array`);
      expect(await page.getByRole('checkbox').count()).toBe(3);
      expect(problems).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('pans and zooms by keyboard', async () => {
    await open('?zoom=2&x=256&y=256');
    const readout = () => page.locator('#readout').textContent();
    await testid('viewer').locator('canvas').focus();
    const before = await picture();
    await page.keyboard.press('ArrowRight');
    await settled();
    const panned = await picture();
    expect(panned).not.toBe(before);
    await page.keyboard.press('ArrowLeft');
    await settled();
    expect(await picture()).toBe(before);
    await page.keyboard.press('+');
    await expect.poll(readout).toContain('300%');
    await page.keyboard.press('1');
    await expect.poll(readout).toContain('100%');
    await page.keyboard.press('0');
    await expect.poll(readout).not.toContain('100%');
    expect(problems).toEqual([]);
  });

  it('reads only the chunks under the tiles in view, and their halo, each once', async () => {
    // Four chunks a channel, from another origin.
    const other = join(folder, 'other');
    await ensureSample(other, { size: 1024 });
    const server = await startServer(join(other, 'sample.ome.zarr'));
    try {
      // All that is in view lies in the first chunk.
      await open(`?zoom=4&x=200&y=200&source=${server.url}`);
      const full = server.requests.filter((path) => path.startsWith('/0/c/'));
      expect(new Set(full).size).toBe(full.length);
      expect(full).toContain('/0/c/1/0/0');
      // The halo of the mask reaches into the next chunks of its channel; the other channel has none.
      for (const path of full) expect(path).toMatch(/^\/0\/c\/(0\/[01]\/[01]|1\/0\/0)$/);
      expect(problems).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
