// Elements of a rank in large windows, by histograms of windows that go down columns.
import type { GpuContext } from '../../core/op';
import { rowTarget, wordCount } from './wgsl';
import { type GpuTaps, keysHeader, windowArguments } from './windowPlace';

/** Rows that an invocation goes down: each column begins with the whole window. */
const ROWS = 32;
/** The axis of rows. */
const AXIS = 2;
const BINS = 256;
export function slidingRankGpu(context: GpuContext, window: GpuTaps): void {
  const { dtype, offsets, outputShape } = window;
  const { output, aligned } = rowTarget(context, window.output);
  const [planes, height, width] = [outputShape[0] * outputShape[1], outputShape[2], outputShape[3]];
  const bits = offsets.length / 4 < 256 ? 8 : 16;
  context.dispatch({
    shader: 'windowRank',
    header: `${keysHeader(dtype)}
const ROWS = ${ROWS}u;
const BINS = ${BINS}u;
const COUNT_BITS = ${bits}u;
${laneOutput(4, aligned)}`,
    ...windowArguments(context, window, output, windowEdges(offsets)),
    invocations: planes * wordCount(dtype, width) * Math.ceil(height / ROWS),
  });
}

/** `putLane(element, lane, bits)`: an element of the word from `element` on; invocations own words, if rows begin with one. */
function laneOutput(binding: number, aligned: boolean): string {
  const declare = (type: string) =>
    `@group(0) @binding(${binding}) var<storage, read_write> output: array<${type}>;`;
  if (aligned)
    return `${declare('u32')}
fn putLane(element: u32, lane: u32, bits: u32) {
  output[element / LANES] = insertBits(output[element / LANES], bits, lane * BITS, BITS);
}`;
  return `${declare('atomic<u32>')}
fn putLane(element: u32, lane: u32, bits: u32) {
  let at = element + lane;
  atomicOr(&output[at / LANES], (bits & (0xffffffffu >> (32u - BITS))) << (at % LANES * BITS));
}`;
}

/** What enters a window that goes down a row, and what leaves it: coordinates from the corners of these windows. */
function windowEdges(offsets: Int32Array): Int32Array[] {
  const key = (i: number, step: number) =>
    [...offsets.subarray(i, i + 4)].map((at, axis) => (axis === AXIS ? at + step : at)).join();
  const starts = Array.from({ length: offsets.length / 4 }, (_, i) => 4 * i);
  const all = new Set(starts.map((i) => key(i, 0)));
  return [1, -1].map((step) =>
    Int32Array.from(
      starts.filter((i) => !all.has(key(i, step))).flatMap((i) => [...offsets.subarray(i, i + 4)]),
    ),
  );
}
