// Which executors tests run on, and in which chunkings.
import { afterAll, beforeAll, expect } from 'vitest';
import { type DeviceChoice, onExecutorEvent } from '../../src/index';
import { findTestGpu } from './gpu';

const gpu = await findTestGpu();

// The library finds a GPU the way it does in a page.
if (typeof gpu !== 'string' && !globalThis.navigator)
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
else if (typeof gpu !== 'string') Object.assign(globalThis.navigator, { gpu });

/** The executors that exist here. */
export const EXECUTORS: readonly DeviceChoice[] = typeof gpu === 'string' ? ['cpu'] : ['cpu', 'gpu'];

/** Whole, uneven halves, and chunks smaller than most halos. */
export const chunkings = (shape: readonly number[]): number[][] => [
  [...shape],
  shape.map((n) => Math.max(1, Math.ceil(n / 2) - 1)),
  shape.map((n) => Math.max(1, Math.min(n, 5))),
];

/** Makes a test file fail where some executor gave up and another one did its work: right results do not show that. */
export function expectNoFallback(): void {
  const messages: string[] = [];
  let stop = () => {};
  beforeAll(() => {
    stop = onExecutorEvent((event) => {
      if (event.kind === 'fallback') messages.push(event.message);
    });
  });
  afterAll(() => {
    stop();
    expect([...new Set(messages)]).toEqual([]);
  });
}
