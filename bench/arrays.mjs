// The arrays that functions are measured on, as raw files that every partner reads: made from the sample image, once.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as tilewise from '../dist/index.js';
import { NodeStore } from '../dist/node.js';
import { openSample } from './common.mjs';
import { TYPES } from './types.mjs';

const CACHE = fileURLToPath(new URL('../.cache/bench/', import.meta.url));
/** The sample's nuclei lie above this, its background below. */
const FOREGROUND = 420;
const SIDE = 4096;
/** Of what calls a function of Python's for every pixel. */
const CROP = 512;
const VOLUME = [256, 512, 512];

/** Slices of a volume are windows of the image, each a few pixels on: neighbours resemble each other. */
function* volumeRows() {
  const [depth, height] = VOLUME;
  const step = Math.floor((SIDE - height) / (depth - 1));
  for (let z = 0; z < depth; z++) for (let y = 0; y < height; y++) yield (y + step * z) * SIDE + step * z;
}

function volume(pixels) {
  const [, , width] = VOLUME;
  const out = new Uint16Array(VOLUME.reduce((a, b) => a * b));
  let at = 0;
  for (const start of volumeRows()) {
    out.set(pixels.subarray(start, start + width), at);
    at += width;
  }
  return out;
}

/** Coordinates of a gently warped quarter of the image. */
function waves() {
  const side = SIDE / 2;
  const out = new Float64Array(2 * side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      out[y * side + x] = y + 900 + 20 * Math.sin(x / 90);
      out[(side + y) * side + x] = x + 900 + 20 * Math.sin(y / 70);
    }
  return out;
}

/** The objects of the mask. */
async function labelled(pixels, shape) {
  const { labels } = tilewise.label(tilewise.fromArray(pixels, { shape }).gt(FOREGROUND));
  return (await labels.astype('int32').compute({ device: 'cpu' })).data;
}

export const ARRAYS = {
  float32: {
    dtype: 'float32',
    shape: [SIDE, SIDE],
    make: (pixels) => Float32Array.from(pixels, (v) => v / 65535),
  },
  uint8: {
    dtype: 'uint8',
    shape: [SIDE, SIDE],
    make: (pixels) => Uint8Array.from(pixels, (v) => Math.min(255, v >> 3)),
  },
  crop: {
    dtype: 'float32',
    shape: [CROP, CROP],
    make: (pixels) =>
      Float32Array.from({ length: CROP ** 2 }, (_, i) => pixels[SIDE * Math.floor(i / CROP) + (i % CROP)]),
  },
  uint16: { dtype: 'uint16', shape: [SIDE, SIDE], make: (pixels) => pixels },
  volume: { dtype: 'uint16', shape: VOLUME, make: volume },
  waves: { dtype: 'float64', shape: [2, SIDE / 2, SIDE / 2], make: waves },
  mask: {
    dtype: 'bool',
    shape: [SIDE, SIDE],
    make: (pixels) => Uint8Array.from(pixels, (v) => (v > FOREGROUND ? 1 : 0)),
  },
  labels: { dtype: 'int32', shape: [SIDE, SIDE], make: (pixels) => labelled(pixels, [SIDE, SIDE]) },
  maskVolume: {
    dtype: 'bool',
    shape: VOLUME,
    make: (pixels) => Uint8Array.from(volume(pixels), (v) => (v > FOREGROUND ? 1 : 0)),
  },
};

/** `{ name, dtype, shape, file }` of an array, its file written. */
export async function prepareArray(name) {
  const { dtype, shape, make } = ARRAYS[name];
  const file = `${CACHE}${name}-${shape.join('x')}.raw`;
  if (!existsSync(file)) {
    const image = await tilewise.openOmeZarr(new NodeStore(await openSample(SIDE, 2)));
    const { data } = await image.level(0).select({ c: 0 }).compute({ device: 'cpu' });
    await mkdir(CACHE, { recursive: true });
    await writeFile(`${file}.part`, bytesOf(await make(data)));
    await rename(`${file}.part`, file);
  }
  return { name, dtype, shape, file };
}

const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** The typed array in a raw file. */
export async function readRaw({ file, dtype }) {
  const bytes = await readFile(file);
  return new TYPES[dtype](bytes.buffer, bytes.byteOffset, bytes.byteLength / TYPES[dtype].BYTES_PER_ELEMENT);
}

export const writeRaw = (file, data) => writeFile(file, bytesOf(data));
