// Peak memory and time per pixel of a streaming run, in a process of its own, over images of several sizes.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, openSample } from './common.mjs';

const CHILD = fileURLToPath(new URL('./memoryChild.mjs', import.meta.url));
const SIDE = 8192;
const run = promisify(execFile);

/** Runs all sizes, interleaved; the figures of a size are medians. Larger ones repeat the smallest. */
export async function benchMemory({ times = [1, 2, 4], budgetMiB = 512, repeats = 3 } = {}) {
  const path = await openSample(SIDE, 1);
  const runs = times.map(() => []);
  for (let round = 0; round < repeats; round++)
    for (const [i, n] of times.entries()) {
      const { stdout } = await run(process.execPath, [CHILD, path, String(n), String(budgetMiB)]);
      runs[i].push(JSON.parse(stdout));
    }
  const rows = runs.map(([first, ...others]) => {
    const all = [first, ...others];
    const seconds = median(all.map((r) => r.seconds));
    return {
      ...first,
      seconds,
      perMegapixel: (1000 * seconds * 1e6) / (first.shape[0] * first.shape[1]),
      peakMiB: median(all.map((r) => r.peakMiB)),
    };
  });
  return { budgetMiB, repeats, rows };
}
