// Tilewise's side of ../rows.mjs in a browser: chromiumPartner.mjs calls `bench.load` and `bench.run`.
import * as tilewise from '../../dist/index.js';
import { FUNCTIONS } from '../functionTable.mjs';
import { PEERS } from '../peerTable.mjs';
import { resultMemory } from '../resultMemory.mjs';
import { TYPES } from '../types.mjs';

const ROWS = { ...FUNCTIONS, ...PEERS };
const arrays = new Map();
const resultOf = resultMemory();

globalThis.bench = {
  async start(workers) {
    tilewise.configure({ workers, device: 'cpu' });
    const { reason } = await tilewise.executorInfo('cpu');
    return reason;
  },
  async load({ name, dtype, shape, url }) {
    const bytes = await (await fetch(url)).arrayBuffer();
    arrays.set(name, tilewise.fromArray(new TYPES[dtype](bytes), { dtype, shape }));
  },
  async run({ run, x, c, save }) {
    tilewise.clearResults();
    const start = performance.now();
    const made = await ROWS[run].tilewise(tilewise, arrays.get(x), arrays.get(c));
    const { data, dtype, shape } = await made.compute({ out: resultOf(made) });
    const seconds = (performance.now() - start) / 1000;
    if (save) await fetch('/result', { method: 'PUT', body: data.slice() });
    return { seconds, dtype, shape };
  },
};
