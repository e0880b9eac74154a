// Whether fetching, decoding, computing and writing overlap: a smoothed copy of a Zarr served over HTTP, beside each of the
// stages alone.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { openSample } from './common.mjs';
import { startPartner } from './partner.mjs';

const SIDE = 8192;
/** Requests that a browser has in flight, about. */
const REQUESTS = 8;

/** Takes what is written, and keeps nothing. */
const nowhere = () => ({ get: () => Promise.resolve(undefined), set: () => Promise.resolve() });

async function seconds(work) {
  tilewise.clearResults();
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Keys of the chunks of level 0. */
async function chunkKeys(folder) {
  const entries = await readdir(join(folder, '0', 'c'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length));
}

/** Every chunk by HTTP; their bytes by key. */
async function fetchAll(url, keys) {
  const queue = new PQueue({ concurrency: REQUESTS });
  const bytes = await queue.addAll(
    keys.map((key) => async () => new Uint8Array(await (await fetch(`${url}${key}`)).arrayBuffer())),
  );
  return new Map(keys.map((key, i) => [key, bytes[i]]));
}

export async function benchStreaming() {
  const folder = await openSample(SIDE, 1);
  const server = await startPartner('serveFolders.mjs', `/zarr/=${folder}`);
  const url = `http://127.0.0.1:${server.port}/zarr`;
  tilewise.configure({ workers: 2, device: 'cpu', memoryBudget: 512 * 2 ** 20 });
  try {
    await tilewise.executorInfo('cpu');
    const keys = await chunkKeys(folder);
    const open = async (location) => (await tilewise.openOmeZarr(location)).level(0).select({ c: 0 });
    const smooth = (image) => tilewise.gaussianFilter(image, 2);
    let kept;
    const fetching = await seconds(async () => {
      kept = await fetchAll(url, keys);
    });
    const files = new NodeStore(folder);
    const memory = { get: (key) => kept.get(key) ?? files.get(key) };
    let image;
    const decoding = await seconds(async () => {
      image = await (await open(memory)).compute();
    });
    const inMemory = () => tilewise.fromArray(image.data, { shape: image.shape, chunks: [512, 512] });
    const computing = await seconds(() => smooth(inMemory()).compute());
    const encoding = await seconds(() => tilewise.writeZarr(inMemory(), nowhere()));
    const whole = await seconds(async () => tilewise.writeZarr(smooth(await open(url)), nowhere()));
    return { shape: image.shape, stages: { fetching, decoding, computing, encoding }, whole };
  } finally {
    server.stop();
    tilewise.disposeExecutors();
  }
}
