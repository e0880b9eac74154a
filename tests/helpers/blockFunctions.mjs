// Functions for the workers to import: see tests/mapBlocks.test.ts.
import { isMainThread } from 'node:worker_threads';

/** Twice the values. */
export default function double({ data }) {
  return data.map((v) => 2 * v);
}

export function add([a, b]) {
  return a.data.map((v, i) => v + b.data[i]);
}

/** 1 where this runs in a worker. */
export function inWorker(_block, { shape }) {
  return new Uint8Array(shape.reduce((a, b) => a * b, 1)).fill(isMainThread ? 0 : 1);
}

export async function fail() {
  throw new RangeError('worker says no');
}

export const notAFunction = 1;
