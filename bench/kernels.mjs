// Nanoseconds per pixel of the WASM kernels, one core, in CPU time. Usage: node bench/kernels.mjs [size]
import { createServer } from 'vite';

const size = Number(process.argv[2] ?? 4096);
const taps = 17;
const pixels = size * size;
const codes = { uint8: 2, uint16: 4, float32: 9 };
const arrays = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };

const server = await createServer({ logLevel: 'error', server: { middlewareMode: true, ws: false } });
const { instantiateKernels } = await server.ssrLoadModule('/src/exec/cpu/wasm.ts');
const { Heap } = await server.ssrLoadModule('/src/exec/cpu/heap.ts');
const kernels = await instantiateKernels();
const heap = new Heap(kernels);
await server.close();

let seed = 1;
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

/** Smooth blobs: a lattice of discs over about a third of the image. */
function isBlob(i) {
  const x = (i % size) % 64;
  const y = Math.floor(i / size) % 64;
  return (x - 32) ** 2 + (y - 32) ** 2 < 20 ** 2;
}

function measure(name, run) {
  run();
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = process.cpuUsage();
    run();
    best = Math.min(best, process.cpuUsage(start).user * 1e-3);
  }
  console.log(`${name.padEnd(32)} ${((best * 1e6) / pixels).toFixed(2)} ns/px`);
}

function upload(data) {
  const pointer = heap.allocate(data.byteLength);
  new Uint8Array(kernels.memory.buffer, pointer).set(new Uint8Array(data.buffer));
  return pointer;
}

const i32 = (...values) => upload(Int32Array.from(values));
const half = taps >> 1;
const weights = Float64Array.from({ length: taps }, (_, k) => Math.exp(-((k - half) ** 2) / 8) / 5.013);
const table = upload(
  Int32Array.from({ length: size + taps - 1 }, (_, k) => Math.min(Math.max(k - half, 0), size - 1)),
);
const weightsPointer = upload(weights);
const output = heap.allocate(pixels * 4);
const shape = i32(1, 1, size, size);

for (const [dtype, code] of Object.entries(codes)) {
  const values = arrays[dtype].from({ length: pixels }, () => random() * (dtype === 'float32' ? 1 : 256));
  const input = upload(values);
  for (const [axis, outer, inner] of [
    [0, 1, size],
    [1, size, 1],
  ]) {
    const scratch = heap.allocate(
      Math.max(
        kernels.correlate1dScratch(code, size, size, inner, taps),
        kernels.uniform1dScratch(code, size, size, inner, taps),
      ),
    );
    const common = [input, output, code, outer, size, size, inner, table];
    measure(`correlate1d ${dtype} axis ${axis}`, () =>
      kernels.correlate1d(...common, weightsPointer, taps, 0, scratch),
    );
    measure(`uniform1d ${dtype} axis ${axis}`, () => kernels.uniform1d(...common, taps, 0, scratch));
    heap.free(scratch);
  }
  for (const side of [3, 7, 15]) {
    const extent = size + side - 1;
    const positions = Array.from({ length: extent }, (_, k) =>
      Math.min(Math.max(k - (side >> 1), 0), size - 1),
    );
    const spanned = i32(1, 1, extent, extent);
    const tables = i32(0, 0, ...positions, ...positions);
    const count = side * side;
    const offsets = i32(
      ...Array.from({ length: count }, (_, k) => Math.floor(k / side) * extent + (k % side)),
    );
    const square = upload(Float64Array.from({ length: count }, (_, k) => Math.sin(k) / count));
    const scratch = heap.allocate(kernels.correlateScratch(shape, spanned, 1, count));
    measure(`correlate ${dtype} ${side} x ${side}`, () =>
      kernels.correlate(
        ...[input, output, code, shape, shape, spanned, 1, tables, offsets, square, count, 0, scratch],
      ),
    );
    heap.free(scratch);
  }
  const bins = upload(new Uint32Array(256));
  measure(`histogram ${dtype}`, () =>
    kernels.histogram(input, code, pixels, 0, dtype === 'float32' ? 1 : 255, bins, 256),
  );
  measure(`reduceBlock ${dtype}`, () => kernels.reduceBlock(input, code, pixels, 0, output));
  for (const to of Object.keys(codes)) {
    if (to !== dtype)
      measure(`cast ${dtype} to ${to}`, () => kernels.cast(input, code, output, codes[to], pixels));
  }
  heap.free(input);
}

const runs = heap.allocate(kernels.labelRunsBytes(size, size, 1));
const offsets = i32(...[0, 0, 0, 0], ...[0, 0, -1, 0], ...[0, 0, 1, 0], ...[0, 0, 0, -1], ...[0, 0, 0, 1]);
const origin = i32(0, 0, 0, 0);
const image = upload(Uint16Array.from({ length: pixels }, () => random() * 65536));
for (const [name, isSet] of [
  ['blobs', isBlob],
  ['half noise', () => random() < 0.5],
]) {
  const mask = upload(Uint8Array.from({ length: pixels }, (_, i) => Number(isSet(i))));
  measure(`binaryMorphology cross, ${name}`, () =>
    kernels.binaryMorphology(mask, output, shape, shape, origin, offsets, 5, 0, 0),
  );
  const row = i32(0, 0, -1, 2);
  let count = 0;
  measure(`labelBlock, ${name}`, () => {
    count = kernels.labelBlock(mask, 0, 0, shape, row, 1, 1, runs);
  });
  const names = upload(Uint32Array.from({ length: count }, (_, i) => count - i));
  measure(`fillRuns, ${name}`, () => kernels.fillRuns(runs, 0, size, names, output));
  const regions = heap.allocate(count * 28 * 8);
  measure(`regionReduce, ${name}`, () => kernels.regionReduce(0, runs, 0, 0, shape, count, regions));
  measure(`regionReduce uint16, ${name}`, () =>
    kernels.regionReduce(0, runs, image, codes.uint16, shape, count, regions),
  );
  const relabelled = heap.allocate(pixels * 4);
  kernels.fillRuns(runs, 0, size, 0, output);
  measure(`relabel, ${name}`, () => kernels.relabel(output, relabelled, names, pixels));
  heap.free(relabelled);
  heap.free(names);
  heap.free(regions);
  heap.free(mask);
}
