// The reports of the nuclei pipeline: nuclei.mjs and httpPipeline.mjs.
import { fixed, table, verdict } from './table.mjs';

export function nucleiReport({ shape, repeats, scipy, rows }) {
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

/** Least times faster than sides whose names begin so. */
const HTTP_BARS = { SciPy: 3, 'OpenCV.js': 2 };

export function httpReport({ rows, repeats, shape, objects }) {
  const ours = rows[0].seconds;
  const verdicts = Object.entries(HTTP_BARS).flatMap(([peer, bar]) => {
    const row = rows.find(({ name }) => name.startsWith(peer));
    if (!row) return [];
    const ratio = row.seconds / ours;
    return [verdict(`At least ${bar} times as fast as ${row.name}`, ratio >= bar, fixed(ratio))];
  });
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
    verdicts.join('\n'),
  ].join('\n\n');
}
