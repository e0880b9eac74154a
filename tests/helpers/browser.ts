// A real browser and the demo server, for tests that drive the viewer.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Locator, type Page } from 'playwright';
import { browserOptions } from '../../scripts/browserOptions.mjs';

/** The system's Chromium, else the one Playwright installed; undefined when there is neither. */
export async function launchBrowser(): Promise<Browser | undefined> {
  const options = browserOptions();
  if (!options.executablePath && !existsSync(chromium.executablePath())) return undefined;
  return chromium.launch(options);
}

export interface DemoServer {
  /** With a trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs `npm start -- --build` on a free port, with a sample of its own: files edited meanwhile reload no page. */
export async function startDemo(
  sampleFolder: string,
  size: number,
  options: readonly string[] = [],
): Promise<DemoServer> {
  const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      script,
      '--build',
      '--port',
      '0',
      '--no-open',
      '--sample',
      sampleFolder,
      '--size',
      String(size),
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const url = await printedUrl(child);
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

function printedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (text: Buffer) => {
      output += text;
      const [url] = /http:\/\/\S+/.exec(output) ?? [];
      if (url) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`the demo server ended with ${code}: ${output}`)));
  });
}

/** Milliseconds for any one step: WebGPU on a busy CPU is slow. */
const TIMEOUT = 120_000;

/** A page with the viewer, and what tests do with it. */
export class ViewerPage {
  /** Errors of scripts and on the console. */
  readonly problems: string[] = [];

  constructor(readonly page: Page) {
    page.setDefaultTimeout(TIMEOUT);
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      // Asking whether there are label images is a request that may fail; browsers log it.
      const expected = message.location().url.includes('/labels/zarr.json');
      if (message.type() === 'error' && !expected) this.problems.push(message.text());
    });
  }

  /** Opens the viewer and waits until all that is on show is computed, or an error is. */
  static async open(browser: Browser, url: string): Promise<ViewerPage> {
    const viewer = new ViewerPage(await browser.newPage({ viewport: { width: 1280, height: 800 } }));
    const address = new URL(url);
    // The sample's own first run would come between.
    address.searchParams.set('run', '0');
    await viewer.page.goto(address.href);
    await viewer.state('idle', 'error');
    if ((await viewer.testid('status').textContent()) === 'Idle') await viewer.settled();
    return viewer;
  }

  testid(id: string): Locator {
    return this.page.getByTestId(id);
  }

  async settled(): Promise<void> {
    const ready = '[data-testid=viewer][data-state=ready]';
    await this.page.waitForSelector(ready);
    // A read that ends makes way for the next one: ready must last.
    await this.page.waitForTimeout(250);
    await this.page.waitForSelector(ready);
  }

  /** Waits for one of these states of the status line. */
  async state(...names: string[]): Promise<void> {
    await this.page.waitForSelector(names.map((name) => `[data-testid=status][data-state=${name}]`).join());
  }

  /** What the canvas shows, as a data URL. */
  picture(): Promise<string> {
    return this.page.evaluate(() => document.querySelector<HTMLCanvasElement>('#viewer canvas')!.toDataURL());
  }

  /** Number of distinct colours on the canvas. */
  colors(): Promise<number> {
    return this.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#viewer canvas')!;
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
  }

  /** Runs the pipeline on the whole image; the number of objects. */
  async run(): Promise<number> {
    await this.testid('run').click();
    await this.state('done', 'error');
    await this.settled();
    return Number(await this.testid('object-count').textContent());
  }

  async setSlider(id: string, value: number): Promise<void> {
    await this.testid(id).evaluate((input: HTMLInputElement, v) => {
      input.value = String(v);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, value);
  }
}
