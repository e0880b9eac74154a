// One streaming run in a process of its own: `node bench/memoryChild.mjs <zarr> <times> <MiB>` prints its peak memory.
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { nucleiPipeline } from './nucleiPipeline.mjs';
import { tiledStore } from './tiledStore.mjs';

const MiB = 2 ** 20;
const [path, times, budget] = process.argv.slice(2);
tilewise.configure({ workers: 2, device: 'cpu', memoryBudget: Number(budget) * MiB });
const store = await tiledStore(new NodeStore(path), Number(times));
const image = (await tilewise.openOmeZarr(store)).level(0).select({ c: 0 });
const start = performance.now();
const { table } = await nucleiPipeline(tilewise, image);
const seconds = (performance.now() - start) / 1000;
// maxRSS is in kilobytes and counts the whole process: V8 heaps, workers, WASM memories and buffers.
const peakMiB = process.resourceUsage().maxRSS / 1024;
tilewise.disposeExecutors();
console.log(JSON.stringify({ shape: image.shape, seconds, peakMiB, objects: table.length }));
