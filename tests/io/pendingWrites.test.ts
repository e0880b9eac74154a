// Writes that go on while tiles are computed.
import { afterEach, describe, expect, it } from 'vitest';
import { configure, fromArray, openZarr, writeZarr } from '../../src/index';
import { PendingWrites } from '../../src/io/pendingWrites';

/** A write that ends when it is told to. */
function heldWrite() {
  let end = () => {};
  let fail = (_: Error) => {};
  const write = () =>
    new Promise<void>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
  return { write, end: () => end(), fail: (error: Error) => fail(error) };
}

/** Lets what is due happen. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('PendingWrites', () => {
  it.each([
    [0, 2],
    [3, 3],
    [100, 8],
  ])('with room for %d, %d are under way at a time', async (affordable, limit) => {
    const writes = new PendingWrites(affordable);
    const held = Array.from({ length: limit + 1 }, heldWrite);
    for (const { write } of held.slice(0, limit)) await writes.add(write);
    let begun = false;
    const last = writes.add(held[limit].write).then(() => {
      begun = true;
    });
    await turn();
    expect(begun).toBe(false);
    held[0].end();
    await last;
    for (const { end } of held) end();
    await writes.settled();
  });

  it('tells a failure to those who wait, to the next one, and at the end, when all have ended', async () => {
    const writes = new PendingWrites(2);
    const [first, second] = [heldWrite(), heldWrite()];
    await writes.add(first.write);
    await writes.add(second.write);
    const waiting = writes.add(() => Promise.resolve());
    first.fail(new Error('disk full'));
    await expect(waiting).rejects.toThrow('disk full');
    await expect(writes.add(() => Promise.resolve())).rejects.toThrow('disk full');
    let ended = false;
    const settled = writes.settled().finally(() => {
      ended = true;
    });
    settled.catch(() => {});
    await turn();
    expect(ended).toBe(false);
    second.end();
    await expect(settled).rejects.toThrow('disk full');
  });
});

describe('a store that is slow', () => {
  afterEach(() => configure({ tileElements: undefined }));

  it('does not hold up the tiles after those it is given', async () => {
    configure({ workers: 0, tileElements: 64 * 64 });
    const image = fromArray(
      Uint16Array.from({ length: 512 * 512 }, (_, i) => i % 60_013),
      { shape: [512, 512], chunks: [64, 64] },
    );
    const written = new Map<string, Uint8Array>();
    let release = () => {};
    const computed = new Promise<void>((resolve) => {
      release = resolve;
    });
    const store = {
      get: async (key: string) => written.get(key),
      async set(key: string, value: Uint8Array) {
        if (key.includes('/c/')) await computed;
        written.set(key, value);
      },
    };
    // Nothing is written before more tiles are done than are computed at a time.
    await writeZarr(image, store, { onProgress: ({ done }) => done >= 6 && release() });
    expect((await (await openZarr(written)).compute()).data).toEqual((await image.compute()).data);
  });
});
