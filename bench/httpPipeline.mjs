// The nuclei pipeline from a Zarr served over HTTP on localhost, decoding included: Tilewise in a page and in Node, OpenCV.js
// in the same page, zarr-python with SciPy on two threads, taking turns.
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { browserOptions } from '../scripts/browserOptions.mjs';
import { median, openSample } from './common.mjs';
import { nucleiPipeline } from './nucleiPipeline.mjs';
import { buildPage } from './pages.mjs';
import { startPartner } from './partner.mjs';

const CACHE = fileURLToPath(new URL('../.cache/bench/', import.meta.url));
const OPENCV = fileURLToPath(new URL('./peers/node_modules/opencv4/dist/', import.meta.url));
const SIDE = 4096;
const REPEATS = 5;
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** Channel 0 of the sample as OME-Zarr 0.4: what zarr-python 2 reads too. */
async function openImage() {
  const folder = `${CACHE}${SIDE}-v2.zarr`;
  if (existsSync(folder)) return folder;
  const image = await tilewise.openOmeZarr(new NodeStore(await openSample(SIDE, 2)));
  await rm(`${folder}.part`, { recursive: true, force: true });
  const nuclei = image.level(0).select({ c: 0 });
  await tilewise.writeOmeZarr(nuclei, new NodeStore(`${folder}.part`), {
    version: '0.4',
    chunks: [512, 512],
  });
  await rename(`${folder}.part`, folder);
  return folder;
}

async function startPage(origin) {
  const browser = await chromium.launch(browserOptions());
  const page = await browser.newPage();
  await page.goto(`${origin}/page/index.html`);
  await page.waitForFunction(() => 'pipelines' in globalThis);
  await page.evaluate(() => globalThis.pipelines.start(2));
  const hasOpenCv = existsSync(OPENCV);
  if (hasOpenCv) {
    await page.addScriptTag({ url: '/opencv/opencv.js' });
    await page.evaluate(() => globalThis.pipelines.openCv());
  }
  const run = (side, url) => page.evaluate(([s, u]) => globalThis.pipelines.run(s, u), [side, url]);
  return { run, hasOpenCv, version: browser.version(), stop: () => browser.close() };
}

async function runInNode(url) {
  tilewise.clearResults();
  const start = performance.now();
  const { threshold, table } = await nucleiPipeline(tilewise, (await tilewise.openOmeZarr(url)).level(0));
  const seconds = (performance.now() - start) / 1000;
  const of = (name) => sum(table.column(name));
  return { seconds, threshold, count: table.length, area: of('area'), sum: of('intensity_sum') };
}

/** OpenCV rounds where SciPy truncates: its counts may differ a little. */
function check(name, result, expected) {
  if (result.error) throw new Error(`${name}: ${result.error}`);
  const within = name.startsWith('OpenCV') ? 0.02 : 0;
  for (const key of ['count', 'area', 'sum']) {
    if (Math.abs(result[key] - expected[key]) > within * expected[key])
      throw new Error(`${name}: ${key} is ${result[key]}, not ${expected[key]}`);
  }
}

export async function benchHttpPipeline() {
  const folder = await openImage();
  const folders = [`/page/=${await buildPage('pipelinePage')}`, `/zarr/=${folder}`, `/opencv/=${OPENCV}`];
  const server = await startPartner('serveFolders.mjs', ...folders);
  const origin = `http://localhost:${server.port}`;
  const url = `${origin}/zarr/`;
  const scipy = await startPartner('http_scipy.py', `http://127.0.0.1:${server.port}/zarr/`);
  const page = await startPage(origin);
  tilewise.configure({ workers: 2, device: 'cpu' });
  try {
    const sides = {
      'Tilewise, Chromium, 2 workers': () => page.run('tilewise', url),
      'Tilewise, Node, 2 workers': () => runInNode(url),
      ...(scipy ? { 'SciPy and zarr-python, 2 threads': () => scipy.ask({}) } : {}),
      ...(page.hasOpenCv ? { 'OpenCV.js 4.12, the same page': () => page.run('opencv', url) } : {}),
    };
    const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
    let expected;
    for (let round = 0; round <= REPEATS; round++)
      for (const [name, run] of Object.entries(sides)) {
        const result = await run();
        expected ??= result;
        check(name, result, expected);
        // Round 0 warms up.
        if (round > 0) times[name].push(result.seconds);
      }
    const rows = Object.entries(times).map(([name, list]) => ({
      name,
      seconds: median(list),
      least: Math.min(...list),
      most: Math.max(...list),
    }));
    return { rows, repeats: REPEATS, shape: [SIDE, SIDE], objects: expected.count };
  } finally {
    tilewise.disposeExecutors();
    scipy?.stop();
    server.stop();
    await page.stop();
  }
}
