// TensorFlow.js's side of ../rows.mjs, on its WASM backend (SIMD, one thread: Node has no threaded build of it). Requests
// as scipyPartner.py has them; what runs is peerTable.mjs's. Its convolutions pad with zeros: edges are not compared.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { readRaw } from '../arrays.mjs';
import { serve } from '../partner.mjs';
import { PEERS } from '../peerTable.mjs';
import { compareResults } from './compare.mjs';

const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');
await tf.ready();

const MARGIN = 16;
const tensors = new Map();
let last;
let result;

async function run({ run: name, x }) {
  result?.dispose();
  last = PEERS[name];
  const [start, used] = [performance.now(), process.cpuUsage()];
  result = tf.tidy(() => last.tfjs(tf, tensors.get(x)));
  await result.data();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { seconds, cpu: (user + system) / 1e6 };
}

async function reply(request) {
  if (request.compare)
    return compareResults(await readRaw(request.compare), await result.data(), last.within, {
      width: result.shape[2],
      margin: MARGIN,
    });
  if (!request.load) return run(request);
  const { name, shape } = request.load;
  // Images are batch, height, width, channel.
  tensors.set(name, tf.tensor4d(await readRaw(request.load), [1, ...shape, 1], 'float32'));
  return {};
}

await serve({ version: require('@tensorflow/tfjs-core/package.json').version }, reply);
