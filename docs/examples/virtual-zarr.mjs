import { fromArray, gaussianFilter, openOmeZarr } from 'tilewise';
import { virtualZarr } from 'tilewise/adapters/virtual-zarr';

const image = fromArray(
  Uint16Array.from({ length: 64 * 64 }, (_, i) => i),
  { shape: [64, 64], chunks: [32, 32], dimensionNames: ['y', 'x'] },
);

// Whatever opens a zarrita store can show this: nothing of it exists before it is read.
const store = virtualZarr(gaussianFilter(image, 2), {
  scale: [0.5, 0.5],
  axes: [
    { name: 'y', type: 'space', unit: 'micrometer' },
    { name: 'x', type: 'space', unit: 'micrometer' },
  ],
});

const opened = await openOmeZarr(store);
console.log(opened.version, opened.level(0).shape, opened.scale(0)); // 0.5 [ 64, 64 ] [ 0.5, 0.5 ]
const bytes = await store.get('/0/c/0/1');
console.log(bytes.length); // 2048
