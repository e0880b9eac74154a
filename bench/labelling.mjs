// Labels and their table of masks larger than memory: streamed from Zarr under a budget, beside SciPy on the whole array and
// dask-image's way of labelling. Every side runs in a process of its own; numbers of objects and areas must be equal.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { median } from './common.mjs';
import { PYTHON } from './partner.mjs';
import { fixed, table, verdict } from './table.mjs';

const CACHE = fileURLToPath(new URL('../.cache/bench/masks/', import.meta.url));
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const run = promisify(execFile);

const BUDGET_MIB = 512;
/** Distance between discs: about 10^5 and 10^6 of them in 16384 x 16384. */
const SPACINGS = [52, 16];
const SIDES = [4096, 16384];

/** Discs of different sizes a little off a grid, some of which touch. */
function drawMask(side, spacing) {
  const mask = new Uint8Array(side * side);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let cy = spacing / 2; cy < side; cy += spacing)
    for (let cx = spacing / 2; cx < side; cx += spacing) {
      const radius = spacing * (0.15 + 0.3 * random());
      const x0 = cx + spacing * 0.3 * (random() - 0.5);
      const y0 = cy + spacing * 0.3 * (random() - 0.5);
      for (let y = Math.max(0, Math.ceil(y0 - radius)); y <= Math.min(side - 1, y0 + radius); y++) {
        const half = Math.sqrt(radius ** 2 - (y - y0) ** 2);
        const from = Math.max(0, Math.ceil(x0 - half));
        const to = Math.min(side - 1, Math.floor(x0 + half));
        if (to >= from) mask.fill(1, y * side + from, y * side + to + 1);
      }
    }
  return mask;
}

/** The mask as raw bytes, for Python, and as Zarr; made once. */
async function prepareMask(side, spacing) {
  const path = `${CACHE}${side}-${spacing}`;
  if (existsSync(`${path}.raw`)) return path;
  await mkdir(CACHE, { recursive: true });
  const mask = drawMask(side, spacing);
  const array = tilewise.fromArray(mask, { shape: [side, side], dtype: 'bool', chunks: [1024, 1024] });
  await tilewise.writeZarr(array, new NodeStore(`${path}.zarr`), { chunks: [1024, 1024], device: 'cpu' });
  await writeFile(`${path}.part`, mask);
  await rename(`${path}.part`, `${path}.raw`);
  return path;
}

const TILEWISE = 'Tilewise, 2 workers';
const COMMANDS = {
  [TILEWISE]: (path) => [process.execPath, script('labellingChild.mjs'), `${path}.zarr`, String(BUDGET_MIB)],
  'SciPy, labels and table': (path, side) => [
    PYTHON,
    script('labelling.py'),
    'scipy',
    `${path}.raw`,
    String(side),
  ],
  'dask, labels only': (path, side) => [PYTHON, script('labelling.py'), 'dask', `${path}.raw`, String(side)],
};

async function measure([command, ...args]) {
  try {
    return JSON.parse((await run(command, args)).stdout);
  } catch (error) {
    return {
      fault: String(error.stderr ?? error)
        .trim()
        .split('\n')
        .at(-1),
    };
  }
}

/** Runs every mask on every side, in turns. */
export async function benchLabelling({ repeats = 3, sides = SIDES } = {}) {
  const rows = [];
  for (const spacing of SPACINGS)
    for (const side of sides) {
      const path = await prepareMask(side, spacing);
      const found = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, []]));
      for (let round = 0; round < repeats; round++)
        // What others need minutes for is run once.
        for (const [name, command] of Object.entries(COMMANDS))
          if (!(found[name][0]?.seconds > 60)) found[name].push(await measure(command(path, side)));
      for (const [name, results] of Object.entries(found)) rows.push(summary(name, side, results));
      for (const row of rows.slice(-3)) console.error(`  ${side}: ${JSON.stringify(row)}`);
      checkEqual(rows.slice(-3));
    }
  return rows;
}

function summary(name, side, results) {
  const { fault, objects, area } = results[0];
  if (fault) return { name, side, fault };
  const seconds = median(results.map((r) => r.seconds));
  const peakMiB = median(results.map((r) => r.peakMiB));
  return { name, side, objects, area, seconds, peakMiB, perPixel: (1e9 * seconds) / side ** 2 };
}

function checkEqual(rows) {
  const [own] = rows;
  for (const { name, fault, objects, area } of rows)
    if (!fault && (objects !== own.objects || (area !== undefined && area !== own.area)))
      throw new Error(
        `labelling: ${name} found ${objects} objects of ${area} pixels, not ${own.objects} of ${own.area}`,
      );
}

export function labellingReport(rows) {
  const own = rows.filter(({ name }) => name === TILEWISE);
  const cells = (row) => [
    `${row.side} x ${row.side}`,
    row.objects ?? '-',
    row.name,
    row.fault ?? `${fixed(row.seconds, 2)} s`,
    fixed(row.perPixel, 1),
    row.peakMiB === undefined ? '-' : `${fixed(row.peakMiB, 0)} MiB`,
  ];
  const growth = SPACINGS.map((_, i) => own[2 * i + 1].perPixel / own[2 * i].perPixel);
  const most = Math.max(...own.map(({ peakMiB }) => peakMiB));
  return [
    '## Labels and table of masks larger than memory',
    `Masks of discs, 8-connected labels, areas, centres and boxes of all of them, CPU executor, budget ${BUDGET_MIB} MiB, streamed from Zarr on disk (chunks of 1024 x 1024, zstd), decoding included. SciPy: the mask read into memory first, then label, bincount, find_objects and center_of_mass, timed without reading. dask: dask-image's labelling, written out with dask.array (Debian has dask but not dask-image), a memory-mapped mask in the same chunks, default scheduler; without a table, which dask-image makes by a pass over the image for every object. Numbers of objects and areas of all sides are equal. Peak: resident set of the whole process.`,
    table(['mask', 'objects', 'side', 'time', 'ns a pixel', 'peak'], rows.map(cells)),
    [
      verdict('Within the budget', most <= BUDGET_MIB, `${fixed(most, 0)} of ${BUDGET_MIB} MiB`),
      verdict(
        'Time per pixel of 16384 x 16384 at most 1.3 times that of 4096 x 4096',
        Math.max(...growth) <= 1.3,
        growth.map((g) => fixed(g)).join(', '),
      ),
    ].join('\n'),
  ].join('\n\n');
}
