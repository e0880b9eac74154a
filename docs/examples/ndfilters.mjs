import { fromArray } from 'tilewise';
import { gaussianFilter, medianFilter, sobel } from 'tilewise/ndfilters';

// One bright pixel in a dark 5 x 5 image.
const image = fromArray(
  Uint8Array.from({ length: 25 }, (_, i) => (i === 12 ? 200 : 0)),
  { shape: [5, 5] },
);

const smooth = await gaussianFilter(image, 1).slice(2).compute();
console.log(smooth.data); // Uint8Array(5) [ 4, 19, 31, 19, 4 ]

const median = await medianFilter(image, { size: 3 }).max().compute();
console.log(median.data); // Uint8Array(1) [ 0 ]

const edges = await sobel(image.astype('float32'), { axis: 1, mode: 'nearest' }).slice(2).compute();
console.log(edges.data); // Float32Array(5) [ 0, 400, 0, -400, 0 ]
