// Peak memory and time per pixel of streaming runs, in processes of their own, over images of several sizes.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, openSample } from './common.mjs';

const CHILD = fileURLToPath(new URL('./memoryChild.mjs', import.meta.url));
const SIDE = 8192;
const RUNS = ['smoothed copy', 'nuclei'];
const run = promisify(execFile);

/** Runs all sizes, interleaved; the figures of a size are medians. Larger ones repeat the smallest. */
export async function benchMemory({ times = [1, 2, 4], budgetMiB = 512, repeats = 3, runs = RUNS } = {}) {
  const path = await openSample(SIDE, 1);
  const cases = runs.flatMap((name) => times.map((n) => ({ name, n, results: [] })));
  for (let round = 0; round < repeats; round++)
    for (const { name, n, results } of cases) {
      const { stdout } = await run(process.execPath, [CHILD, name, path, String(n), String(budgetMiB)]);
      results.push(JSON.parse(stdout));
    }
  const rows = cases.map(({ name, results }) => {
    const of = (key) => median(results.map((result) => result[key]));
    const { shape, objects } = results[0];
    const megapixels = (shape[0] * shape[1]) / 1e6;
    return {
      name,
      shape,
      objects,
      readsPerChunk: of('readsPerChunk'),
      seconds: of('seconds'),
      perMegapixel: (1000 * of('seconds')) / megapixels,
      cpuPerMegapixel: (1000 * of('cpu')) / megapixels,
      peakMiB: of('peakMiB'),
    };
  });
  return { budgetMiB, repeats, runs, rows };
}
