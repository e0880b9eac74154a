// `npm run bench`: runs the benchmarks and writes their sections of docs/benchmarks.md. `npm run bench -- functions peers`
// runs some of them. `--only <part of a name>` and `--quick` (no volumes; smaller images of streaming, export and memory)
// choose rows of those two, and only print; `--minutes` bounds the first, `--repeats` the runs of the others.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchExport } from './export.mjs';
import { exportReport } from './exportReport.mjs';
import { benchGpu } from './gpu.mjs';
import { benchGpuPeers } from './gpuPeers.mjs';
import { gpuReasons } from './gpuReasons.mjs';
import { benchHttpPipeline } from './httpPipeline.mjs';
import { benchInteractive } from './interactive.mjs';
import { interactiveReport } from './interactiveReport.mjs';
import { benchLabelling, labellingReport } from './labelling.mjs';
import { benchMemory } from './memory.mjs';
import { memoryReport } from './memoryReport.mjs';
import { benchNuclei } from './nuclei.mjs';
import { httpReport, nucleiReport } from './nucleiReport.mjs';
import { functionsReport, peersReport } from './rowsReport.mjs';
import { benchStreaming } from './streaming.mjs';
import { streamingReport } from './streamingReport.mjs';
import { fixed, table, verdict } from './table.mjs';

const REPORT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

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
    ...gpuReasons(rows),
  ].join('\n\n');
}

function gpuPeersReport(result) {
  const head = '## Convolutions on WebGPU beside TensorFlow.js';
  if (!result) return `${head}\n\nTensorFlow.js is not installed here: npm ci --prefix bench/peers.`;
  const { rows, version, side, repeats, reason } = result;
  const least = Math.min(...rows.map((row) => row.tfjs / row.tilewise));
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
    verdict('Each at least twice as fast', least >= 2, `the least ${fixed(least)}`),
  ].join('\n\n');
}

/** Options of benchmarks, those that are set: `small` where `--quick` is. */
const options = ({ quick, repeats }, small) => ({
  ...(quick ? small : {}),
  ...(repeats ? { repeats: Number(repeats) } : {}),
});
/** Of an image that is repeated to larger ones. */
const FEW = { times: [1, 2] };

const BENCHES = {
  functions: functionsReport,
  peers: peersReport,
  nuclei: async () => nucleiReport(await benchNuclei()),
  http: async () => httpReport(await benchHttpPipeline()),
  streaming: async (filter) => streamingReport(await benchStreaming(options(filter, { side: 4096 }))),
  export: async (filter) => exportReport(await benchExport(options(filter, FEW))),
  interactive: async () => interactiveReport(await benchInteractive()),
  gpu: async ({ only }) => gpuReport(await benchGpu({ only })),
  gpuPeers: async () => gpuPeersReport(await benchGpuPeers()),
  labelling: async (filter) => labellingReport(await benchLabelling(options(filter))),
  memory: async (filter) => memoryReport(await benchMemory(options(filter, FEW))),
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
