// A picture of the original, on which the crop is drawn by dragging, or of the result.
import { type LazyArray, toImageBitmap } from 'tilewise';
import { byId, h } from '../dom';
import type { Crop } from './prepare';

/** Pixels along the longer side. */
const LARGEST = 1024;

const canvas = h('canvas', { role: 'img', 'aria-label': 'Preview' });
const frame = h('div', { class: 'crop' });
const clip = h('div', { class: 'clip' }, frame);
const picture = h('div', { class: 'picture' }, canvas, clip);

let running: AbortController | undefined;
let original: { width: number; height: number } | undefined;

/** Shows the middle plane of an image; whatever was being computed before is given up. */
export async function showPreview(
  image: Promise<LazyArray>,
  range: readonly [number, number] | undefined,
): Promise<void> {
  running?.abort();
  const controller = new AbortController();
  const { signal } = controller;
  running = controller;
  const stage = byId('preview');
  stage.dataset.state = 'stale';
  try {
    const bitmap = await render(await image, range, signal);
    signal.throwIfAborted();
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
    stage.replaceChildren(picture);
    stage.dataset.state = 'ready';
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A plane in the middle, with its channels, of few enough pixels for the screen. */
export function middlePlane(image: LazyArray): LazyArray {
  const step = Math.ceil(Math.max(...image.shape.slice(-2)) / LARGEST);
  const [height, width] = image.shape.slice(-2);
  const { c: _, ...others } = Object.fromEntries(
    image.shape.slice(0, -2).map((n, axis) => [image.dimensionNames[axis], Math.floor(n / 2)]),
  );
  return image.select({ ...others, y: [0, height, step], x: [0, width, step] });
}

async function render(image: LazyArray, range: readonly [number, number] | undefined, signal: AbortSignal) {
  const shown = middlePlane(image);
  if (shown.rank === 2) return toImageBitmap(shown, { window: range, signal });
  const colours = ['FF0000', '00FF00', '0000FF'];
  const layers = colours
    .slice(0, shown.shape[0])
    .map((color, c) => ({ image: shown.select({ c }), color, window: range }));
  return toImageBitmap(layers, { signal });
}

/** Draws the crop over the original; undefined hides it. */
export function showCrop(crop: Crop | undefined, size: { width: number; height: number }): void {
  original = crop && size;
  clip.hidden = !crop;
  if (!crop) return;
  const percent = (value: number, of: number) => `${(value / of) * 100}%`;
  Object.assign(frame.style, {
    left: percent(crop.left, size.width),
    top: percent(crop.top, size.height),
    width: percent(crop.width, size.width),
    height: percent(crop.height, size.height),
  });
}

/** Lets a crop be drawn by dragging over the original. */
export function onCropDrawn(draw: (crop: Crop) => void): void {
  let from: { x: number; y: number } | undefined;
  const at = ({ clientX, clientY }: PointerEvent, { width, height }: { width: number; height: number }) => {
    const box = canvas.getBoundingClientRect();
    const along = (value: number, start: number, length: number, pixels: number) =>
      Math.round(Math.min(1, Math.max(0, (value - start) / length)) * pixels);
    return {
      x: along(clientX, box.left, box.width, width),
      y: along(clientY, box.top, box.height, height),
    };
  };
  picture.addEventListener('pointerdown', (event) => {
    if (!original) return;
    from = at(event, original);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (!from || !original) return;
    const to = at(event, original);
    const [width, height] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
    if (width < 2 || height < 2) return;
    draw({ left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), width, height });
  });
  picture.addEventListener('pointerup', () => {
    from = undefined;
  });
}
