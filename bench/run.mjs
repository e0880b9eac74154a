// `npm run bench`: runs the benchmarks and writes docs/benchmarks.md. `npm run bench -- nuclei` runs one of them and
// only prints.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchMemory } from './memory.mjs';
import { benchNuclei } from './nuclei.mjs';

const REPORT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const fixed = (value, digits = 2) => (value === undefined ? '-' : value.toFixed(digits));

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

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

function memoryReport({ budgetMiB, repeats, rows, growth }) {
  const [small, large] = [rows[0], rows[rows.length - 1]];
  const verdict = (holds) => (holds ? 'holds' : '**FAILS**');
  return [
    '## Peak memory of a streaming run',
    `The same pipeline from disk, 2 workers, memory budget ${budgetMiB} MiB. Peak is the resident set of the whole process: V8 heaps, workers, WASM memories, buffers.`,
    table(
      ['image', 'objects', 'time', `peak, median of ${repeats}`],
      rows.map((r) => [
        r.shape.join(' x '),
        r.objects,
        `${fixed(r.seconds, 1)} s`,
        `${fixed(r.peakMiB, 0)} MiB`,
      ]),
    ),
    `- Within the budget: ${verdict(large.peakMiB <= budgetMiB)} (${fixed(large.peakMiB, 0)} of ${budgetMiB} MiB).\n- Growth for ${fixed((large.shape[0] * large.shape[1]) / (small.shape[0] * small.shape[1]), 0)} times the pixels within 10%: ${verdict(growth <= 1.1)} (${fixed(100 * (growth - 1), 1)}%).`,
  ].join('\n\n');
}

const BENCHES = {
  nuclei: async () => nucleiReport(await benchNuclei()),
  memory: async () => memoryReport(await benchMemory()),
};

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !(name in BENCHES));
if (unknown) throw new Error(`unknown benchmark "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}`);
if (!existsSync(new URL('../dist/index.js', import.meta.url))) throw new Error('run npm run build first');
const load = loadavg()[0];
const parts = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.error(`bench: ${name}`);
  parts.push(await bench());
  console.log(`${parts[parts.length - 1]}\n`);
}
if (chosen.length === 0) {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const head = [
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Absolute times are of one machine; ratios are what counts, since both sides ran interleaved in one run. Kernels alone: `node bench/kernels.mjs`.',
    `- Machine: ${machine}\n- Date: ${new Date().toISOString().slice(0, 10)}\n- Load average at the start: ${fixed(load)} (other work on the machine slows both sides)\n- Command: \`npm run build && npm run bench\``,
  ];
  await writeFile(REPORT, `${[...head, ...parts].join('\n\n')}\n`);
  console.error(`bench: wrote ${REPORT}`);
}
