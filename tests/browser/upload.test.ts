// The upload page in Chromium: what arrives on the server, after pauses and closed tabs too, is what Node computes.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  configure,
  disposeExecutors,
  imread,
  type LazyArray,
  medianFilter,
  openOmeZarr,
  uniformFilter,
} from '../../src/index';
import { type DemoServer, launchBrowser, startDemo } from '../helpers/browser';

const [HEIGHT, WIDTH, PLANES] = [560, 600, 5];

/** A stack of noisy planes, 16 bits, as the files of a folder. */
const files = Array.from({ length: PLANES }, (_, z) => {
  const data = Uint16Array.from({ length: HEIGHT * WIDTH }, (_, i) => {
    const [y, x] = [Math.floor(i / WIDTH), i % WIDTH];
    return 2000 + 1500 * Math.sin(x / 31 + z) * Math.cos(y / 27) + ((i * 7919) % 307);
  });
  const bytes = encode({ width: WIDTH, height: HEIGHT, data, depth: 16, channels: 1 });
  return { name: `plane ${z}.png`, buffer: Buffer.from(bytes) };
});

const browser: Browser | undefined = await launchBrowser();

describe.skipIf(!browser)('upload page', () => {
  let folder: string;
  let demo: DemoServer;
  let context: BrowserContext;
  let page: Page;
  /** Keys that were sent, in order. */
  let sent: string[];
  let original: LazyArray;

  beforeAll(async () => {
    configure({ workers: 0, device: 'cpu' });
    folder = await mkdtemp(join(tmpdir(), 'tilewise-upload-'));
    await mkdir(join(folder, 'scans'));
    for (const { name, buffer } of files) await writeFile(join(folder, 'scans', name), buffer);
    // What is no image is left out.
    await writeFile(join(folder, 'scans', 'notes.txt'), 'notes');
    demo = await startDemo(folder, 64, ['--uploads', join(folder, 'uploads')]);
    original = await imread(files.map(({ name, buffer }) => new File([buffer], name)));
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await rm(folder, { recursive: true, force: true });
    disposeExecutors();
  });

  beforeEach(async () => {
    sent = [];
    context = await browser!.newContext({ viewport: { width: 1200, height: 860 } });
    page = await open();
  });

  afterEach(() => context?.close());

  async function open(): Promise<Page> {
    const opened = await context.newPage();
    opened.setDefaultTimeout(120_000);
    opened.on('request', (request) => {
      if (request.method() !== 'PUT') return;
      sent.push(decodeURIComponent(new URL(request.url()).pathname));
      // The original never leaves the machine.
      expect(request.postDataBuffer()?.subarray(0, 4).toString('latin1')).not.toBe('\x89PNG');
    });
    await opened.goto(`${demo.url}upload/`);
    return opened;
  }

  /** Makes the server slow from now on. */
  const slow = (to: Page) =>
    to.route('**/uploads/**', async (route) => {
      if (route.request().method() === 'PUT') await new Promise((resolve) => setTimeout(resolve, 150));
      await route.continue().catch(() => {});
    });

  const state = (...names: string[]) =>
    page.waitForSelector(names.map((name) => `[data-testid=status][data-state=${name}]`).join());

  const paths = () => files.map(({ name }) => join(folder, 'scans', name));

  const chunks = () => sent.filter((key) => key.includes('/c/'));

  async function choose(name: string): Promise<void> {
    await page.getByTestId('files').setInputFiles(paths());
    await page.waitForSelector('[data-testid=preview][data-state=ready]');
    await page.getByTestId('name').fill(name);
  }

  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    new Uint8Array(buffer, byteOffset, byteLength);

  async function compare(name: string, expected: LazyArray): Promise<void> {
    const uploaded = (await openOmeZarr(`${demo.url}uploads/${name}`)).level(0);
    expect([uploaded.shape, uploaded.dtype]).toEqual([expected.shape, expected.dtype]);
    expect(uploaded.dimensionNames).toEqual(['z', 'y', 'x']);
    const [there, here] = await Promise.all([uploaded.compute(), expected.compute()]);
    expect(Buffer.compare(bytesOf(there.data), bytesOf(here.data))).toBe(0);
  }

  it('shows the images, and uploads what was prepared; again, only what changed', async () => {
    await choose('prepared.ome.zarr');
    expect(await page.getByTestId('image-facts').textContent()).toBe(
      `${PLANES} × ${HEIGHT} × ${WIDTH} uint16`,
    );
    for (const [side, value] of Object.entries({ left: 20, top: 40, width: 301, height: 200 }))
      await page.getByTestId(`crop-${side}`).fill(String(value));
    await page.getByRole('radio', { name: 'Median', exact: true }).check();
    await page.getByRole('radio', { name: '2 × 2', exact: true }).check();
    await page.getByRole('radio', { name: 'Result', exact: true }).check();
    await page.waitForSelector('[data-testid=preview][data-state=ready]');
    await page.getByTestId('upload').click();
    await state('done', 'error');
    const cut = original.slice(null, [40, 240], [20, 321]);
    const means = uniformFilter(medianFilter(cut, { size: [1, 3, 3] }), { size: [1, 2, 2] });
    await compare('prepared.ome.zarr', means.slice(null, [1, 200, 2], [1, 301, 2]));
    const image = await openOmeZarr(`${demo.url}uploads/prepared.ome.zarr`);
    expect([image.scale(0), image.translation(0)]).toEqual([
      [1, 2, 2],
      [0, 40.5, 20.5],
    ]);

    const all = sent.length;
    await page.getByTestId('upload').click();
    await state('done', 'error');
    const readout = page.getByTestId('readout');
    await expect.poll(() => readout.getAttribute('data-unchanged')).toBe(String(all));
    expect(sent).toHaveLength(all);
    await page.getByRole('radio', { name: 'None', exact: true }).check();
    await page.getByTestId('upload').click();
    await expect.poll(() => readout.getAttribute('data-sent')).not.toBe('0');
    await state('done', 'error');
    expect(sent.slice(all).every((key) => key.includes('/c/'))).toBe(true);
    expect(await page.getByTestId('error').isVisible()).toBe(false);
  });

  it('goes on after a pause and after closed tabs, and sends no chunk twice', async () => {
    await choose('resumed.ome.zarr');
    await slow(page);
    await page.getByTestId('upload').click();
    await expect.poll(() => chunks().length, { timeout: 60_000 }).toBeGreaterThan(2);
    await page.getByTestId('pause').click();
    await state('cancelled');
    const paused = chunks().length;
    await page.getByTestId('upload').click();
    await expect.poll(() => chunks().length, { timeout: 60_000 }).toBeGreaterThan(paused);
    await page.close();

    page = await open();
    await page.getByTestId('unfinished').waitFor();
    const chooser = page.waitForEvent('filechooser');
    await page.getByTestId('continue').click();
    await (await chooser).setFiles(paths().slice(1));
    await page.getByTestId('error').waitFor();
    expect(await page.getByTestId('error').textContent()).toContain('not the files of resumed.ome.zarr');
    const again = page.waitForEvent('filechooser');
    await page.getByTestId('continue').click();
    await (await again).setFiles(paths());
    await state('done', 'error');
    await compare('resumed.ome.zarr', original.rename(['z', 'y', 'x']));
    // Those under way (6 at a time) at the pause and when the tab was closed may have been sent, and not have arrived.
    const twice = chunks().length - new Set(chunks()).size;
    expect(twice).toBeLessThanOrEqual(12);
    page = await open();
    await page.waitForTimeout(300);
    expect(await page.getByTestId('unfinished').count()).toBe(0);
  });

  it('a folder that the browser can give again is not asked for', async () => {
    // The dialog cannot be driven; a folder of the origin's own is a handle like any other.
    const useFolder = (to: Page) =>
      to.evaluate(
        async (list) => {
          const root = await navigator.storage.getDirectory();
          const folder = await root.getDirectoryHandle('scans', { create: true });
          for (const { name, base64 } of list) {
            const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
            await file.write(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
            await file.close();
          }
          return folder.name;
        },
        files.map(({ name, buffer }) => ({ name, base64: buffer.toString('base64') })),
      );
    await context.addInitScript(() => {
      Object.assign(window, {
        showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle('scans'),
      });
    });
    await page.close();
    page = await open();
    await useFolder(page);
    await page.getByTestId('folder').click();
    await page.waitForSelector('[data-testid=preview][data-state=ready]');
    await page.getByTestId('name').fill('folder.ome.zarr');
    await slow(page);
    await page.getByTestId('upload').click();
    await expect.poll(() => chunks().length, { timeout: 60_000 }).toBeGreaterThan(2);
    await page.close();
    page = await open();
    await page.getByTestId('continue').click();
    await state('done', 'error');
    await compare('folder.ome.zarr', original.rename(['z', 'y', 'x']));
  });

  it('a dropped folder, a crop drawn with the pointer, eight bits', async () => {
    const devtools = await context.newCDPSession(page);
    const dragged = { items: [], files: [join(folder, 'scans')], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await devtools.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data: dragged });
    await page.waitForSelector('[data-testid=preview][data-state=ready]');
    const picture = (await page.getByRole('img', { name: 'Preview' }).boundingBox())!;
    const at = (x: number, y: number) =>
      [picture.x + (x / WIDTH) * picture.width, picture.y + (y / HEIGHT) * picture.height] as const;
    await page.mouse.move(...at(400, 300));
    await page.mouse.down();
    await page.mouse.move(...at(250, 200));
    await page.mouse.move(...at(100, 50), { steps: 4 });
    await page.mouse.up();
    const sides = ['left', 'top', 'width', 'height'];
    const [left, top, width, height] = await Promise.all(
      sides.map(async (side) => Number(await page.getByTestId(`crop-${side}`).inputValue())),
    );
    for (const [drawn, wanted] of [
      [left, 100],
      [top, 50],
      [width, 300],
      [height, 250],
    ])
      expect(Math.abs(drawn - wanted)).toBeLessThanOrEqual(1);
    await page.getByTestId('name').fill('dropped.ome.zarr');
    await page.getByRole('radio', { name: '8 bits, full range', exact: true }).check();
    await page.getByTestId('upload').click();
    await state('done', 'error');
    const cut = original.slice(null, [top, top + height], [left, left + width]);
    const [low, high] = [Number(await cut.min().item()), Number(await cut.max().item())];
    const { data } = await cut.compute();
    const spread = Uint8Array.from(data as Uint16Array, (v) => ((v - low) / (high - low)) * 255 + 0.5);
    const uploaded = (await openOmeZarr(`${demo.url}uploads/dropped.ome.zarr`)).level(0);
    expect([uploaded.shape, uploaded.dtype]).toEqual([cut.shape, 'uint8']);
    const there = (await uploaded.compute()).data as Uint8Array;
    // Halves may be rounded otherwise in float32.
    expect(there.reduce((most, v, i) => Math.max(most, Math.abs(v - spread[i])), 0)).toBeLessThanOrEqual(1);
    expect([...there].sort((a, b) => a - b).at(-1)).toBe(255);
  });

  it('a server that fails is an error that says so, and the upload can go on', async () => {
    await choose('failing.ome.zarr');
    await page.route('**/uploads/**/0/c/**', (route) =>
      route.request().method() === 'PUT' ? route.fulfill({ status: 403 }) : route.continue(),
    );
    await page.getByTestId('upload').click();
    await state('error');
    expect(await page.getByTestId('error').textContent()).toContain('403');
    await page.unroute('**/uploads/**/0/c/**');
    await page.getByTestId('upload').click();
    await state('done');
    await compare('failing.ome.zarr', original.rename(['z', 'y', 'x']));
  });
});
