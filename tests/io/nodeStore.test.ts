import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTilewiseError } from '../../src/core/errors';
import { NodeStore, openLocation } from '../../src/io/nodeStore';
import { openZarrSource } from '../../src/io/openZarr';
import { createZarrWriter } from '../../src/io/writeZarr';
import { shardedFixture } from './helpers';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tilewise-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('NodeStore', () => {
  it('writes whole files and reads them back', async () => {
    const root = join(folder, 'a.zarr');
    const writer = await createZarrWriter(new NodeStore(root), {
      path: '0',
      shape: [4],
      chunks: [2],
      dtype: 'uint16',
    });
    await writer.writeChunk([1], Uint16Array.of(5, 6));
    expect((await readdir(join(root, '0', 'c'))).sort()).toEqual(['1']);
    for (const location of [root, pathToFileURL(root).href]) {
      const source = await openZarrSource(openLocation(location), { path: '0' });
      expect(source.key).toMatch(/a\.zarr#\d+\/0$/);
      expect(await source.readChunk([1])).toEqual(Uint16Array.of(5, 6));
      expect(await source.readChunk([0])).toEqual(Uint16Array.of(0, 0));
    }
  });

  it('reads shards by ranges', async () => {
    const store = new NodeStore(join(folder, 'sharded'));
    for (const [key, bytes] of shardedFixture()) await store.set(key as '/', bytes);
    const source = await openZarrSource(store);
    expect(await source.readChunk([1, 1])).toEqual(Uint8Array.of(22, 23, 32, 33));
    expect(await store.getRange('/zarr.json', { offset: 0, length: 1 })).toEqual(Uint8Array.of(123));
    expect(await store.getRange('/none', { offset: 0, length: 1 })).toBeUndefined();
  });

  it('throws typed errors', async () => {
    expect(() => openLocation(join(folder, 'missing'))).toThrow('missing: no such file or directory');
    expect(() => openLocation(' ')).toThrow('location: expected a URL or a path');
    expect(openLocation('https://example.org/a.zarr')).toBe('https://example.org/a.zarr');
    await writeFile(join(folder, 'file'), 'x');
    const error = await new NodeStore(join(folder, 'file')).set('/a', new Uint8Array(1)).catch((e) => e);
    expect(isTilewiseError(error, 'WriteError')).toBe(true);
    const notZarr = await openZarrSource(openLocation(join(folder, 'file'))).catch((e) => e);
    expect(isTilewiseError(notZarr, 'NotFoundError')).toBe(true);
    await expect(new NodeStore(folder).get('/file', { signal: AbortSignal.abort('no') })).rejects.toBe('no');
  });
});
