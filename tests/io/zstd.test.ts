// zstd: where code may not be made of strings, as under a strict content security policy (Node has a switch for it), and all
// kinds of frames.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as zarr from 'zarrita';
import { fromArray, gaussianFilter } from '../../src/index';
import { decodeZstd, encodeZstd } from '../../src/io/zstd';

const SCRIPT = `
  import { disposeExecutors, fromArray, gaussianFilter, openZarr, writeZarr } from 'tilewise';
  let evaluates = true;
  try { new Function(''); } catch { evaluates = false; }
  const image = fromArray(Uint16Array.from({ length: 300 * 400 }, (_, i) => i % 5003), { shape: [300, 400] });
  const store = new Map();
  const target = { get: (key) => store.get(key), set: (key, value) => { store.set(key, value); } };
  await writeZarr(gaussianFilter(image, 2).rechunk([300, 400]), target);
  const { data } = await (await openZarr(target)).compute();
  const chunk = [...store].find(([key]) => key.includes('/c/'))[1];
  console.log(JSON.stringify({ evaluates, chunk: Buffer.from(chunk).toString('base64'), data: [...data] }));
  disposeExecutors();`;

const run = (...flags: string[]) =>
  promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', SCRIPT], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    maxBuffer: 1e8,
  });

test('chunks are written and read without it; other software reads them', async () => {
  const image = fromArray(
    Uint16Array.from({ length: 300 * 400 }, (_, i) => i % 5003),
    { shape: [300, 400] },
  );
  const expected = (await gaussianFilter(image, 2).compute()).data as Uint16Array;
  const { stdout } = await run('--disallow-code-generation-from-strings');
  const { evaluates, chunk, data } = JSON.parse(stdout);
  expect(evaluates).toBe(false);
  expect(data).toEqual([...expected]);
  const frame = new Uint8Array(Buffer.from(chunk, 'base64'));
  // numcodecs' libzstd, as zarrita uses it.
  const Zstd = (await zarr.registry.get('zstd')!()) as unknown as {
    fromConfig(configuration: object): { decode(bytes: Uint8Array): Promise<Uint8Array> };
  };
  const decoded = await Zstd.fromConfig({}).decode(frame);
  expect([...new Uint16Array(decoded.slice().buffer)]).toEqual([...expected]);
});

const text = (value: string) => new TextEncoder().encode(value);
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** A frame of one block as it is (RFC 8878), which does not tell its length. */
const untold = (bytes: Uint8Array) => {
  const header = (bytes.length << 3) | 1;
  return join(
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58),
    Uint8Array.of(header & 255, (header >> 8) & 255, header >> 16),
    bytes,
  );
};

test.each([1, 3, 19])('what is written at level %d is read', async (level) => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 7);
  const frame = await encodeZstd(bytes, level);
  expect(frame.length).toBeLessThan(bytes.length);
  expect(Buffer.from(await decodeZstd(frame)).equals(bytes)).toBe(true);
});

test('shared memory, no bytes, several frames, frames that do not tell their length', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(5000)).fill(7);
  expect(await decodeZstd(await encodeZstd(shared, 1))).toEqual(new Uint8Array(5000).fill(7));
  expect(await decodeZstd(await encodeZstd(new Uint8Array(0), 1))).toEqual(new Uint8Array(0));
  const frames = join(await encodeZstd(text('one'), 1), await encodeZstd(text('and two'), 1));
  expect(await decodeZstd(frames)).toEqual(text('oneand two'));
  const long = new Uint8Array(100_000).fill(3);
  expect(await decodeZstd(join(untold(text('x')), await encodeZstd(long, 1)))).toEqual(join(text('x'), long));
});

test('what is no whole frame is an error that says so', async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 5);
  const frame = await encodeZstd(bytes, 1);
  await expect(decodeZstd(frame.subarray(0, frame.length - 3))).rejects.toThrow('truncated');
  await expect(decodeZstd(new Uint8Array(0))).rejects.toThrow('no data');
  await expect(decodeZstd(text('not a frame at all'))).rejects.toThrow('not a zstd frame');
  const broken = frame.slice();
  // The first block's kind: the one that is reserved.
  broken[7] |= 6;
  await expect(decodeZstd(broken)).rejects.toThrow('corrupt data');
  // And goes on well.
  expect(await decodeZstd(frame)).toEqual(bytes);
});
