// A computed image as an OME-Zarr store, read by other people's readers.
import { loadOmeZarrFromStore } from '@vivjs/loaders';
import { NgffImage } from 'ome-zarr.js';
import { virtualZarr } from 'tilewise/adapters/virtual-zarr';
import * as zarr from 'zarrita';
import { omeChannels, pending } from './image';
import { image } from './shared';

const store = virtualZarr(image, { channels: omeChannels });

type VivStore = Parameters<typeof loadOmeZarrFromStore>[0];

const readers = {
  /** A level, whole. */
  async zarrita(level: number) {
    const array = await zarr.open(new zarr.Location(store, `/${level}`), { kind: 'array' });
    const { data, shape } = await zarr.get(array);
    return { data: Array.from(data as Uint16Array), shape };
  },
  /** Viv's loader: a tile of a level. */
  async viv(level: number, c: number, x: number, y: number) {
    const { data } = await loadOmeZarrFromStore(store as unknown as VivStore);
    const tile = await data[level].getTile({ x, y, selection: { c } });
    return {
      labels: data[level].labels,
      shapes: data.map(({ shape }) => shape),
      dtype: data[level].dtype,
      width: tile.width,
      height: tile.height,
      data: Array.from(tile.data),
    };
  },
  /** ome-zarr.js: a level, coloured. */
  async omeZarr(level: number) {
    const image = await NgffImage.load(store as never);
    const { data, width, height } = await image.renderRgba({ arrayPathOrIndex: level });
    return { data: Array.from(data), width, height, version: image.getVersion() };
  },
  /** zarrita, leaving before the chunk is there. */
  async abort() {
    const array = await zarr.open(new zarr.Location(store, '/0'), { kind: 'array' });
    const controller = new AbortController();
    const reading = zarr.get(array, [0, zarr.slice(0, 10), zarr.slice(0, 10)], { signal: controller.signal });
    while (pending.started === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(new Error('left'));
    const message = await reading.catch((error: Error) => error.message);
    return { message, ...pending };
  },
};

export type Readers = typeof readers;

Object.assign(globalThis, { readers });
document.title = 'ready';
