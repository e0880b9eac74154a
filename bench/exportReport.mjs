// The report of export.mjs.
import { fixed, table, verdict } from './table.mjs';

export function exportReport({ budgetMiB, repeats, rows, alone }) {
  const [small, large] = [rows[0], rows.at(-1)];
  const sum = Object.values(alone).reduce((a, b) => a + b, 0);
  const growth = large.peakMiB / small.peakMiB;
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
    verdict(
      'Within the budget',
      large.peakMiB <= budgetMiB,
      `${fixed(large.peakMiB, 0)} of ${budgetMiB} MiB`,
    ),
    `Growth for ${fixed((large.shape[0] * large.shape[1]) / (small.shape[0] * small.shape[1]), 0)} times the pixels: ${fixed(100 * (growth - 1), 1)}%.`,
  ].join('\n\n');
}
