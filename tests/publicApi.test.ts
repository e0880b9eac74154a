// The whole public surface, so that nothing is exported by accident.
import { expect, test } from 'vitest';
import * as deckgl from '../src/adapters/deckgl';
import * as openseadragon from '../src/adapters/openseadragon';
import * as serviceWorker from '../src/adapters/serviceWorker';
import * as serviceWorkerScript from '../src/adapters/serviceWorkerScript';
import * as virtualZarr from '../src/adapters/virtualZarr';
import * as viv from '../src/adapters/viv';
import * as imread from '../src/imread';
import * as tilewise from '../src/index';
import * as ndfilters from '../src/ndfilters';
import * as ndfourier from '../src/ndfourier';
import * as ndinterp from '../src/ndinterp';
import * as ndmeasure from '../src/ndmeasure';
import * as ndmorph from '../src/ndmorph';
import * as node from '../src/node';

test('the names that each entry exports', () => {
  const names = (module: object) => Object.keys(module).sort();
  expect({
    tilewise: names(tilewise),
    imread: names(imread),
    ndfilters: names(ndfilters),
    ndfourier: names(ndfourier),
    ndinterp: names(ndinterp),
    ndmorph: names(ndmorph),
    ndmeasure: names(ndmeasure),
    node: names(node),
    adapters: [deckgl, openseadragon, serviceWorker, serviceWorkerScript, virtualZarr, viv].map(names),
  }).toMatchSnapshot();
});

test('every name of a module is exported by the root too', () => {
  for (const module of [ndfilters, ndfourier, ndinterp, ndmorph, ndmeasure])
    for (const name of Object.keys(module)) expect(tilewise).toHaveProperty(name);
});
