// What the pages of the viewers have in common: the image, and the handle that the tests hold.
import { configure } from 'tilewise';
import TilewiseWorker from 'tilewise/worker?worker';
import { levels, pending, pendingLevels } from './image';

configure({ createWorker: () => new TilewiseWorker(), workers: 2, device: 'cpu' });

const query = new URLSearchParams(location.search);

export const option = (name: string): string | null => query.get(name);

/** `?image=pending`: one that never comes. */
export const image = option('image') === 'pending' ? pendingLevels() : levels();

export interface Handle {
  /** Centres the view on a pixel of the full resolution; zoom 0 shows it 1:1, -1 at half the size. */
  show(x: number, y: number, zoom: number): void;
}

/** Offers the viewer to the test. */
export function ready(handle: Handle): void {
  Object.assign(globalThis, { viewer: handle, pending });
  document.title = 'ready';
}
