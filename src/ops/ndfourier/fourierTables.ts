// Plans as the WASM kernel reads them: a list of numbers and one table of complex factors.
import { LRUCache } from 'lru-cache';
import { fourierPlan, rootsOf } from './fourierPlan';

/** CpuKernels.fourier's `plan` and `tables`, and the elements that its buffers take. */
export interface FourierTables {
  readonly plan: Int32Array;
  readonly tables: Float32Array | Float64Array;
  readonly bufferLength: number;
}

const cache = new LRUCache<string, FourierTables>({ max: 16 });

/** Tables for lines of `length`; of real ones of even length, whose elements are transformed in pairs, if `real`. */
export function fourierTables(length: number, real: boolean, single: boolean): FourierTables {
  const key = `${length} ${real} ${single}`;
  const known = cache.get(key);
  if (known) return known;
  const made = makeTables(length, real && length % 2 === 0, single);
  cache.set(key, made);
  return made;
}

/** Elements that the kernel leaves free after each piece that a pass writes. */
const GAP = 4;

/** Radices whose passes the kernel has written out; others read their roots. */
const WRITTEN_OUT = [2, 3, 4, 5, 8];

function makeTables(length: number, paired: boolean, single: boolean): FourierTables {
  const plan = fourierPlan(paired ? length / 2 : length);
  const parts: Float64Array[] = [];
  let size = 0;
  const add = (part: Float64Array): number => {
    parts.push(part);
    size += part.length;
    return size - part.length;
  };
  for (const { radix, twiddles } of plan.passes) {
    if (!WRITTEN_OUT.includes(radix)) add(rootsOf(radix).map((v, i) => (i % 2 ? -v : v)));
    add(twiddles);
  }
  const chirp = plan.convolution ? add(plan.convolution.chirp) : 0;
  const filter = plan.convolution ? add(plan.convolution.filter) : 0;
  const turns = paired ? add(rootsOf(length, (length >> 2) + 1)) : 0;
  const tables = new (single ? Float32Array : Float64Array)(size);
  let at = 0;
  for (const part of parts) {
    tables.set(part, at);
    at += part.length;
  }
  const convolved = plan.convolution?.length ?? 0;
  const radices = plan.passes.map(({ radix }) => radix);
  return {
    plan: Int32Array.of(plan.length, convolved, radices.length, chirp, filter, turns, ...radices),
    tables,
    bufferLength: Math.max(plan.length + 1, convolved) + GAP * Math.max(0, ...radices),
  };
}
