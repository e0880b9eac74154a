// Peak memory of a streaming run, in a process of its own, over images of two sizes.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, openSample } from './common.mjs';

const CHILD = fileURLToPath(new URL('./memoryChild.mjs', import.meta.url));
const run = promisify(execFile);

/** Runs both sizes, interleaved; the figures of a size are medians. */
export async function benchMemory({ sizes = [8192, 16384], budgetMiB = 512, repeats = 3 } = {}) {
  const paths = [];
  for (const size of sizes) paths.push(await openSample(size, 1));
  const runs = sizes.map(() => []);
  for (let round = 0; round < repeats; round++) {
    for (const [i, path] of paths.entries()) {
      const { stdout } = await run(process.execPath, [CHILD, path, String(budgetMiB)]);
      runs[i].push(JSON.parse(stdout));
    }
  }
  const rows = runs.map((results) => ({
    shape: results[0].shape,
    objects: results[0].objects,
    seconds: median(results.map((r) => r.seconds)),
    peakMiB: median(results.map((r) => r.peakMiB)),
  }));
  return { budgetMiB, repeats, rows, growth: rows[rows.length - 1].peakMiB / rows[0].peakMiB };
}
