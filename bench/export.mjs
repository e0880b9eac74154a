// Export of an image with its pyramid to disk: memory over sizes, and time beside that of its parts alone.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, openSample } from './common.mjs';

const CHILD = fileURLToPath(new URL('./exportChild.mjs', import.meta.url));
const SIDE = 4096;
const run = promisify(execFile);

/** Sizes are multiples of the sample, whose chunks larger ones repeat. Parts are of the largest; all take turns. */
export async function benchExport({ times = [1, 2, 4], budgetMiB = 512, repeats = 3 } = {}) {
  const path = await openSample(SIDE, 1);
  const directory = await mkdtemp(join(tmpdir(), 'tilewise-export-'));
  const child = async (part, n) => {
    const out = join(directory, 'image.zarr');
    const { stdout } = await run(process.execPath, [CHILD, part, path, String(n), String(budgetMiB), out]);
    await rm(out, { recursive: true, force: true });
    return JSON.parse(stdout);
  };
  const sizes = times.map(() => []);
  const parts = { decode: [], downsample: [], encode: [] };
  try {
    for (let round = 0; round < repeats; round++) {
      for (const [i, n] of times.entries()) sizes[i].push(await child('export', n));
      for (const part of Object.keys(parts)) parts[part].push((await child(part, times.at(-1))).seconds);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const rows = sizes.map((runs) => ({
    shape: runs[0].shape,
    seconds: median(runs.map((r) => r.seconds)),
    peakMiB: median(runs.map((r) => r.peakMiB)),
  }));
  const alone = Object.fromEntries(Object.entries(parts).map(([name, runs]) => [name, median(runs)]));
  return { budgetMiB, repeats, rows, alone };
}
