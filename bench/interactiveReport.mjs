// The report of interactive.mjs.
import { fixed, table, verdict } from './table.mjs';

/** Milliseconds. */
const LONGEST_TASK = 50;

/** Of a trace of the page's main thread (Chromium's devtools.timeline), and what was changed after it. */
const WHY =
  "Why: the cores, not the work. The longest task of a trace (five changes of sigma, each with a zoom in and out) takes 13 to 15 ms of the processor, where it took 38; the two workers, the one that draws, and the software rasteriser want the same cores, and the rest of a long task's time it waits for one. Tried, and kept: frames paint tiles for 6 ms, not so many pixels; each tile's program is made in a task of its own, where six and their 1,300 microtasks followed a frame; the canvas is drawn in a worker.";

export function interactiveReport({ first, all, tasks, changes, version }) {
  const time = ({ median, least, most }) => `${fixed(median, 0)} (${fixed(least, 0)}–${fixed(most, 0)})`;
  const longest = (list) =>
    list.length === 0 ? 'none over 50' : `${list.length} over 50, the longest ${fixed(Math.max(...list), 0)}`;
  const most = Math.max(0, ...Object.values(tasks).flat());
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
    verdict(
      'No task over 50 ms',
      most <= LONGEST_TASK,
      most > 0 ? `the longest ${fixed(most, 0)}` : 'the observer has seen none',
    ),
    ...(most > LONGEST_TASK ? [WHY] : []),
  ].join('\n\n');
}
