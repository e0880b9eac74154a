// Abort: prompt, with the signal's reason, at every await of a computation, and never at somebody else's cost.
import { describe, expect, test } from 'vitest';
import type { Source } from '../src/core/source';
import {
  binaryOpening,
  fromSource,
  gaussianFilter,
  type LazyArray,
  label,
  regionTable,
  thresholdOtsu,
} from '../src/index';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

/** A source whose reads wait for `gate`. */
function gatedSource(onRead: (n: number) => Promise<void> | void): Source & { reads: number } {
  const shape = [96, 96];
  const source = {
    key: `gated-${Math.random()}`,
    shape,
    dtype: 'uint8' as const,
    chunks: [32, 32],
    dimensionNames: ['y', 'x'],
    reads: 0,
    async readChunk([row, column]: readonly number[], { signal }: { signal?: AbortSignal } = {}) {
      await onRead(source.reads++);
      signal?.throwIfAborted();
      return Uint8Array.from({ length: 32 * 32 }, (_, i) => (((i >> 7) + row + column) % 2) * 200);
    },
  };
  return source;
}

const build = (image: LazyArray) => label(binaryOpening(gaussianFilter(image, 1).gt(90))).labels;

describe.each(EXECUTORS)('on %s', (device) => {
  test('rejects at once when the signal is aborted already', async () => {
    const image = fromSource(gatedSource(() => {}));
    const signal = AbortSignal.abort(new Error('not now'));
    await expect(build(image).compute({ signal, device })).rejects.toThrow('not now');
    await expect(thresholdOtsu(image, { signal, device })).rejects.toThrow('not now');
    await expect(regionTable(image, { labelImage: image, signal, device })).rejects.toThrow('not now');
    await expect(image.blocks({ signal, device }).next()).rejects.toThrow('not now');
    await expect(image.persist({ signal, device })).rejects.toThrow('not now');
  });

  test('rejects promptly while a read hangs, and a later call works', async () => {
    let hang = true;
    const image = fromSource(gatedSource(() => (hang ? new Promise(() => {}) : undefined)));
    for (const call of [
      (signal: AbortSignal) => build(image).compute({ signal, device }),
      (signal: AbortSignal) => thresholdOtsu(image, { signal, device }),
      (signal: AbortSignal) => image.sum().item({ signal, device }),
      (signal: AbortSignal) => image.blocks({ signal, device }).next(),
    ]) {
      const controller = new AbortController();
      const started = performance.now();
      const result = call(controller.signal);
      setTimeout(() => controller.abort(new Error('stop')), 20);
      await expect(result).rejects.toThrow('stop');
      expect(performance.now() - started).toBeLessThan(2000);
    }
    hang = false;
    expect((await build(image).compute({ device })).shape).toEqual([96, 96]);
  });

  test('at any moment of a computation', async () => {
    const expected = (await build(fromSource(gatedSource(() => {}))).compute({ device })).data;
    for (const at of [0, 1, 3, 8, 9, 12, 17]) {
      const controller = new AbortController();
      const image = fromSource(
        gatedSource((n) => {
          if (n === at) controller.abort(new Error(`aborted at read ${at}`));
        }),
      );
      await expect(build(image).compute({ signal: controller.signal, device })).rejects.toThrow(
        `aborted at read ${at}`,
      );
      expect((await build(image).compute({ device })).data).toEqual(expected);
    }
  });

  test('one caller leaving a shared pass does not disturb the other', async () => {
    const controller = new AbortController();
    const gates: (() => void)[] = [];
    const source = gatedSource(() => new Promise<void>((open) => gates.push(open)));
    const image = fromSource(source);
    const first = image.sum().item({ signal: controller.signal, device });
    const second = image.sum().item({ device });
    const rejected = expect(first).rejects.toThrow('left');
    await expect.poll(() => gates.length).toBeGreaterThan(0);
    controller.abort(new Error('left'));
    await rejected;
    const opener = setInterval(() => gates.splice(0).forEach((open) => void open()), 5);
    expect(await second).toBe(BigInt(9 * 200 * 512));
    clearInterval(opener);
    expect(source.reads).toBe(9);
  });

  test('leaving a loop over blocks cancels the rest', async () => {
    const source = gatedSource(() => {});
    const big = { ...source, shape: [32 * 40, 32], readChunk: source.readChunk };
    let seen = 0;
    for await (const block of fromSource(big).blocks({ device })) {
      expect(block.shape).toEqual([32, 32]);
      if (++seen === 2) break;
    }
    const reads = source.reads;
    expect(reads).toBeLessThan(40);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.reads).toBe(reads);
  });
});
