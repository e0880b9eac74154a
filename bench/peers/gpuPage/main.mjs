// Convolutions on WebGPU, by Tilewise and by TensorFlow.js on the same adapter: ../../gpuPeers.mjs calls `run`. From a typed
// array to a typed array, both: uploading and reading back are counted.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import * as tilewise from '../../../dist/index.js';

const MARGIN = 8;
const weights7 = Float64Array.from({ length: 49 }, (_, i) => 1 / (1 + i));
const kernel7 = () => tf.tensor4d(Array.from(weights7), [7, 7, 1, 1]);
const gaussian = (sigma, radius) => {
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((v) => v / sum);
};

const CASES = {
  'correlate 7 x 7 / conv2d': {
    tilewise: (x) => tilewise.correlate(x, { data: weights7, shape: [7, 7] }),
    tfjs: (x) => tf.conv2d(x, kernel7(), 1, 'same'),
  },
  'correlate 7 x 7 / depthwiseConv2d': {
    tilewise: (x) => tilewise.correlate(x, { data: weights7, shape: [7, 7] }),
    tfjs: (x) => tf.depthwiseConv2d(x, kernel7(), 1, 'same'),
  },
  'gaussianFilter sigma 2 / two depthwiseConv2d': {
    tilewise: (x) => tilewise.gaussianFilter(x, 2),
    tfjs(x) {
      const w = gaussian(2, 8);
      const down = tf.depthwiseConv2d(x, tf.tensor4d(w, [17, 1, 1, 1]), 1, 'same');
      return tf.depthwiseConv2d(down, tf.tensor4d(w, [1, 17, 1, 1]), 1, 'same');
    },
  },
};

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** The largest difference relative to the range, away from edges: TensorFlow.js has no boundary modes. */
function difference(a, b, side) {
  let [most, low, high] = [0, Infinity, -Infinity];
  for (let y = MARGIN; y < side - MARGIN; y++)
    for (let x = MARGIN; x < side - MARGIN; x++) {
      const i = y * side + x;
      most = Math.max(most, Math.abs(a[i] - b[i]));
      low = Math.min(low, a[i]);
      high = Math.max(high, a[i]);
    }
  return most / (high - low);
}

globalThis.run = async (side, repeats) => {
  tilewise.configure({ device: 'gpu' });
  await tf.setBackend('webgpu');
  await tf.ready();
  const data = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i / 9) * Math.cos(i / 977));
  const rows = [];
  for (const [name, sides] of Object.entries(CASES)) {
    const ours = async () => {
      tilewise.clearResults();
      const image = tilewise.fromArray(data, { shape: [side, side], chunks: [side, side] });
      return (await sides.tilewise(image).compute()).data;
    };
    const theirs = async () => {
      const result = tf.tidy(() => sides.tfjs(tf.tensor4d(data, [1, side, side, 1])));
      const values = await result.data();
      result.dispose();
      return values;
    };
    const error = difference(await ours(), await theirs(), side);
    if (!(error < 1e-5)) throw new Error(`${name}: results differ by ${error}`);
    const times = { tilewise: [], tfjs: [] };
    for (let i = 0; i < repeats; i++)
      for (const [key, work] of Object.entries({ tilewise: ours, tfjs: theirs })) {
        const start = performance.now();
        await work();
        times[key].push(performance.now() - start);
      }
    rows.push({ name, tilewise: median(times.tilewise), tfjs: median(times.tfjs) });
  }
  return { rows, version: tf.version_core, ...(await tilewise.executorInfo('gpu')) };
};
