// Convolutions on WebGPU in Chromium, Tilewise beside TensorFlow.js on the same adapter.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { browserOptions } from '../scripts/browserOptions.mjs';
import { buildPage } from './pages.mjs';
import { startPartner } from './partner.mjs';

const TFJS = new URL('./peers/node_modules/@tensorflow/tfjs-backend-webgpu', import.meta.url);

/** Undefined where TensorFlow.js is not installed. */
export async function benchGpuPeers({ side = 512, repeats = 5 } = {}) {
  if (!existsSync(TFJS)) return undefined;
  const server = await startPartner('serveFolders.mjs', `/page/=${await buildPage('peers/gpuPage')}`);
  const browser = await chromium.launch(browserOptions());
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${server.port}/page/index.html`);
    await page.waitForFunction(() => 'run' in globalThis);
    const result = await page.evaluate(([n, times]) => globalThis.run(n, times), [side, repeats]);
    return { ...result, side, repeats };
  } finally {
    await browser.close();
    server.stop();
  }
}
