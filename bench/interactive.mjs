// How the viewer answers in Chromium, CPU executor, sample image: from a slider's change to the first new tile on the
// screen and to all visible ones, and the longest tasks of the main thread while filtering, panning and zooming.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { browserOptions } from '../scripts/browserOptions.mjs';
import { median } from './common.mjs';

const START = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url));
const SIGMAS = [1, 3, 2, 4, 1.5, 2.5, 3.5];
/** Milliseconds without work, after which nothing more is expected. */
const QUIET = 400;

async function startViewer() {
  const child = spawn(process.execPath, [START, '--build', '--port', '0', '--no-open'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  for await (const text of child.stdout) {
    output += text;
    const [url] = /http:\/\/\S+/.exec(output) ?? [];
    if (url) return { url, stop: () => child.kill() };
  }
  throw new Error(`the viewer did not start: ${output}`);
}

/** In the page, before its scripts: notes when new tiles are drawn, when all are, and long tasks. */
function watch() {
  const seen = { paints: [], ready: [], tasks: [] };
  globalThis.seen = seen;
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntriesByName('tiles')) seen.paints.push(startTime);
  }).observe({ type: 'mark' });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.tasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver(() => {
    if (document.querySelector('[data-testid=viewer][data-state=ready]')) seen.ready.push(performance.now());
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state'] });
}

async function settled(page) {
  await page.waitForFunction(
    (quiet) => {
      const { paints, ready } = globalThis.seen;
      const last = Math.max(0, ...paints, ...ready);
      const state = document.querySelector('[data-testid=viewer]')?.dataset.state;
      return state === 'ready' && performance.now() - last > quiet;
    },
    QUIET,
    { timeout: 60_000 },
  );
}

/** Milliseconds from a new sigma to the first and to the last new tile. */
async function slide(page, sigma) {
  const start = await page.evaluate((value) => {
    const input = document.querySelector('[data-testid=sigma]');
    input.value = String(value);
    const now = performance.now();
    input.dispatchEvent(new Event('input', { bubbles: true }));
    return now;
  }, sigma);
  await page.waitForFunction((since) => globalThis.seen.paints.some((t) => t > since), start);
  await settled(page);
  return page.evaluate((since) => {
    const after = globalThis.seen.paints.filter((t) => t > since);
    return { first: after[0] - since, all: after[after.length - 1] - since };
  }, start);
}

async function longestTasks(page, during) {
  await page.evaluate(() => globalThis.seen.tasks.splice(0));
  await during();
  await settled(page);
  return page.evaluate(() => globalThis.seen.tasks.map(({ duration }) => duration));
}

async function pan(page) {
  await page.mouse.move(600, 400);
  await page.mouse.down();
  for (let i = 1; i <= 40; i++) await page.mouse.move(600 - 8 * i, 400 - 5 * i);
  await page.mouse.up();
}

async function zoom(page) {
  await page.mouse.move(600, 400);
  for (let i = 0; i < 12; i++) await page.mouse.wheel(0, i < 6 ? -120 : 120);
}

export async function benchInteractive() {
  const viewer = await startViewer();
  const browser = await chromium.launch(browserOptions());
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(watch);
    // The sample's own first run would come between.
    await page.goto(`${viewer.url}?run=0`);
    await page.waitForSelector('[data-testid=status][data-state=idle]', { timeout: 120_000 });
    await settled(page);
    const slides = [];
    const filtering = await longestTasks(page, async () => {
      for (const sigma of SIGMAS) slides.push(await slide(page, sigma));
    });
    const tasks = {
      filtering,
      panning: await longestTasks(page, () => pan(page)),
      zooming: await longestTasks(page, () => zoom(page)),
    };
    const of = (name) => {
      const list = slides.map((s) => s[name]);
      return { median: median(list), least: Math.min(...list), most: Math.max(...list) };
    };
    return { first: of('first'), all: of('all'), tasks, changes: SIGMAS.length, version: browser.version() };
  } finally {
    await browser.close();
    viewer.stop();
  }
}
