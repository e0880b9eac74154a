// OpenCV.js's side of ../rows.mjs: `node opencvPartner.mjs opencv4`. Requests as scipyPartner.py has them; what runs is
// peerTable.mjs's. Only the operation is timed: Mats are in OpenCV's memory before and after.
import { createRequire } from 'node:module';
import { readRaw } from '../arrays.mjs';
import { serve } from '../partner.mjs';
import { PEERS } from '../peerTable.mjs';

// The module is a promise, or looks like one that resolves with itself, for ever.
const loaded = createRequire(import.meta.url)(process.argv[2]);
const cv = loaded instanceof Promise ? await loaded : loaded;
if (!cv.Mat) await new Promise((resolve) => Object.assign(cv, { onRuntimeInitialized: resolve }));

const mats = new Map();
let last;
let result;

function load({ name, dtype, shape }, data) {
  const types = { float32: cv.CV_32F, uint8: cv.CV_8U, bool: cv.CV_8U };
  const image = new cv.Mat(shape[0], shape[1], types[dtype]);
  (dtype === 'float32' ? image.data32F : image.data).set(data);
  mats.set(name, image);
}

function run(name, operand) {
  result?.delete();
  result = new cv.Mat();
  last = PEERS[name];
  const [start, used] = [performance.now(), process.cpuUsage()];
  last.opencv(cv, mats.get(operand), result);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { seconds, cpu: (user + system) / 1e6 };
}

/** Whether two label images are the same but for the numbering. */
function sameLabels(a, b) {
  const [there, back] = [new Map(), new Map()];
  for (let i = 0; i < a.length; i++) {
    if (there.get(a[i]) === b[i] && back.get(b[i]) === a[i]) continue;
    if (there.has(a[i]) || back.has(b[i]) || (a[i] === 0) !== (b[i] === 0)) return false;
    there.set(a[i], b[i]);
    back.set(b[i], a[i]);
  }
  return true;
}

function compare(actual) {
  if (last.within === 'labels') return sameLabels(actual, result.data32S) ? {} : { fault: 'other labels' };
  const expected = result.type() === cv.CV_32F ? result.data32F : result.data;
  let most = 0;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(actual[i] - expected[i]));
    low = Math.min(low, expected[i]);
    high = Math.max(high, expected[i]);
  }
  const difference = result.type() === cv.CV_32F ? most / (high - low) : most;
  return difference <= last.within ? {} : { fault: `${difference.toExponential(1)} off` };
}

async function reply(request) {
  if (request.load) load(request.load, await readRaw(request.load));
  else if (request.compare) return compare(await readRaw(request.compare));
  else return run(request.run, request.x);
  return {};
}

const version = /OpenCV (\d+\.\d+\.\d+)/.exec(cv.getBuildInformation())?.[1];
await serve({ version }, reply);
