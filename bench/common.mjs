// Shared by the benchmarks.
import { fileURLToPath } from 'node:url';
import * as tilewise from '../dist/index.js';
import { ensureSample } from '../scripts/sample.mjs';

const CACHE = fileURLToPath(new URL('../.cache/bench/', import.meta.url));

/** Path of the sample of a size, made once. */
export const openSample = (size, channels) => ensureSample(`${CACHE}${size}`, { size, channels });

/** smooth -> Otsu -> opening -> label. */
export async function nucleiLabels(image) {
  const smooth = tilewise.gaussianFilter(image, 2);
  const threshold = await tilewise.thresholdOtsu(smooth);
  return { threshold, ...tilewise.label(tilewise.binaryOpening(smooth.gt(threshold))) };
}

/** The same, and the table of all objects. */
export async function nucleiPipeline(image) {
  const { threshold, labels } = await nucleiLabels(image);
  return { threshold, labels, table: await tilewise.regionTable(image, { labelImage: labels }) };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
