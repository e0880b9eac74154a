// A computed image in vizarr, which takes URLs. It is on npm as Galaxy's plugin only: one file that holds what it
// depends on (so the package's overrides leave that out), and finds the URL by way of an attribute and Galaxy's API.
import { serveStore } from 'tilewise/adapters/service-worker';
import { virtualZarr } from 'tilewise/adapters/virtual-zarr';
import { omeChannels } from './image';
import { image } from './shared';

await navigator.serviceWorker.register('./sw.js', { type: 'module' });
const { url } = await serveStore(virtualZarr(image, { channels: omeChannels }));
/** What Galaxy would answer; the path that vizarr appends goes into the fragment. */
const dataset = { name: 'computed', state: 'deferred', sources: [{ source_uri: url }] };
const root = `data:application/json,${encodeURIComponent(JSON.stringify(dataset))}#`;
const incoming = { root, visualization_config: { dataset_id: 'computed' } };
document.querySelector('#app')!.setAttribute('data-incoming', JSON.stringify(incoming));

const script = document.createElement('script');
script.type = 'module';
script.src = './vizarr.js';
document.head.append(script);
document.title = 'ready';
