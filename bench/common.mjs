// Shared by the benchmarks.
import { fileURLToPath } from 'node:url';
import { ensureSample } from '../scripts/sample.mjs';

const CACHE = fileURLToPath(new URL('../.cache/bench/', import.meta.url));

/** Path of the sample of a size, made once. */
export const openSample = (size, channels) => ensureSample(`${CACHE}${size}`, { size, channels });

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
