// One streaming run in a process of its own: `node bench/memoryChild.mjs <run> <zarr> <times> <MiB>` prints its peak memory.
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { nucleiPipeline } from './nucleiPipeline.mjs';
import { cpuSeconds } from './partner.mjs';
import { peakMiB } from './peakMemory.mjs';
import { tiledStore } from './tiledStore.mjs';

const MiB = 2 ** 20;
const [run, path, times, budget] = process.argv.slice(2);

/** Takes what is written, and keeps nothing. */
const nowhere = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() };

const RUNS = {
  /** Keeps some state for every object. */
  async nuclei(image) {
    const { table } = await nucleiPipeline(tilewise, image);
    return { objects: table.length };
  },
  async 'smoothed copy'(image) {
    await tilewise.writeZarr(tilewise.gaussianFilter(image, 2), nowhere);
    return {};
  },
};

tilewise.configure({ workers: 2, device: 'cpu', memoryBudget: Number(budget) * MiB });
const tiled = await tiledStore(new NodeStore(path), Number(times));
let reads = 0;
const store = {
  get(key, options) {
    if (key.includes('/c/')) reads++;
    return tiled.get(key, options);
  },
};
const image = (await tilewise.openOmeZarr(store)).level(0).select({ c: 0 });
// Starting workers, and compiling, is no cost of a pixel.
await RUNS[run](image.slice([0, 2048], [0, 2048]));
tilewise.clearResults();
reads = 0;
const [start, used] = [performance.now(), cpuSeconds()];
const found = await RUNS[run](image);
const seconds = (performance.now() - start) / 1000;
const cpu = cpuSeconds() - used;
tilewise.disposeExecutors();
const chunks = image.shape.reduce((count, n, axis) => count * Math.ceil(n / image.chunks[axis]), 1);
console.log(
  JSON.stringify({
    ...found,
    shape: image.shape,
    readsPerChunk: reads / chunks,
    seconds,
    cpu,
    peakMiB: peakMiB(),
  }),
);
