// What docs/conformance.md is made of: every conformance test tells what it compared and how far off the result was.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, expect } from 'vitest';
import { collectGlobals } from '../../src/exec/globals';
import { gpuRefusal } from '../../src/exec/tileRunner';
import * as tilewise from '../../src/index';
import { topologicalOrder } from '../../src/plan/plan';
import type { GoldenCase } from './golden';

/** One comparison with SciPy. */
export interface Comparison {
  /** Public name of the function. */
  readonly function: string;
  /** dtype of the (first) input. */
  readonly dtype: string;
  /** Boundary mode; leave it out where the function has none or the default was used. */
  readonly mode?: string;
  readonly executor: tilewise.DeviceChoice;
  /** What `expectWithinContract` returns: relative to the range for floats, absolute otherwise; 0 for exact results. */
  readonly error: number;
  /** The lazy result, to tell the GPU's work from what it left to the CPU. */
  readonly result?: tilewise.LazyArray;
}

/** A row of the log: all comparisons of one function, dtype, mode and executor in one test file. */
export interface ConformanceRow {
  readonly module: string;
  readonly function: string;
  readonly dtype: string;
  readonly mode: string;
  readonly executor: string;
  /** Results compared, each chunking on its own. */
  cases: number;
  error: number;
  /** Those of the cases that the GPU left to the CPU. */
  onCpu: number;
}

/** Where test files leave their rows for scripts/conformance.ts. */
export const CONFORMANCE_LOG = new URL('../../build/conformance/', import.meta.url);

const rows = new Map<string, ConformanceRow>();

/** Adds one comparison that passed. Call it after the assertion: what fails has no row, and no tick. */
export function recordConformance(comparison: Comparison): void {
  const { function: name, dtype, executor, error, result } = comparison;
  const mode = comparison.mode ?? '';
  const key = [name, dtype, mode, executor].join('/');
  const row = rows.get(key) ?? {
    ...{ module: moduleOf(name), function: name, dtype, mode, executor, cases: 0, error: 0, onCpu: 0 },
  };
  row.cases++;
  row.error = Math.max(row.error, error);
  if (executor === 'gpu' && result && isRefused(result)) row.onCpu++;
  rows.set(key, row);
}

/** {@link recordConformance} of a golden case: function, dtype and mode are the case's. */
export function recordGolden(
  c: GoldenCase,
  executor: tilewise.DeviceChoice,
  error: number,
  result?: tilewise.LazyArray,
): void {
  const { mode } = c.args;
  recordConformance({
    function: c.function,
    dtype: c.inputs[0].dtype,
    mode: Array.isArray(mode) ? 'per axis' : (mode as string | undefined),
    executor,
    error,
    result,
  });
}

/** Functions that read files. */
const READERS = ['imread', 'openTiff'];

/** The dask-image module that exports a function; others are LazyArray's own. */
function moduleOf(name: string): string {
  if (READERS.includes(name)) return 'readers';
  const modules = Object.entries(tilewise).filter(([, value]) => typeof value === 'object');
  return modules.find(([, module]) => Object.hasOwn(module as object, name))?.[0] ?? 'LazyArray';
}

function isRefused({ node }: tilewise.LazyArray): boolean {
  return gpuRefusal(topologicalOrder([node, ...collectGlobals([node]).values()])) !== undefined;
}

afterAll(() => {
  if (rows.size === 0) return;
  mkdirSync(CONFORMANCE_LOG, { recursive: true });
  const file = basename(expect.getState().testPath ?? 'unknown').replace(/\.test\.ts$/, '.json');
  writeFileSync(new URL(file, CONFORMANCE_LOG), JSON.stringify([...rows.values()]));
});
