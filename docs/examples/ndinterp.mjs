import { fromArray } from 'tilewise';
import { affineTransform, mapCoordinates, rotate } from 'tilewise/ndinterp';

const TRANSPOSE = [
  [0, 1],
  [1, 0],
];
const image = fromArray(Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), { shape: [3, 3] });

const turned = await rotate(image, 90, { order: 1 }).compute();
console.log(turned.data.map(Math.round)); // Float32Array(9) [ 2, 5, 8, 1, 4, 7, 0, 3, 6 ]

// Output pixel (y, x) is taken from input (x, y).
const transposed = await affineTransform(image, TRANSPOSE, { order: 0 }).compute();
console.log(transposed.data); // Float32Array(9) [ 0, 3, 6, 1, 4, 7, 2, 5, 8 ]

// The values at (0.5, 0.5) and (1, 2).
const points = fromArray(Float64Array.of(0.5, 1, 0.5, 2), { shape: [2, 2] });
const values = await mapCoordinates(image, points, { order: 1 }).compute();
console.log(values.data); // Float32Array(2) [ 2, 5 ]
