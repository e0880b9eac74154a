// `npm run bench`: runs the benchmarks and writes their sections of docs/benchmarks.md. `npm run bench -- functions peers`
// runs some of them. `--only <part of a name>` and `--quick` (no volumes; smaller images of streaming, export and memory)
// choose rows of those two, and only print; `--minutes` bounds the first, `--repeats` the runs of the others.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchExport } from './export.mjs';
import { benchGpu } from './gpu.mjs';
import { benchGpuPeers } from './gpuPeers.mjs';
import { benchHttpPipeline } from './httpPipeline.mjs';
import { benchInteractive } from './interactive.mjs';
import { benchLabelling, labellingReport } from './labelling.mjs';
import { benchMemory } from './memory.mjs';
import { memoryReport } from './memoryReport.mjs';
import { benchNuclei } from './nuclei.mjs';
import { functionsReport, peersReport } from './rowsReport.mjs';
import { benchStreaming } from './streaming.mjs';
import { streamingReport } from './streamingReport.mjs';
import { fixed, table } from './table.mjs';

const REPORT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
function nucleiReport({ shape, repeats, scipy, rows }) {
  const stages = Object.entries(scipy?.stages ?? {}).map(([name, s]) => `${name} ${fixed(s)} s`);
  const lines = [
    `## Nuclei pipeline, ${shape.join(' x ')} uint16`,
    "gaussianFilter (sigma 2) -> Otsu -> binary opening -> label -> table (area, sum, mean, minimum, maximum, centres, boxes) on channel 0 of the sample, CPU executor. Every run starts without cached results; runs from disk without cached chunks. Threshold, object count, area and intensity sums of every run are compared with SciPy's and must be equal.",
  ];
  const body = rows.map(({ name, seconds, ratio, labelRatio }) => [
    name,
    `${fixed(seconds)} s`,
    fixed(ratio),
    fixed(labelRatio),
  ]);
  if (scipy)
    lines.push(
      `SciPy ${scipy.version}, one core, array in memory: **${fixed(scipy.seconds)} s** (${stages.join(', ')}). Ratio: Tilewise's time over SciPy's, below 1 is faster; the last column counts only SciPy's stages up to the labels, for the run that stops there.`,
    );
  lines.push(table(['Tilewise', `median of ${repeats}`, 'ratio', 'ratio to labels'], body));
  return lines.join('\n\n');
}

function exportReport({ budgetMiB, repeats, rows, alone }) {
  const [small, large] = [rows[0], rows.at(-1)];
  const sum = Object.values(alone).reduce((a, b) => a + b, 0);
  const growth = large.peakMiB / small.peakMiB;
  const verdict = (holds) => (holds ? 'holds' : '**FAILS**');
  return [
    '## Export with its pyramid to disk',
    `writeOmeZarr of a Zarr from disk (uint16, zstd), all resolutions down to 256 pixels, 2 workers, memory budget ${budgetMiB} MiB. Peak is the resident set of the whole process. Decoding, downsampling and encoding the same chunks alone, with the same workers, do not touch the disk that is written.`,
    table(
      ['image', `time, median of ${repeats}`, 'peak'],
      rows.map((r) => [r.shape.join(' x '), `${fixed(r.seconds, 1)} s`, `${fixed(r.peakMiB, 0)} MiB`]),
    ),
    table(
      [...Object.keys(alone), 'sum', 'export', 'export / sum'],
      [
        [...Object.values(alone), sum, large.seconds]
          .map((s) => `${fixed(s, 1)} s`)
          .concat(fixed(large.seconds / sum)),
      ],
    ),
    `- Within the budget: ${verdict(large.peakMiB <= budgetMiB)} (${fixed(large.peakMiB, 0)} of ${budgetMiB} MiB).\n- Growth for ${fixed((large.shape[0] * large.shape[1]) / (small.shape[0] * small.shape[1]), 0)} times the pixels: ${fixed(100 * (growth - 1), 1)}%.`,
  ].join('\n\n');
}

function interactiveReport({ first, all, tasks, changes, version }) {
  const time = ({ median, least, most }) => `${fixed(median, 0)} (${fixed(least, 0)}–${fixed(most, 0)})`;
  const longest = (list) =>
    list.length === 0 ? 'none over 50' : `${list.length} over 50, the longest ${fixed(Math.max(...list), 0)}`;
  return [
    '## The viewer',
    `Chromium ${version}, CPU executor with two workers, sample of 4096 x 4096, window of 1280 x 800. Milliseconds, median (least–most) of ${changes} changes of sigma; tasks of the main thread while filtering, panning and zooming, by the browser's long-task observer.`,
    table(
      [
        'to the first new tile',
        'to all visible tiles',
        ...Object.keys(tasks).map((name) => `tasks, ${name}`),
      ],
      [[time(first), time(all), ...Object.values(tasks).map(longest)]],
    ),
  ].join('\n\n');
}

function gpuReport({ rows, side, adapter }) {
  return [
    '## Dispatches and bytes on a GPU',
    `Per pixel of a ${side} x ${side} tile, counted from the programs that are run: each buffer that a dispatch reads or writes once, and what is cleared. Ideal: what the best known kernels take. Time: of the submits for a smaller image, as a multiple of a dispatch that copies 8 bytes a pixel of it, on ${adapter ?? 'no adapter here'}.`,
    table(
      ['operation', 'dispatches', 'ideal', 'bytes a pixel', 'ideal', 'time / copy'],
      rows.map(({ name, dispatches, bytes, ideal, time }) => [
        name,
        dispatches,
        ideal.dispatches,
        fixed(bytes, 1),
        fixed(ideal.bytes, 1),
        fixed(time, 1),
      ]),
    ),
  ].join('\n\n');
}

function httpReport({ rows, repeats, shape, objects }) {
  const ours = rows[0].seconds;
  return [
    '## Nuclei pipeline over HTTP',
    `From the URL of a Zarr (${shape.join(' x ')} uint16, 512 x 512 chunks, compressed) on localhost to the table of its ${objects} objects: fetching and decoding are counted, nothing is cached from the run before. Counts, areas and sums are compared first: SciPy's must be equal, OpenCV's, which rounds, within 2%.`,
    table(
      ['', `median of ${repeats} (least–most)`, 'time / Tilewise in the page'],
      rows.map((row) => [
        row.name,
        `${fixed(row.seconds)} s (${fixed(row.least)}–${fixed(row.most)})`,
        fixed(row.seconds / ours),
      ]),
    ),
  ].join('\n\n');
}

function gpuPeersReport(result) {
  const head = '## Convolutions on WebGPU beside TensorFlow.js';
  if (!result) return `${head}\n\nTensorFlow.js is not installed here: npm ci --prefix bench/peers.`;
  const { rows, version, side, repeats, reason } = result;
  return [
    head,
    `tfjs-webgpu ${version}, ${side} x ${side} float32, in Chromium on the same adapter (${reason}); milliseconds from a typed array to a typed array, medians of ${repeats}. Results are compared before they are timed, away from edges. Ratio: the time of TensorFlow.js over that of Tilewise.`,
    table(
      ['operation', 'Tilewise', 'TensorFlow.js', 'ratio'],
      rows.map((row) => [
        row.name,
        fixed(row.tilewise, 0),
        fixed(row.tfjs, 0),
        fixed(row.tfjs / row.tilewise),
      ]),
    ),
  ].join('\n\n');
}

/** Options of benchmarks that repeat an image to larger ones. */
const sizes = ({ quick, repeats }) => ({
  ...(quick ? { times: [1, 2] } : {}),
  ...(repeats ? { repeats: Number(repeats) } : {}),
});

const BENCHES = {
  functions: functionsReport,
  peers: peersReport,
  nuclei: async () => nucleiReport(await benchNuclei()),
  http: async () => httpReport(await benchHttpPipeline()),
  streaming: async ({ quick, repeats }) =>
    streamingReport(
      await benchStreaming({
        ...(quick ? { side: 4096 } : {}),
        ...(repeats ? { repeats: Number(repeats) } : {}),
      }),
    ),
  export: async (options) => exportReport(await benchExport(sizes(options))),
  interactive: async () => interactiveReport(await benchInteractive()),
  gpu: async ({ only }) => gpuReport(await benchGpu({ only })),
  gpuPeers: async () => gpuPeersReport(await benchGpuPeers()),
  labelling: async ({ repeats }) =>
    labellingReport(await benchLabelling(repeats && { repeats: Number(repeats) })),
  memory: async (options) => memoryReport(await benchMemory(sizes(options))),
};

const { values: filter, positionals: chosen } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean' },
    minutes: { type: 'string' },
    repeats: { type: 'string' },
  },
  allowPositionals: true,
});
const unknown = chosen.find((name) => !(name in BENCHES));
if (unknown) throw new Error(`unknown benchmark "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}`);
if (!existsSync(new URL('../dist/index.js', import.meta.url))) throw new Error('run npm run build first');

const HEAD = [
  '# Benchmarks',
  'Written by `npm run build && npm run bench`; do not edit. Absolute times are of one machine; ratios are what counts, since all sides ran interleaved in one run. Kernels alone: `node bench/kernels.mjs`.',
].join('\n\n');

/** The sections of the report by their headings. */
async function readSections() {
  const text = existsSync(REPORT) ? await readFile(REPORT, 'utf8') : '';
  const sections = text.split(/^(?=## )/m).slice(1);
  return new Map(sections.map((section) => [section.split('\n')[0], section.trim()]));
}

function machine(load) {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu}, ${availableParallelism()} cores, ${memory} GiB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; load average at the start ${fixed(load)} (other work on the machine slows all sides).`;
}

const sections = await readSections();
for (const [name, bench] of Object.entries(BENCHES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const load = loadavg()[0];
  console.error(`bench: ${name}`);
  const section = `${await bench(filter)}\n\n${machine(load)}`;
  console.log(`${section}\n`);
  sections.set(section.split('\n')[0], section);
  if (filter.only !== undefined || filter.quick) continue;
  await writeFile(REPORT, `${[HEAD, ...sections.values()].join('\n\n')}\n`);
  console.error(`bench: wrote ${REPORT}`);
}
