import { fromArray } from 'tilewise';
import { centerOfMass, label, mean, regionTable } from 'tilewise/ndmeasure';

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
