// The computed image that all viewers show, the same in Node and in the pages.
import { fromArray, fromSource, gaussianFilter, type Layer, type LazyArray } from '../../../src/index';

export const HEIGHT = 500;
export const WIDTH = 620;
/** Size of a viewer in the page. */
export const VIEW = { width: 300, height: 256 };
/** Side of a viewer's tiles. */
export const TILE = 128;

export const CHANNELS: { color: string; window: [start: number, end: number] }[] = [
  { color: 'FF4020', window: [150, 850] },
  { color: '20A0FF', window: [200, 800] },
];

/** Resolutions of (c, y, x), smoothed; nothing is computed yet. */
export function levels(): LazyArray[] {
  const plane = HEIGHT * WIDTH;
  const values = Uint16Array.from({ length: 2 * plane }, (_, i) => {
    const [c, y, x] = [Math.floor(i / plane), Math.floor((i % plane) / WIDTH), i % WIDTH];
    const wave = c === 0 ? Math.sin(x / 23) * Math.cos(y / 17) : Math.sin((x + y) / 31);
    return 500 + 300 * wave + ((i * 7919) % 211);
  });
  const image = fromArray(values, {
    shape: [2, HEIGHT, WIDTH],
    chunks: [1, TILE, TILE],
    dimensionNames: ['c', 'y', 'x'],
  });
  const full = gaussianFilter(image, [0, 1.5, 1.5]);
  const half = everySecond(full);
  return [full, half, everySecond(half)];
}

const everySecond = (image: LazyArray): LazyArray =>
  image.select({ y: [0, image.shape[1], 2], x: [0, image.shape[2], 2] });

/** One level's channels, as the pictures composite them. */
export const layersOf = (level: LazyArray): Layer[] =>
  CHANNELS.map((display, c) => ({ image: level.select({ c }), ...display }));

/** Chunks of the image below that are being computed, and that were given up. */
export const pending = { started: 0, aborted: 0 };

/** Resolutions whose chunks never come: reading them ends by an abort alone. */
export function pendingLevels(): LazyArray[] {
  const level = (shape: number[]) =>
    fromSource({
      key: `pending-${shape}`,
      shape,
      chunks: [1, TILE, TILE],
      dtype: 'uint16',
      dimensionNames: ['c', 'y', 'x'],
      readChunk: (_index, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          pending.started++;
          signal?.addEventListener('abort', () => {
            pending.aborted++;
            reject(signal.reason);
          });
        }),
    });
  return [level([2, HEIGHT, WIDTH]), level([2, HEIGHT / 2, WIDTH / 2])];
}

/** How the channels are to be displayed, as OME-Zarr says it. */
export const omeChannels = CHANNELS.map(({ color, window: [start, end] }, c) => ({
  label: `channel ${c}`,
  color,
  active: true,
  window: { min: 0, max: 65535, start, end },
}));
