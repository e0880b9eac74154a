// Tilewise's side of rows.mjs: `node tilewisePartner.mjs <workers>`. Requests as scipyPartner.py has them; a run of
// `{ run: name, x, c, save: file }` writes its result where asked.
import * as tilewise from '../dist/index.js';
import { readRaw, writeRaw } from './arrays.mjs';
import { FUNCTIONS } from './functionTable.mjs';
import { serve } from './partner.mjs';
import { PEERS } from './peerTable.mjs';
import { resultMemory } from './resultMemory.mjs';

const workers = Number(process.argv[2]);
tilewise.configure({ workers, device: 'cpu' });
// Starting workers is no part of any function.
await tilewise.executorInfo('cpu');

const ROWS = { ...FUNCTIONS, ...PEERS };
const arrays = new Map();
const resultOf = resultMemory();

async function reply(request) {
  if (request.load) {
    const { name, dtype, shape } = request.load;
    arrays.set(name, tilewise.fromArray(await readRaw(request.load), { dtype, shape }));
    return {};
  }
  tilewise.clearResults();
  const [start, used] = [performance.now(), process.cpuUsage()];
  const made = await ROWS[request.run].tilewise(tilewise, arrays.get(request.x), arrays.get(request.c));
  const { data, dtype, shape } = await made.compute({ out: resultOf(made) });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  if (request.save) await writeRaw(request.save, data);
  return { seconds, cpu: (user + system) / 1e6, dtype, shape };
}

await serve({ version: workers }, reply);
tilewise.disposeExecutors();
