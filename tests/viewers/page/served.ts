// A computed image at a URL, read by viewers that only take URLs.
import { loadOmeZarr } from '@vivjs/loaders';
import { NgffImage } from 'ome-zarr.js';
import { type ServedStore, serveStore } from 'tilewise/adapters/service-worker';
import { virtualZarr } from 'tilewise/adapters/virtual-zarr';
import * as zarr from 'zarrita';
import { omeChannels, pending } from './image';
import { image, option } from './shared';

if (option('register') !== 'no') await navigator.serviceWorker.register('./sw.js', { type: 'module' });

let served: ServedStore;

const page = {
  async serve(name?: string) {
    served = await serveStore(virtualZarr(image, { channels: omeChannels }), { name });
    return served.url;
  },
  /** A store with `get` alone. */
  async servePlain() {
    const ramp = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    const { url } = await serveStore({
      async get(key) {
        if (key === '/broken') throw new Error('the disk is on fire');
        return key === '/ramp' ? ramp : undefined;
      },
    });
    return url;
  },
  close: () => served.close(),
  async request(url: string, init?: RequestInit) {
    const response = await fetch(url, init);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: Object.fromEntries(response.headers), bytes: [...bytes] };
  },
  async zarrita(url: string, level: number) {
    const store = new zarr.FetchStore(url);
    const array = await zarr.open(new zarr.Location(store, `/${level}`), { kind: 'array' });
    return Array.from((await zarr.get(array)).data as Uint16Array);
  },
  async viv(url: string, c: number) {
    const { data } = await loadOmeZarr(url, { type: 'multiscales' });
    const tile = await data[0].getTile({ x: 1, y: 1, selection: { c } });
    return Array.from(tile.data);
  },
  async omeZarr(url: string) {
    const { data, width, height } = await (await NgffImage.load(url)).renderRgba({ arrayPathOrIndex: 2 });
    return { data: Array.from(data), width, height };
  },
  /** Leaves before the chunk is there. */
  async abort(url: string) {
    const controller = new AbortController();
    const fetching = fetch(`${url}/0/c/0/0/0`, { signal: controller.signal });
    while (pending.started === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(new Error('left'));
    return fetching.then((response) => response.arrayBuffer()).catch((error: Error) => error.message);
  },
};

export type ServedPage = typeof page;

Object.assign(globalThis, { page, pending });
document.title = 'ready';
