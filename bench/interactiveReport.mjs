// The report of interactive.mjs.
import { fixed, table, verdict } from './table.mjs';

/** Milliseconds. */
const LONGEST_TASK = 50;

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
  ].join('\n\n');
}
