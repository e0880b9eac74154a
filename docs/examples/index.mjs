import { fromArray, mapBlocks, openZarr, writeZarr } from 'tilewise';

const shape = [512, 512];
const ramp = Float32Array.from({ length: 512 * 512 }, (_, i) => i % 512);
const image = fromArray(ramp, { shape, chunks: [128, 128], dimensionNames: ['y', 'x'] });

// Nothing is computed until a region is asked for, and then no more than it needs.
const bright = image.multiply(2).gt(1000);
const corner = await bright.read({ y: [0, 2], x: [499, 503] });
console.log(corner.shape, corner.data); // [ 2, 4 ] Uint8Array(8) [ 0, 0, 1, 1, 0, 0, 1, 1 ]

// A function of your own, called for each block.
const squared = mapBlocks((block) => block.data.map((value) => value * value), image);
console.log((await squared.max().compute()).data); // Float32Array(1) [ 261121 ]

// Written block by block to any store: here a Map in memory.
const store = new Map();
await writeZarr(bright, store);
const again = await openZarr(store);
console.log(again.dtype, again.shape); // bool [ 512, 512 ]
