// The report of streaming.mjs.
import { median } from './common.mjs';
import { fixed, table, verdict } from './table.mjs';

/** Of the profiles of both workers and of the main thread (`node --cpu-prof`), and what was changed after them. */
const WHY =
  "Why: the cores, not what waits for what. Profiles show two thirds of the workers' time in zstd and a fifth in the filter; of the main thread (a third of all) most is the fetching by Node, copies, and collecting the buffers that come from workers and sockets (a tenth of all). Tried, and kept: compression in the workers, from shared memory, while the next tiles are computed; level 1 instead of 3; libzstd with copies of whole buffers, where numcodecs copies byte by byte: together about half of the processor time that the whole took. Tried, and not kept, since it made no difference: results of tiles in shared memory that is used again.";

export function streamingReport({ shape, repeats, cores, megabits, runs }) {
  const of = (name) => ({
    seconds: median(runs[name].map((run) => run.seconds)),
    cpu: median(runs[name].map((run) => run.cpu)),
  });
  const stages = ['decoding', 'computing', 'encoding'];
  const row = (fetching, all, link) => {
    const alone = [fetching, ...stages].map(of);
    const whole = of(all);
    const slowest = Math.max(...alone.map(({ seconds }) => seconds));
    return {
      ratio: whole.seconds / slowest,
      limit: Math.max(slowest, whole.cpu / cores) / slowest,
      cells: [
        link,
        ...alone.map(({ seconds, cpu }) => `${fixed(seconds)} (${fixed(cpu)})`),
        `${fixed(whole.seconds)} (${fixed(whole.cpu)})`,
        fixed(whole.seconds / slowest),
        `${fixed((100 * whole.cpu) / (cores * whole.seconds), 0)}%`,
      ],
    };
  };
  const rows = [
    row('fetching', 'all together', 'localhost'),
    row('fetching, slow', 'all together, slow', `${megabits} Mbit/s`),
  ];
  const judge = ({ ratio, limit, cells }) =>
    verdict(
      `${cells[0]}: at most 1.25 times the slowest stage`,
      ratio <= 1.25,
      `${fixed(ratio)}; with its processor seconds on ${cores} cores that are never idle it would be ${fixed(limit)}`,
    );
  const missed = rows.some(({ ratio }) => ratio > 1.25);
  return [
    '## Overlap of fetching, decoding, computing and writing',
    `gaussianFilter (sigma 2) of a Zarr of ${shape.join(' x ')} uint16 served over HTTP, written as compressed Zarr to nowhere; and each stage alone, with the same ${cores} workers on ${cores} cores. Seconds (processor seconds, the server's too), medians of ${repeats}. What is written is compared with the computed image first. All compete for the same cores, so where the stages' processor seconds add up to more than ${cores} times the slowest stage, no overlap can hide them: the last column says how busy the cores are.`,
    table(
      ['from', 'fetching', ...stages, 'all together', 'of the slowest', 'cores busy'],
      rows.map(({ cells }) => cells),
    ),
    rows.map(judge).join('\n'),
    ...(missed ? [WHY] : []),
  ].join('\n\n');
}
