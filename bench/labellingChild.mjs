// Labels and table of a mask in a process of its own: `node bench/labellingChild.mjs <zarr> <MiB>` prints time and peak.
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { peakMiB } from './peakMemory.mjs';

const MiB = 2 ** 20;
const SQUARE = [
  [1, 1, 1],
  [1, 1, 1],
  [1, 1, 1],
];
const [path, budget] = process.argv.slice(2);
tilewise.configure({ workers: 2, device: 'cpu', memoryBudget: Number(budget) * MiB });
await tilewise.executorInfo('cpu');
const start = performance.now();
const mask = await tilewise.openZarr(new NodeStore(path));
const { labels } = tilewise.label(mask, { structure: SQUARE });
const properties = ['area', 'centroid', 'bbox'];
const found = await tilewise.regionTable(mask, { labelImage: labels, properties });
const seconds = (performance.now() - start) / 1000;
tilewise.disposeExecutors();
const area = found.columns.area.reduce((sum, n) => sum + Number(n), 0);
console.log(JSON.stringify({ seconds, peakMiB: peakMiB(), objects: found.length, area }));
