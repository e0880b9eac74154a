// Convolutions on WebGPU in Chromium, Tilewise beside TensorFlow.js on the same adapter.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { build } from 'vite';
import { browserOptions } from './browserOptions.mjs';
import { startPartner } from './partner.mjs';

const SOURCE = fileURLToPath(new URL('./peers/gpuPage/', import.meta.url));
const BUILT = fileURLToPath(new URL('../.cache/bench/gpuPage/', import.meta.url));
const TFJS = new URL('./peers/node_modules/@tensorflow/tfjs-backend-webgpu', import.meta.url);

/** Undefined where TensorFlow.js is not installed. */
export async function benchGpuPeers({ side = 512, repeats = 5 } = {}) {
  if (!existsSync(TFJS)) return undefined;
  await build({
    root: SOURCE,
    base: './',
    configFile: false,
    logLevel: 'silent',
    worker: { format: 'es' },
    build: { outDir: BUILT, emptyOutDir: true, target: 'esnext' },
  });
  const server = await startPartner('serveFolders.mjs', `/page/=${BUILT}`);
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
