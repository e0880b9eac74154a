// What operations cost on a GPU: dispatches and bytes, counted without one, and the time of a tile's submit as a multiple
// of a plain copy's on the same adapter, here SwiftShader: a CPU that runs shaders, so no speed to be proud of.

import { constants } from 'node:os';
import { passesOf } from '../dist/exec/explain.js';
import { findGpu } from '../dist/exec/webgpu/findGpu.js';
import { stepCosts, sumCosts } from '../dist/exec/webgpu/programCost.js';
import * as tilewise from '../dist/index.js';
import { median } from './common.mjs';
import { GPU_OPERATIONS } from './gpuTable.mjs';
import { TYPES } from './types.mjs';

const SIDE = 1024;
/** Of the images that are computed: software shaders are slow. */
const TIMED_SIDE = 256;
const REPEATS = 3;
const DTYPES = ['float32', 'uint8', 'uint16', 'bool'];

/** An image of blobs. */
function imageOf(dtype) {
  const top = dtype === 'float32' ? 1 : dtype === 'bool' ? 1.9 : 255;
  const wave = (i) => (1 + Math.sin((i % TIMED_SIDE) / 9) * Math.cos(Math.floor(i / TIMED_SIDE) / 7)) / 2;
  const data = TYPES[dtype].from({ length: TIMED_SIDE * TIMED_SIDE }, (_, i) => wave(i) * top);
  return tilewise.fromArray(data, {
    dtype,
    shape: [TIMED_SIDE, TIMED_SIDE],
    chunks: [TIMED_SIDE, TIMED_SIDE],
  });
}

/** A large image that is only planned with. */
const plannedImage = (dtype) =>
  tilewise.fromSource({
    key: `image of ${dtype}`,
    ...{ shape: [4 * SIDE, 4 * SIDE], chunks: [SIDE, SIDE], dtype, dimensionNames: ['y', 'x'] },
    readChunk: () => Promise.reject(new Error('nothing is to be read')),
  });

/** What the passes over a tile in the middle of an image cost. */
function costOf(result) {
  const programs = passesOf(result.node).map(({ plan }) => plan('gpu'));
  const { dispatches, bytesMoved } = sumCosts(programs.flatMap(stepCosts));
  return { dispatches, bytes: bytesMoved / (SIDE * SIDE) };
}

/** A device that notes how long each submit takes until all of its work is done. */
async function watchedDevice() {
  const gpu = findGpu() ?? (await loadGpu());
  const adapter = await gpu?.requestAdapter();
  if (!adapter) return undefined;
  const device = await adapter.requestDevice();
  const submits = [];
  const { queue } = device;
  const submit = queue.submit.bind(queue);
  queue.submit = (buffers) => {
    const start = performance.now();
    submit(buffers);
    submits.push(queue.onSubmittedWorkDone().then(() => (performance.now() - start) / 1000));
  };
  const seconds = async () => (await Promise.all(submits.splice(0))).reduce((a, b) => a + b, 0);
  return { device, seconds, adapter: adapter.info.description || adapter.info.vendor };
}

const CHROMIUM = '/usr/lib/chromium';
const RTLD_NODELETE = 0x1000;

/** The npm package `webgpu` (Dawn) with the software driver that comes with Debian's Chromium. */
async function loadGpu() {
  process.env.VK_ICD_FILENAMES ??= `${CHROMIUM}/vk_swiftshader_icd.json`;
  try {
    // Dawn asks for the library by name: one that is loaded already will do. This throws, and it stays loaded.
    process.dlopen({ exports: {} }, `${CHROMIUM}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {}
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  // Kept reachable: a collected instance ends the process.
  globalThis.benchmarkGpu = create([]);
  return globalThis.benchmarkGpu;
}

async function timed(result, seconds) {
  const runs = [];
  for (let i = 0; i <= REPEATS; i++) {
    tilewise.clearResults();
    await result.compute({ device: 'gpu' });
    const spent = await seconds();
    if (i > 0) runs.push(spent);
  }
  return median(runs);
}

export async function benchGpu({ only = '' } = {}) {
  const images = Object.fromEntries(DTYPES.map((dtype) => [dtype, imageOf(dtype)]));
  const planned = Object.fromEntries(DTYPES.map((dtype) => [dtype, plannedImage(dtype)]));
  const watched = await watchedDevice();
  if (watched) tilewise.configure({ gpuDevice: watched.device });
  try {
    const copy = watched && (await timed(images.float32.add(0), watched.seconds));
    const rows = [];
    for (const [name, { make, ideal }] of Object.entries(GPU_OPERATIONS)) {
      if (!name.includes(only)) continue;
      const spent = watched && (await timed(make(tilewise, images), watched.seconds));
      const time = spent ? spent / copy : undefined;
      rows.push({ name, ideal, ...costOf(make(tilewise, planned)), time });
    }
    return { rows, side: SIDE, adapter: watched?.adapter };
  } finally {
    tilewise.disposeExecutors();
    watched?.device.destroy();
  }
}
