// Writes docs/conformance.md from what the conformance tests logged (tests/helpers/conformance.ts): run after `npm test`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const LOG = new URL('../build/conformance/', import.meta.url);
const PAGE = new URL('../docs/conformance.md', import.meta.url);

/** Rows of several files about the same function, dtype, mode and executor become one. */
function readRows() {
  const rows = new Map();
  for (const file of readdirSync(LOG)
    .filter((name) => name.endsWith('.json'))
    .sort())
    for (const row of JSON.parse(readFileSync(new URL(file, LOG), 'utf8'))) {
      const key = [row.module, row.function, row.dtype, row.mode, row.executor].join('/');
      const before = rows.get(key);
      if (!before) rows.set(key, row);
      else {
        before.cases += row.cases;
        before.error = Math.max(before.error, row.error);
        before.onCpu += row.onCpu;
      }
    }
  return [...rows.values()];
}

const group = (rows, key) => Map.groupBy?.(rows, key) ?? groupBy(rows, key);

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

/** Largest error of an executor, and how many results it was seen in. */
function cell(row) {
  if (!row) return '–';
  const error = row.error === 0 ? 'exact' : row.error.toExponential(1);
  const where = row.onCpu === 0 ? '' : row.onCpu === row.cases ? ', on the CPU' : `, ${row.onCpu} on the CPU`;
  return `${error} (${row.cases}${where})`;
}

function table(rows) {
  const lines = ['| dtype | mode | CPU | GPU |', '| --- | --- | --- | --- |'];
  for (const some of group(rows, (row) => `${row.dtype}/${row.mode}`).values()) {
    const on = (executor) => cell(some.find((row) => row.executor === executor));
    lines.push(`| ${some[0].dtype} | ${some[0].mode || 'default'} | ${on('cpu')} | ${on('gpu')} |`);
  }
  return lines;
}

const lines = [
  '# Conformance',
  '',
  'Written by `npm run conformance` from the results of `npm test`; not by hand. A row is a function, the dtype of',
  'its input and a boundary mode; a cell is the largest difference from SciPy or NumPy on an executor (of floats: relative',
  'to the range of values; else absolute) and, in brackets, in how many results, and how many of them the GPU left to the',
  'CPU, since it cannot do them within the precision contract. `–`: nothing to compare, as for functions that have no',
  'executor. What fails is not here; a public function that nothing compared would be listed at the end.',
];
const MODULES = ['ndfilters', 'ndfourier', 'ndinterp', 'ndmeasure', 'ndmorph', 'imread'];
const byName = (a, b) => (a[0] < b[0] ? -1 : 1);
/** Public functions of these modules that no test compared; two names of one function are one. */
async function missing(compared) {
  const names = [];
  for (const module of MODULES) {
    const exports = await import(new URL(`../dist/${module}.js`, import.meta.url));
    const functions = Object.entries(exports).filter(
      ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name),
    );
    const known = new Set(functions.filter(([name]) => compared.has(name)).map(([, value]) => value));
    names.push(...functions.filter(([, value]) => !known.has(value)).map(([name]) => `${module}.${name}`));
  }
  return names;
}

const rows = readRows();
for (const [module, own] of [...group(rows, (row) => row.module)].sort(byName)) {
  lines.push('', `## ${module}`);
  for (const [name, some] of [...group(own, (row) => row.function)].sort(byName))
    lines.push('', `### ${name}`, '', ...table(some));
}
const lost = await missing(new Set(rows.map((row) => row.function)));
if (lost.length > 0) {
  lines.push('', '## Not compared', '', lost.join(', '));
  process.exitCode = 1;
}
writeFileSync(PAGE, `${lines.join('\n')}\n`);
console.log(
  `docs/conformance.md: ${lines.filter((line) => line.startsWith('### ')).length} functions, ${lost.length} not compared ${lost.join(' ')}`,
);
