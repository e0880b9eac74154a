// One part of an export in a process of its own: `node bench/exportChild.mjs <part> <zarr> <times> <MiB> <out>`.
// `export` writes the pyramid; `decode`, `downsample` and `encode` do that alone, on as many workers.
import { allocate } from '../dist/core/dtype.js';
import { chunkRegion, chunksIn, regionSize, wholeRegion } from '../dist/core/region.js';
import * as tilewise from '../dist/index.js';
import { chunkDecoder } from '../dist/io/decode.js';
import { reducedRegion, reduceInto } from '../dist/io/downsample.js';
import { encodeChunk } from '../dist/io/encode.js';
import { NodeStore } from '../dist/node.js';
import { peakMiB } from './peakMemory.mjs';
import { tiledStore } from './tiledStore.mjs';

const MiB = 2 ** 20;
const CHUNKS = [512, 512];
const PLANE = [0, 1];
/** Chunks under way at a time. */
const LANES = 4;
const [part, path, times, budget, out] = process.argv.slice(2);
tilewise.configure({ workers: 2, device: 'cpu', memoryBudget: Number(budget) * MiB });
const store = await tiledStore(new NodeStore(path), Number(times));
const image = (await tilewise.openOmeZarr(store)).level(0).select({ c: 0 });
// Workers start outside of what is timed.
await image.slice([0, 512], [0, 512]).compute();

/** Calls `work` for every item, some at a time. */
async function forEach(items, work) {
  const left = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

const regions = (shape) =>
  [...chunksIn(wholeRegion(shape), CHUNKS)].map((index) => chunkRegion(index, shape, CHUNKS));

/** Shapes down to 256 pixels, as they are written. */
function* levels(shape) {
  for (let size = shape; ; size = size.map((n) => Math.ceil(n / 2))) {
    yield size;
    if (Math.max(...size) <= 256) return;
  }
}

/** Some chunks of the image, of which the parts are made. */
async function someChunks() {
  const some = regions(image.shape)
    .filter((_, i) => i % 7 === 0)
    .slice(0, 64);
  return Promise.all(some.map(async (region) => (await image.read(region)).data));
}

const parts = {
  export: () => tilewise.writeOmeZarr(image, new NodeStore(out), { chunks: CHUNKS }),
  decode: () => forEach(regions(image.shape), (region) => image.read(region)),
  async downsample(chunks) {
    for (const size of [...levels(image.shape)].slice(0, -1))
      regions(size).forEach((region, i) => {
        const reduced = reducedRegion(region, PLANE);
        const source = { data: chunks[i % chunks.length].subarray(0, regionSize(region)), region };
        const target = { data: allocate('uint16', regionSize(reduced)), region: reduced };
        reduceInto(target, source, { plane: PLANE, downsample: 'mean', dtype: 'uint16' });
      });
  },
  async encode(chunks) {
    const all = [...levels(image.shape)].flatMap(regions);
    await forEach(all.entries(), ([i, region]) => {
      const bytes = new Uint8Array(chunks[i % chunks.length].slice(0, regionSize(region)).buffer);
      return chunkDecoder()?.encode?.(bytes) ?? encodeChunk(bytes);
    });
  },
};

const chunks = part === 'downsample' || part === 'encode' ? await someChunks() : undefined;
const start = performance.now();
await parts[part](chunks);
const seconds = (performance.now() - start) / 1000;
tilewise.disposeExecutors();
console.log(JSON.stringify({ shape: image.shape, seconds, peakMiB: peakMiB() }));
