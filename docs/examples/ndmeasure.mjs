import { fromArray } from 'tilewise';
import {
  centerOfMass,
  extrema,
  label,
  labeledComprehension,
  mean,
  median,
  regionTable,
} from 'tilewise/ndmeasure';

const image = fromArray(Uint8Array.of(0, 7, 9, 0, 0, 8, 0, 0, 0, 0, 0, 3), { shape: [3, 4] });

const { labels, count } = label(image);
console.log((await labels.compute()).data); // Uint32Array(12) [ 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 2 ]
console.log((await count.compute()).data); // Uint32Array(1) [ 2 ]

const means = await mean(image, { labelImage: labels, index: [1, 2] }).compute();
console.log(means.data); // Float64Array(2) [ 8, 3 ]

const centres = await centerOfMass(image, { labelImage: labels, index: [2] }).compute();
console.log(centres.data); // Float64Array(2) [ 2, 3 ]

const table = await regionTable(image, { labelImage: labels, properties: ['label', 'area', 'bbox'] });
console.log(table.toCSV().split('\r\n')[1]); // 1,3,0,1,2,3

const middle = await median(image, { labelImage: labels, index: 1 }).item();
console.log(middle); // 8

const { maximumPosition } = extrema(image, { labelImage: labels, index: [1, 2] });
console.log((await maximumPosition.compute()).data); // BigInt64Array(4) [ 0n, 2n, 2n, 3n ]

const range = (values) => Math.max(...values) - Math.min(...values);
const ranges = labeledComprehension(image, labels, [[1, 2, 9]], range, 'float64', Number.NaN);
console.log((await ranges.compute()).data); // Float64Array(3) [ 2, 0, NaN ]
