// OpenCV.js's side of ../rows.mjs: `node opencvPartner.mjs opencv4`. Requests as scipyPartner.py has them; what runs is
// peerTable.mjs's. Only the operation is timed: Mats are in OpenCV's memory before and after.
import { createRequire } from 'node:module';
import { readRaw } from '../arrays.mjs';
import { serve } from '../partner.mjs';
import { PEERS } from '../peerTable.mjs';
import { compareResults } from './compare.mjs';

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

const valuesOf = (mat) => ({ [cv.CV_32F]: mat.data32F, [cv.CV_32S]: mat.data32S })[mat.type()] ?? mat.data;

async function reply(request) {
  if (request.load) load(request.load, await readRaw(request.load));
  else if (request.compare)
    return compareResults(await readRaw(request.compare), valuesOf(result), last.within);
  else return run(request.run, request.x);
  return {};
}

const version = /OpenCV (\d+\.\d+\.\d+)/.exec(cv.getBuildInformation())?.[1];
await serve({ version }, reply);
