import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromArray, openZarr, writeZarr } from 'tilewise';
import { NodeStore } from 'tilewise/node';

const folder = await mkdtemp(join(tmpdir(), 'tilewise-'));
const image = fromArray(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3] });
await writeZarr(image.add(1), new NodeStore(folder));

const again = await openZarr(new NodeStore(folder));
console.log((await again.compute()).data); // Float32Array(6) [ 2, 3, 4, 5, 6, 7 ]
await rm(folder, { recursive: true });
