import { fromArray, genericFilter, mapBlocks, mapOverlap } from 'tilewise';

// A ramp of 4 x 6 pixels.
const image = fromArray(
  Float32Array.from({ length: 24 }, (_, i) => i),
  { shape: [4, 6], chunks: [2, 3] },
);

// A function of every window's values, as scipy.ndimage.generic_filter takes one.
const range = (values) => Math.max(...values) - Math.min(...values);
const contrast = await genericFilter(image, range, { size: 3 }).slice(1).compute();
console.log(contrast.data); // Float32Array(6) [ 13, 14, 14, 14, 14, 13 ]

// A function of blocks, here with what it makes of a chunk being a single value.
const total = ({ data }) => Float32Array.of(data.reduce((sum, value) => sum + value));
const totals = await mapBlocks(total, image, { chunks: 1 }).compute();
console.log(totals.shape, totals.data); // [ 2, 2 ] Float32Array(4) [ 24, 42, 96, 114 ]

// The same function for a GPU and for where there is none. Blocks have a margin of one pixel here.
const difference = mapOverlap(
  {
    wgsl: 'input0(vec2i(0, 1)) - input0(vec2i(0, -1))',
    cpu: ({ data }) => data.map((_, i) => (data[i + 1] ?? 0) - (data[i - 1] ?? 0)),
  },
  image,
  { depth: 1, boundary: 'reflect' },
);
console.log((await difference.slice(0).compute()).data); // Float32Array(6) [ 1, 2, 2, 2, 2, 1 ]

// A module's function runs in the workers: { module: new URL('./my-filters.js', import.meta.url), name: 'entropy' }.
