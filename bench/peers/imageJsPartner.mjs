// image-js's side of ../rows.mjs: requests as scipyPartner.py has them; what runs is peerTable.mjs's.
import { readFile } from 'node:fs/promises';
import * as imageJs from 'image-js';
import { readRaw } from '../arrays.mjs';
import { serve } from '../partner.mjs';
import { PEERS } from '../peerTable.mjs';
import { compareResults } from './compare.mjs';

const images = new Map();
let last;
let result;

function load({ name, dtype, shape: [height, width] }, data) {
  const { Image, Mask } = imageJs;
  if (dtype === 'bool') images.set(name, new Mask(width, height, { data }));
  else images.set(name, new Image(width, height, { data, colorModel: 'GREY' }));
}

async function reply({ load: array, compare, run, x }) {
  if (array) load(array, await readRaw(array));
  else if (compare) return compareResults(await readRaw(compare), result, last.within);
  else {
    last = PEERS[run];
    const [start, used] = [performance.now(), process.cpuUsage()];
    result = last.imageJs(imageJs, images.get(x));
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(used);
    return { seconds, cpu: (user + system) / 1e6 };
  }
  return {};
}

await serve(
  {
    version: JSON.parse(await readFile(new URL('node_modules/image-js/package.json', import.meta.url)))
      .version,
  },
  reply,
);
