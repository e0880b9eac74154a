// Whether fetching, decoding, computing and encoding overlap: a smoothed copy of a Zarr served over HTTP, beside each of
// the stages alone with the same workers; from localhost, and over a slower connection.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import * as tilewise from '../dist/index.js';
import { chunkCache } from '../dist/io/cache.js';
import { openZarrSource } from '../dist/io/openZarr.js';
import { NodeStore } from '../dist/node.js';
import { openSample } from './common.mjs';
import { cpuSeconds, startPartner } from './partner.mjs';

/** Requests that a browser has in flight, about. */
const REQUESTS = 8;
const CORES = 2;
const SIGMA = 2;
const MEGABITS = 100;

/** Takes what is written, and keeps nothing. */
const nowhere = () => ({ get: () => Promise.resolve(undefined), set: () => Promise.resolve() });

/** Keys of the chunks of level 0. */
async function chunkKeys(folder) {
  const entries = await readdir(join(folder, '0', 'c'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length));
}

/** Runs the work for every item, so many at a time. */
const forEach = (items, concurrency, work) =>
  new PQueue({ concurrency }).addAll(items.map((item) => () => work(item)));

const fetchBytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

const smooth = (image) => tilewise.gaussianFilter(image, SIGMA);
const open = async (location) => (await tilewise.openOmeZarr(location)).level(0).select({ c: 0 });

/** Seconds of the clock and of processors, those of the server included. */
async function measure(server, work) {
  tilewise.clearResults();
  chunkCache.clear();
  const cpu = async () => cpuSeconds() + (await server.ask({})).cpu;
  const before = await cpu();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  return { seconds, cpu: (await cpu()) - before };
}

/** Throws unless what was written is the smoothed image, chunk by chunk. */
async function check(written, expected) {
  const copy = await tilewise.openZarr(written);
  const [height, width] = expected.shape;
  const rows = copy.chunks[0];
  for (let row = 0; row < height; row += rows) {
    const { data } = await copy.slice([row, Math.min(height, row + rows)]).compute();
    const part = expected.data.subarray(row * width, row * width + data.length);
    if (Buffer.compare(Buffer.from(data.buffer, data.byteOffset, data.byteLength), bytesOf(part)) !== 0)
      throw new Error(`streaming: rows from ${row} on were not written as they are computed`);
  }
}

const bytesOf = (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const shared = (length) => new Uint16Array(new SharedArrayBuffer(2 * length));

export async function benchStreaming({ side = 16384, repeats = 3, megabits = MEGABITS } = {}) {
  const folder = await openSample(side, 1);
  const server = await startPartner('serveFolders.mjs', `/zarr/=${folder}`);
  const slow = await startPartner('serveFolders.mjs', `/zarr/=${folder}`, '--link', String(megabits));
  const urlOf = ({ port }) => `http://127.0.0.1:${port}/zarr`;
  const url = urlOf(server);
  tilewise.configure({ workers: CORES, device: 'cpu', memoryBudget: 512 * 2 ** 20 });
  try {
    await tilewise.executorInfo('cpu');
    const keys = await chunkKeys(folder);
    const kept = new Map();
    await forEach(keys, REQUESTS, async (key) => kept.set(key, await fetchBytes(url + key)));
    const files = new NodeStore(folder);
    const memory = { get: (key) => kept.get(key) ?? files.get(key) };
    const { data, shape } = await (await open(memory)).compute({ out: shared(side * side) });
    const image = () => tilewise.fromArray(data, { shape, chunks: [512, 512] });
    const out = shared(side * side);
    const written = new Map();
    await tilewise.writeZarr(smooth(await open(url)), written);
    const expected = await smooth(image()).compute({ out });
    await check(written, expected);
    const result = () => tilewise.fromArray(expected.data, { shape, chunks: [512, 512] });
    written.clear();

    const fetchAll = (from) => forEach(keys, REQUESTS, (key) => fetchBytes(urlOf(from) + key));
    const all = async (from) => tilewise.writeZarr(smooth(await open(urlOf(from))), nowhere());
    const stages = {
      fetching: () => fetchAll(server),
      async decoding() {
        const source = await openZarrSource(memory, { path: '0' });
        const indices = keys.map((key) => key.split('/').slice(-3).map(Number));
        await forEach(indices, REQUESTS, (index) => source.readChunk(index));
      },
      computing: () => smooth(image()).compute({ out }),
      encoding: () => tilewise.writeZarr(result(), nowhere()),
      'all together': () => all(server),
      'fetching, slow': () => fetchAll(slow),
      'all together, slow': () => all(slow),
    };
    const runs = Object.fromEntries(Object.keys(stages).map((name) => [name, []]));
    for (let round = 0; round < repeats; round++)
      for (const [name, work] of Object.entries(stages))
        runs[name].push(await measure(name.endsWith('slow') ? slow : server, work));
    return { shape, repeats, cores: CORES, megabits, runs };
  } finally {
    server.stop();
    slow.stop();
    tilewise.disposeExecutors();
  }
}
