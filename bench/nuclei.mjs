// The whole nuclei pipeline, Tilewise's CPU executor against SciPy on one core, interleaved in one run.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { median, openSample } from './common.mjs';
import { nucleiLabels, nucleiPipeline } from './nucleiPipeline.mjs';
import { startPartner } from './partner.mjs';

/** A .npy file (version 1.0) of a 2-D uint16 array. */
function npy(data, shape) {
  const fields = `{'descr': '<u2', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = fields.padEnd(64 * Math.ceil((fields.length + 11) / 64) - 11);
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 0, 0]);
  prefix.writeUInt16LE(header.length + 1, 8);
  return Buffer.concat([
    prefix,
    Buffer.from(`${header}\n`),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

/** How far a run goes. */
const GOALS = {
  /** Threshold and table; labels are recomputed by those who look at them. */
  table: (image) => nucleiPipeline(tilewise, image),
  async 'table and label image'(image) {
    const result = await nucleiPipeline(tilewise, image);
    await result.labels.compute();
    return result;
  },
  async 'number of labels'(image) {
    const { threshold, count } = await nucleiLabels(tilewise, image);
    return { threshold, count: await count.item() };
  },
};

/** One timed run; nothing is cached from the run before. */
async function runTilewise(image, goal) {
  tilewise.clearResults();
  const start = performance.now();
  const { threshold, table, count } = await GOALS[goal](image);
  const seconds = (performance.now() - start) / 1000;
  if (!table) return { seconds, threshold, count };
  const sum = (name) => table.column(name).reduce((a, b) => a + b, 0);
  return { seconds, threshold, count: table.length, area: sum('area'), sum: sum('intensity_sum') };
}

/** Fails unless two runs agree. */
function checkSame(a, b, what) {
  for (const key of ['threshold', 'count', 'area', 'sum'])
    if (key in a && a[key] !== b[key]) throw new Error(`${what}: ${key} is ${a[key]}, SciPy's is ${b[key]}`);
}

export async function benchNuclei({ repeats = 5 } = {}) {
  const path = await openSample(4096, 2);
  const directory = await mkdtemp(join(tmpdir(), 'tilewise-bench-'));
  try {
    const open = async () => (await tilewise.openOmeZarr(new NodeStore(path))).level(0).select({ c: 0 });
    const { data, shape } = await (await open()).compute({ device: 'cpu' });
    await writeFile(join(directory, 'image.npy'), npy(data, shape));
    const scipy = await startPartner('nuclei_scipy.py', join(directory, 'image.npy'));
    const memory = () => tilewise.fromArray(data, { shape, chunks: [512, 512] });
    const cases = [
      { name: 'in memory, 1 worker', workers: 1, image: memory, goal: 'table' },
      { name: 'in memory, 2 workers', workers: 2, image: memory, goal: 'table' },
      {
        name: 'in memory, 2 workers, label image too',
        workers: 2,
        image: memory,
        goal: 'table and label image',
      },
      { name: 'in memory, 1 worker, up to the labels', workers: 1, image: memory, goal: 'number of labels' },
      { name: 'from disk (zstd), 1 worker', workers: 1, image: open, goal: 'table' },
      { name: 'from disk (zstd), 2 workers', workers: 2, image: open, goal: 'table' },
    ];
    const times = new Map(cases.map(({ name }) => [name, []]));
    const reference = [];
    for (let round = 0; round <= repeats; round++) {
      const expected = await scipy?.ask({});
      // Round 0 compares and warms up; it is not timed.
      if (expected && round > 0) reference.push(expected);
      for (const { name, workers, image, goal } of cases) {
        tilewise.configure({ workers, device: 'cpu' });
        // Starting workers and opening are not the pipeline. A source opened anew has no cached chunks: decoding is.
        await tilewise.executorInfo('cpu');
        const source = await image();
        const result = await runTilewise(source, goal);
        if (expected) checkSame(result, expected, name);
        if (round > 0) times.get(name).push(result.seconds);
      }
    }
    scipy?.stop();
    const medianOf = (value) => (reference.length > 0 ? median(reference.map(value)) : undefined);
    const base = medianOf((r) => r.seconds);
    const toLabels = medianOf((r) => r.seconds - r.stages.table);
    const stages = Object.keys(reference[0]?.stages ?? {}).map((stage) => [
      stage,
      medianOf((r) => r.stages[stage]),
    ]);
    return {
      shape,
      repeats,
      scipy: scipy && { version: scipy.version, seconds: base, stages: Object.fromEntries(stages) },
      rows: cases.map(({ name, goal }) => {
        const seconds = median(times.get(name));
        const whole = goal !== 'number of labels';
        return {
          name,
          seconds,
          ratio: base && whole ? seconds / base : undefined,
          labelRatio: base && !whole ? seconds / toLabels : undefined,
        };
      }),
    };
  } finally {
    tilewise.disposeExecutors();
    await rm(directory, { recursive: true, force: true });
  }
}
