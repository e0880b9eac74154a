// The viewer in a real browser, on both executors, against the library in Node on the same sample.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Browser } from 'playwright';
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
import { type DemoServer, launchBrowser, startDemo, ViewerPage } from '../helpers/browser';
import { holdUp, longestTask, slowdown, watchTasks } from '../helpers/longTasks';
import { startServer } from '../helpers/server';

const SIZE = 512;

const browser: Browser | undefined = await launchBrowser();

describe.skipIf(!browser)('viewer', () => {
  let folder: string;
  let demo: DemoServer;
  let viewer: ViewerPage;

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

  afterEach(() => viewer?.page.close());

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
    viewer = await ViewerPage.open(browser!, demo.url);
    expect(await viewer.testid('status').textContent()).toBe('Idle');
    expect(await viewer.testid('executor').textContent()).toMatch(/^CPU .*worker/);
    expect(await viewer.testid('error').isVisible()).toBe(false);
    expect(await viewer.colors()).toBeGreaterThan(500);
    expect(viewer.problems).toEqual([]);
  });

  it('finds the objects of the sample by itself', async () => {
    viewer = new ViewerPage(await browser!.newPage());
    await viewer.page.goto(demo.url);
    await viewer.state('done');
    expect(Number(await viewer.testid('object-count').textContent())).toBe(await countInNode());
    expect(viewer.problems).toEqual([]);
  });

  it.each(['cpu', 'gpu'])('counts the objects Node counts, on the %s', async (device) => {
    viewer = await ViewerPage.open(browser!, `${demo.url}?device=${device}`);
    expect(await viewer.testid('executor').getAttribute('data-executor')).toBe(device);
    const count = await viewer.run();
    expect(count).toBeGreaterThan(10);
    expect(count).toBe(await countInNode());
    expect(viewer.problems).toEqual([]);
  });

  it('recomputes the preview as settings change', async () => {
    viewer = await ViewerPage.open(browser!, demo.url);
    const before = await viewer.picture();
    await viewer.setSlider('sigma', 6);
    await viewer.settled();
    const smoother = await viewer.picture();
    expect(smoother).not.toBe(before);
    // Values given up on the way leave no trace.
    for (const sigma of [5, 4, 3, 2]) await viewer.setSlider('sigma', sigma);
    await viewer.settled();
    expect(await viewer.picture()).toBe(before);
    expect(viewer.problems).toEqual([]);
  });

  it('cancels a run, and runs again', async () => {
    viewer = await ViewerPage.open(browser!, demo.url);
    // In one go: the sample is small, a run short.
    await viewer.page.evaluate(() => {
      for (const id of ['run', 'cancel']) document.querySelector<HTMLElement>(`[data-testid=${id}]`)!.click();
    });
    await viewer.state('cancelled');
    expect(await viewer.testid('object-count').count()).toBe(0);
    expect(await viewer.run()).toBeGreaterThan(10);
    expect(viewer.problems).toEqual([]);
  });

  it('lists, sorts, finds and exports the objects', async () => {
    viewer = await ViewerPage.open(browser!, demo.url);
    const count = await viewer.run();
    const table = viewer.testid('region-table');
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

    const before = await viewer.picture();
    await table.locator('.rows .row').first().click();
    await viewer.settled();
    expect(await viewer.picture()).not.toBe(before);
    expect(await table.locator('.row.selected').count()).toBe(1);
    // The object is in the middle now: pointing there tells its measurements.
    const stage = (await viewer.testid('viewer').boundingBox())!;
    await viewer.page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
    const label = await table.locator('.row.selected').getAttribute('data-label');
    await expect.poll(() => viewer.page.getByRole('tooltip').textContent()).toContain(`Object ${label}`);

    const download = viewer.page.waitForEvent('download');
    await viewer.testid('export-csv').click();
    const csv = await readFile(await (await download).path(), 'utf8');
    const lines = csv.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^label,area,.*,perimeter,.*,solidity,.*,intensity_mean/);
    expect(lines.length - 1).toBe(count);
    const json = viewer.page.waitForEvent('download');
    await viewer.testid('export-json').click();
    const { units, objects } = JSON.parse(await readFile(await (await json).path(), 'utf8'));
    expect(units).toMatchObject({ area: 'micrometer^2', perimeter: 'micrometer', 'bbox-0': 'pixel' });
    expect(objects.length).toBe(count);

    await viewer.setSlider('minimum-size', 500);
    const fewer = Number(await viewer.testid('object-count').textContent());
    expect(fewer).toBeLessThan(count);

    const zip = viewer.page.waitForEvent('download');
    await viewer.testid('export-labels').click();
    const bytes = await readFile(await (await zip).path());
    expect(bytes.toString('latin1')).toContain('zarr.json');
    expect(viewer.problems).toEqual([]);
  });

  it('shows the measurements one chooses, and colours objects by them', async () => {
    viewer = await ViewerPage.open(browser!, demo.url);
    await viewer.run();
    const table = viewer.testid('region-table');
    const titles = () => table.locator('.head button').allTextContents();
    const checkbox = (name: RegExp) => viewer.page.getByRole('checkbox', { name });
    expect(await titles()).toEqual(['ID', 'Areaµm²', 'Mean', 'Perimeterµm', 'Solidity']);
    await viewer.testid('columns').click();
    await checkbox(/^Eccentricity/).check();
    await checkbox(/^Mean /).uncheck();
    await viewer.page.keyboard.press('Escape');
    expect(await checkbox(/^Eccentricity/).isVisible()).toBe(false);
    expect(await titles()).toEqual(['ID', 'Areaµm²', 'Perimeterµm', 'Solidity', 'Eccentricity']);
    await table.getByRole('button', { name: 'Eccentricity' }).click();
    const shown = (await table.locator('.rows .row > :nth-child(5)').allTextContents()).map(Number);
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
    expect(Math.max(...shown)).toBeLessThanOrEqual(1);

    const before = await viewer.picture();
    await viewer.testid('color-by').selectOption({ label: 'Solidity' });
    await viewer.settled();
    expect(await viewer.picture()).not.toBe(before);
    expect(await viewer.testid('summary').textContent()).toMatch(/^Median solidity 0\.\d+/);
    await viewer.testid('color-by').selectOption({ label: 'Object' });
    await viewer.settled();
    expect(await viewer.picture()).toBe(before);
    // The choice of columns stays for the next run.
    await viewer.run();
    expect(await titles()).toContain('Eccentricity');
    expect(viewer.problems).toEqual([]);
  });

  it('names what cannot be opened, and stays usable', async () => {
    const missing = `${demo.url}nothing.ome.zarr`;
    viewer = await ViewerPage.open(browser!, `${demo.url}?source=404`);
    await expect.poll(() => viewer.testid('error').textContent()).toContain(`${demo.url}404`);
    expect(await viewer.testid('error').textContent()).toContain('Nothing is there');
    await viewer.page.getByRole('button', { name: 'Dismiss error' }).click();
    expect(await viewer.testid('error').isVisible()).toBe(false);

    await viewer.page.getByRole('button', { name: 'Open…' }).click();
    await viewer.page.getByLabel('URL of an OME-Zarr image').fill(missing);
    await viewer.page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect.poll(() => viewer.testid('error').textContent()).toContain(missing);

    await viewer.page.getByRole('button', { name: 'Open…' }).click();
    await viewer.page.getByLabel('URL of an OME-Zarr image').fill(`${demo.url}sample.ome.zarr`);
    await viewer.page.getByRole('button', { name: 'Open', exact: true }).click();
    await viewer.state('idle');
    expect(await viewer.testid('error').isVisible()).toBe(false);
    expect(await viewer.run()).toBeGreaterThan(10);
  });

  it('opens a folder', async () => {
    viewer = await ViewerPage.open(browser!, demo.url);
    const files = await readdir(join(folder, 'sample.ome.zarr'), { recursive: true, withFileTypes: true });
    const paths = files
      .filter((file) => file.isFile())
      .map((file) => relative(join(folder, 'sample.ome.zarr'), join(file.parentPath, file.name)));
    // The picker needs a hand; the origin's private folder is one as well.
    await viewer.page.evaluate(async (names) => {
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
    const before = await viewer.picture();
    await viewer.page.getByRole('button', { name: 'Open…' }).click();
    await viewer.page.getByRole('button', { name: 'Choose a folder…' }).click();
    await viewer.state('idle');
    await viewer.settled();
    expect(await viewer.picture()).toBe(before);
    expect(viewer.problems).toEqual([]);
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
      viewer = await ViewerPage.open(browser!, `${demo.url}?source=${server.url}/image`);
      expect(await viewer.page.getByRole('checkbox').count()).toBe(3);
      const first = await viewer.picture();
      await viewer.setSlider('axis-z', 2);
      await viewer.settled();
      expect(await viewer.picture()).not.toBe(first);
      await viewer.setSlider('axis-z', 0);
      await viewer.settled();
      expect(await viewer.picture()).toBe(first);
      expect(await viewer.run()).toBe(12);
      viewer = await ViewerPage.open(browser!, `${demo.url}?source=${server.url}/array`);
      expect(await viewer.page.getByRole('checkbox').count()).toBe(3);
      expect(viewer.problems).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('pans and zooms by keyboard', async () => {
    viewer = await ViewerPage.open(browser!, `${demo.url}?zoom=2&x=256&y=256`);
    const readout = () => viewer.page.locator('#readout').textContent();
    await viewer.testid('viewer').locator('canvas').focus();
    const before = await viewer.picture();
    await viewer.page.keyboard.press('ArrowRight');
    await viewer.settled();
    const panned = await viewer.picture();
    expect(panned).not.toBe(before);
    await viewer.page.keyboard.press('ArrowLeft');
    await viewer.settled();
    expect(await viewer.picture()).toBe(before);
    await viewer.page.keyboard.press('+');
    await expect.poll(readout).toContain('300%');
    await viewer.page.keyboard.press('1');
    await expect.poll(readout).toContain('100%');
    await viewer.page.keyboard.press('0');
    await expect.poll(readout).not.toContain('100%');
    expect(viewer.problems).toEqual([]);
  });

  it('never holds up the page for long while panning, zooming and filtering', async () => {
    const large = join(folder, 'large');
    await ensureSample(large, { size: 2048 });
    const server = await startServer(join(large, 'sample.ome.zarr'));
    try {
      viewer = await ViewerPage.open(browser!, `${demo.url}?zoom=1&x=1024&y=1024&source=${server.url}`);
      const { page } = viewer;
      const { mouse } = page;
      await watchTasks(page);
      const explore = async () => {
        await mouse.move(640, 400);
        await mouse.down();
        for (let i = 1; i <= 30; i++) await mouse.move(640 - 12 * i, 400 - 8 * i);
        for (let i = 29; i >= 0; i--) await mouse.move(640 - 12 * i, 400 - 8 * i);
        await mouse.up();
        for (let i = 0; i < 12; i++) await mouse.wheel(0, i < 6 ? -120 : 120);
        for (const sigma of [5, 3, 1, 2]) await viewer.setSlider('sigma', sigma);
        await viewer.settled();
      };
      // A task that is too long is too long every time; one that other work interrupted is not. 50 ms of the machine at
      // its best are more of them when it is busy.
      const rounds: { longest: number; allowed: number }[] = [];
      do {
        const before = await slowdown(page);
        const longest = await longestTask(page, explore);
        rounds.push({ longest, allowed: 50 * Math.max(before, await slowdown(page)) });
      } while (rounds.length < 6 && rounds.at(-1)!.longest > rounds.at(-1)!.allowed);
      expect(rounds.at(-1)!.longest, JSON.stringify(rounds)).toBeLessThanOrEqual(rounds.at(-1)!.allowed);
      // What is too long would have been seen.
      expect(await longestTask(page, () => holdUp(page, 200))).toBeGreaterThanOrEqual(200);
      expect(viewer.problems).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('reads only the chunks under the tiles in view, and their halo, each once', async () => {
    // Four chunks a channel, from another origin.
    const other = join(folder, 'other');
    await ensureSample(other, { size: 1024 });
    const server = await startServer(join(other, 'sample.ome.zarr'));
    try {
      // All that is in view lies in the first chunk.
      viewer = await ViewerPage.open(browser!, `${demo.url}?zoom=4&x=200&y=200&source=${server.url}`);
      const full = server.requests.filter((path) => path.startsWith('/0/c/'));
      expect(new Set(full).size).toBe(full.length);
      expect(full).toContain('/0/c/1/0/0');
      // The halo of the mask reaches into the next chunks of its channel; the other channel has none.
      for (const path of full) expect(path).toMatch(/^\/0\/c\/(0\/[01]\/[01]|1\/0\/0)$/);
      expect(viewer.problems).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('cancels reads of what is no longer in view', async () => {
    const other = join(folder, 'other');
    await ensureSample(other, { size: 1024 });
    const server = await startServer(join(other, 'sample.ome.zarr'));
    server.fault(/^\/0\/c\//, { kind: 'slow', ms: 3000 });
    try {
      viewer = new ViewerPage(await browser!.newPage());
      await viewer.page.goto(`${demo.url}?zoom=4&x=200&y=200&source=${server.url}`);
      await expect.poll(() => server.requests).toContain('/0/c/0/0/0');
      // The whole image needs a coarser level only.
      await viewer.testid('viewer').locator('canvas').press('0');
      await expect.poll(() => server.aborted).toContain('/0/c/0/0/0');
      await viewer.settled();
      expect(await viewer.testid('error').isVisible()).toBe(false);
      expect(await viewer.colors()).toBeGreaterThan(500);
    } finally {
      await server.close();
    }
  });

  it('a hundred dropped files: one table of all, and what failed by name', async () => {
    viewer = await ViewerPage.open(browser!, demo.url);
    const { encode } = await import('fast-png');
    // Image i has i % 5 squares of 12 x 12.
    const pictures = Array.from({ length: 5 }, (_, squares) => {
      const data = new Uint8Array(128 * 64);
      for (let n = 0; n < squares; n++)
        for (let y = 26; y < 38; y++) data.fill(200, y * 128 + 24 * n + 8, y * 128 + 24 * n + 20);
      return Buffer.from(encode({ width: 128, height: 64, channels: 1, depth: 8, data })).toString('base64');
    });
    await viewer.page.evaluate((images) => {
      const data = new DataTransfer();
      for (let i = 0; i < 100; i++) {
        const bytes = Uint8Array.from(atob(images[i % 5]), (c) => c.charCodeAt(0));
        const part = i === 7 ? bytes.subarray(0, 30) : bytes;
        data.items.add(new File([part], `image ${i}.png`, { type: 'image/png' }));
      }
      dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
    }, pictures);
    const state = viewer.testid('batch-state');
    await expect.poll(() => state.textContent(), { timeout: 120_000 }).toMatch(/objects in/);
    // Image 7 had two of the 200 squares.
    expect(await state.textContent()).toMatch(/^198 objects in 99 images, 1 failed, /);
    expect(await viewer.testid('batch-failures').textContent()).toContain('image 7.png');
    const [saved] = await Promise.all([
      viewer.page.waitForEvent('download'),
      viewer.testid('batch-csv').click(),
    ]);
    const csv = (await readFile(await saved.path(), 'utf8')).trimEnd().split('\r\n');
    expect(csv).toHaveLength(199);
    expect(csv[1].split(',').slice(0, 3)).toEqual(['image 1.png', '1', expect.any(String)]);
    if (process.env.SCREENSHOT) await viewer.page.screenshot({ path: process.env.SCREENSHOT });
    await viewer.testid('batch-close').click();
    await expect.poll(() => viewer.testid('batch').count()).toBe(0);
    expect(viewer.problems).toEqual([]);
  });
});
