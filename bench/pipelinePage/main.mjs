// The nuclei pipeline in a page, from a Zarr by HTTP to the table of all objects: by Tilewise, and by OpenCV.js on the whole
// image. httpPipeline.mjs calls `pipelines`.
import * as zarr from 'zarrita';
import * as tilewise from '../../dist/index.js';
import { nucleiPipeline } from '../nucleiPipeline.mjs';

const sum = (values) => values.reduce((a, b) => a + b, 0);

async function withTilewise(url) {
  tilewise.clearResults();
  const image = (await tilewise.openOmeZarr(url)).level(0);
  const { threshold, table } = await nucleiPipeline(tilewise, image);
  return {
    threshold,
    count: table.length,
    area: sum(table.column('area')),
    sum: sum(table.column('intensity_sum')),
  };
}

/** Otsu's threshold of a 16-bit image: OpenCV's own takes 8 bits. */
function otsu(values) {
  const counts = new Float64Array(65536);
  for (const value of values) counts[value]++;
  let [total, moment] = [0, 0];
  for (let i = 0; i < counts.length; i++) [total, moment] = [total + counts[i], moment + i * counts[i]];
  let [weight, below, best, threshold] = [0, 0, -1, 0];
  for (let i = 0; i < counts.length - 1; i++) {
    weight += counts[i];
    below += i * counts[i];
    if (weight === 0 || weight === total) continue;
    const between = weight * (total - weight) * (below / weight - (moment - below) / (total - weight)) ** 2;
    if (between > best) [best, threshold] = [between, i];
  }
  return threshold;
}

async function withOpenCv(url) {
  const { cv } = globalThis;
  const store = new zarr.FetchStore(url);
  const { data, shape } = await zarr.get(
    await zarr.open.v2(zarr.root(store).resolve('0'), { kind: 'array' }),
  );
  const mats = [];
  const make = (mat) => {
    mats.push(mat);
    return mat;
  };
  try {
    const image = make(new cv.Mat(shape[0], shape[1], cv.CV_16UC1));
    image.data16U.set(data);
    const smooth = make(new cv.Mat());
    cv.GaussianBlur(image, smooth, new cv.Size(17, 17), 2, 2, cv.BORDER_REFLECT);
    const threshold = otsu(smooth.data16U);
    const limit = make(new cv.Mat(shape[0], shape[1], cv.CV_16UC1, new cv.Scalar(threshold)));
    const mask = make(new cv.Mat());
    cv.compare(smooth, limit, mask, cv.CMP_GT);
    const opened = make(new cv.Mat());
    const cross = make(cv.getStructuringElement(cv.MORPH_CROSS, new cv.Size(3, 3)));
    cv.morphologyEx(mask, opened, cv.MORPH_OPEN, cross);
    const [labels, stats, centroids] = [make(new cv.Mat()), make(new cv.Mat()), make(new cv.Mat())];
    const count = cv.connectedComponentsWithStats(opened, labels, stats, centroids, 4, cv.CV_32S) - 1;
    // OpenCV has no intensities by label.
    const [sums, least, most] = [
      new Float64Array(count + 1),
      new Uint16Array(count + 1).fill(65535),
      new Uint16Array(count + 1),
    ];
    const label = labels.data32S;
    for (let i = 0; i < label.length; i++) {
      const k = label[i];
      if (k === 0) continue;
      const value = data[i];
      sums[k] += value;
      if (value < least[k]) least[k] = value;
      if (value > most[k]) most[k] = value;
    }
    let area = 0;
    for (let k = 1; k <= count; k++) area += stats.intAt(k, cv.CC_STAT_AREA);
    return { threshold, count, area, sum: sum(sums.subarray(1)) };
  } finally {
    for (const mat of mats) mat.delete();
  }
}

globalThis.pipelines = {
  async start(workers) {
    tilewise.configure({ workers, device: 'cpu' });
    await tilewise.executorInfo('cpu');
  },
  /** Resolves once OpenCV's WASM runs. */
  async openCv() {
    // A module that looks like a promise that resolves with itself, for ever, is none.
    if (globalThis.cv instanceof Promise) globalThis.cv = await globalThis.cv;
    if (!globalThis.cv.Mat)
      await new Promise((resolve) => Object.assign(globalThis.cv, { onRuntimeInitialized: resolve }));
  },
  async run(side, url) {
    const start = performance.now();
    const result = await (side === 'opencv' ? withOpenCv : withTilewise)(url);
    return { ...result, seconds: (performance.now() - start) / 1000 };
  },
};
