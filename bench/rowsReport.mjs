// The reports of functions beside their peers: times, ratios, bars that are met or missed, and a plot.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FUNCTIONS } from './functionTable.mjs';
import { PEERS } from './peerTable.mjs';
import { reasonOf } from './reasons.mjs';
import { benchRows, rowsOf } from './rows.mjs';
import { fixed, table } from './table.mjs';

const PEERS_INSTALLED = new URL('./peers/node_modules', import.meta.url);
const OURS = ['1 worker', '2 workers', 'Chromium, 1 worker', 'Chromium, 2 workers'];
const PEER_NAMES = ['scipy', 'opencv4', 'opencv5', 'image-js', 'tfjs-wasm'];

const CONVENTIONS =
  'Milliseconds: median (least–most). Ratio: the time of the peer over that of Tilewise, above 1 Tilewise is faster. Data in a typed array, results in one typed array that is there already (as those of OpenCV are); all sides take turns in one run, each in a warm process of its own. Results are compared before anything is timed. A peer that takes longer than three seconds is run once.';

const milliseconds = ({ seconds, least, most }) =>
  `${fixed(1000 * seconds, 0)} (${fixed(1000 * least, 0)}–${fixed(1000 * most, 0)})`;

/** A row as it is done. */
function reportRow({ key, dtype, times, fault }) {
  const sides = Object.entries(times ?? {}).map(([side, time]) => `${side} ${milliseconds(time)}`);
  console.error(`  ${key}, ${dtype}: ${fault ?? sides.join(', ')}`);
}

const nameOf = ({ key, dtype, shape }) => [key, `${shape.join(' x ')} ${dtype}`];
const fault = (row) => [...nameOf(row), `**no time**: ${row.fault}`];
const sidesOf = (rows, names) => names.filter((name) => rows.some(({ times }) => times?.[name]));

function timesTable(rows, sides) {
  const cells = (row) => [
    ...nameOf(row),
    ...sides.map((side) => {
      if (row.times[side]) return milliseconds(row.times[side]);
      return row.failed?.includes(side) ? 'fails' : '-';
    }),
  ];
  return table(
    ['function', 'array', ...sides],
    rows.map((row) => (row.fault ? fault(row) : cells(row))),
  );
}

const ratioOf = ({ times }, peer, side) => times[peer] && times[peer].seconds / times[side].seconds;

/** A column a peer: its ratio to each of our sides. */
function ratiosTable(rows, peers, ours) {
  const cells = (row) => [
    ...nameOf(row),
    ...peers.map((peer) =>
      row.times[peer] ? ours.map((side) => fixed(ratioOf(row, peer, side))).join(' / ') : '-',
    ),
  ];
  const header = ['function', 'array', ...peers];
  return table(header, rows.filter((row) => !row.fault).map(cells));
}

/** The ratio to the fastest of a bar's peers: `{ opencv, scipy }`. */
function ratioToPeer(row, peer, side) {
  const names = { opencv: ['opencv4', 'opencv5'], scipy: ['scipy'] }[peer];
  return Math.min(...names.map((name) => ratioOf(row, name, side)).filter(Boolean));
}

const judgedRows = (rows, barOf, side) =>
  rows.flatMap((row) => {
    if (row.fault) return [];
    return Object.entries(barOf(row)).flatMap(([peer, bar]) => {
      const ratio = ratioToPeer(row, peer, side);
      return Number.isFinite(ratio) ? [{ row, peer, bar, ratio }] : [];
    });
  });

/** Rows that miss their bar, and why: see reasons.mjs. */
function verdict(rows, barOf, side, head) {
  const judged = judgedRows(rows, barOf, side);
  const missed = judged.filter(({ bar, ratio }) => ratio < bar);
  const one = ({ row, peer, bar, ratio }) =>
    `- ${nameOf(row).join(', ')}: ${fixed(ratio)} times ${peer}, bar ${bar}. ${reasonOf(row) ?? 'Not explained yet.'}`;
  const summary = `${head}: ${judged.length - missed.length} of ${judged.length} met.`;
  return missed.length === 0 ? summary : [summary, 'Missed:', '', ...missed.map(one)].join('\n');
}

const barOf = ({ spec }) => spec.bar ?? {};
/** A bar of 1 beside the same peers. */
const evenBarOf = ({ spec }) => Object.fromEntries(Object.keys(spec.bar ?? {}).map((peer) => [peer, 1]));

export async function functionsReport(filter) {
  const { rows, left, versions } = await benchRows(rowsOf(FUNCTIONS, filter), {
    report: reportRow,
    minutes: filter.minutes === undefined ? undefined : Number(filter.minutes),
  });
  if (!versions.scipy) console.error('bench: no SciPy here (apt install python3-scipy)');
  const ours = sidesOf(rows, OURS);
  return [
    '## Functions beside SciPy',
    `SciPy ${versions.scipy ?? 'is not installed'}, one core; Tilewise's CPU executor in Node with one and with two workers. ${CONVENTIONS}`,
    timesTable(rows, [...sidesOf(rows, ['scipy']), ...ours]),
    `Ratios: ${ours.join(' / ')}.`,
    ratiosTable(rows, sidesOf(rows, ['scipy']), ours),
    verdict(rows, evenBarOf, '2 workers', 'No slower than SciPy with two workers'),
    verdict(rows, barOf, '2 workers', 'Four times SciPy in filters, twice in others, two workers'),
    ...(left.length > 0
      ? [`Not measured, for want of time: ${left.map(({ key, on }) => `${key} (${on})`).join(', ')}.`]
      : []),
  ].join('\n\n');
}

export async function peersReport(filter) {
  if (!existsSync(PEERS_INSTALLED))
    console.error('bench: for OpenCV.js, image-js and TensorFlow.js, run npm ci --prefix bench/peers');
  const { rows, versions } = await benchRows(rowsOf(PEERS, filter), { report: reportRow, chromium: true });
  const peers = PEER_NAMES.filter((name) => versions[name]);
  const ours = sidesOf(rows, OURS);
  const sections = [
    '## Functions beside libraries for the web',
    `${peers.map((name) => `${name}: ${versions[name]}`).join(', ')}, one thread each (OpenCV.js and TensorFlow.js have no threads in Node); their images are in their own memory before and after, copying is not counted. itk-wasm has none of these operations. ${CONVENTIONS}`,
    timesTable(rows, [...peers, ...ours]),
    `Ratios: ${ours.join(' / ')}.`,
    ratiosTable(rows, peers, ours),
    verdict(rows, barOf, '2 workers', 'Bars (two workers; of OpenCV.js the faster release)'),
    verdict(rows, evenBarOf, '1 worker', 'No slower than these with one worker'),
  ];
  if (existsSync(PEERS_INSTALLED) && filter.only === undefined) {
    const { plotRatios } = await import('./peers/plot.mjs');
    const svg = await plotRatios(
      rows.flatMap((row) =>
        row.fault
          ? []
          : peers
              .filter((peer) => row.times[peer])
              .map((peer) => ({ function: row.key, peer, ratio: ratioOf(row, peer, '2 workers') })),
      ),
    );
    await writeFile(fileURLToPath(new URL('../docs/benchmarks.svg', import.meta.url)), svg);
    sections.splice(2, 0, '![Times of other libraries over those of Tilewise](benchmarks.svg)');
  }
  return sections.join('\n\n');
}
