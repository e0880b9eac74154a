// Many image files dropped at once: the session's pipeline on each, and one table of all.
import {
  type BatchSource,
  binaryOpening,
  type ComputeOptions,
  forEachImage,
  gaussianFilter,
  imread,
  type LazyArray,
  label,
  openTiff,
  regionTable,
  type Selection,
  thresholdOtsu,
} from 'tilewise';
import { download, h } from './dom';
import type { PipelineSettings } from './pipeline';
import { format } from './units';

const EXTENSION = /\.(tiff?|png|jpe?g|webp)$/i;

/** Whether what was dropped is a batch: several image files and nothing else. */
export const isBatch = (files: readonly File[]): boolean =>
  files.length > 1 && files.every(({ name }) => EXTENSION.test(name));

/** A plane of a file: the channel of the settings, where it has that many, and of other axes the first. */
async function openPlane(file: File, channel: number): Promise<LazyArray> {
  const image = /\.tiff?$/i.test(file.name) ? (await openTiff(file)).level(0) : await imread(file);
  const selection: Record<string, number> = {};
  image.dimensionNames.forEach((name, axis) => {
    const key = name ?? String(axis);
    if (name === 'c') selection[key] = Math.min(channel, image.shape[axis] - 1);
    else if (name !== 'y' && name !== 'x') selection[key] = 0;
  });
  return image.select(selection as Selection);
}

const sourceOf = (file: File, { channel }: PipelineSettings): BatchSource => ({
  name: file.name,
  open: () => openPlane(file, channel),
});

/** The pipeline of the viewer on one plane. Objects below the minimum size are not in the table. */
async function analyse(image: LazyArray, settings: PipelineSettings, options: ComputeOptions) {
  const smooth = gaussianFilter(image, settings.sigma);
  const threshold = settings.threshold === 'auto' ? await thresholdOtsu(smooth, options) : settings.threshold;
  const foreground = smooth.gt(threshold);
  const iterations = Math.round(settings.opening);
  const mask = iterations > 0 ? binaryOpening(foreground, { iterations }) : foreground;
  const table = await regionTable(image, { labelImage: label(mask).labels, ...options });
  const rows = [...table.column('area').entries()].filter(([, area]) => area >= settings.minimumSize);
  return { table: table.take(rows.map(([row]) => row)) };
}

/** Runs the batch in a dialog, which cancels it when it is closed. */
export async function runBatch(files: readonly File[], settings: PipelineSettings): Promise<void> {
  const controller = new AbortController();
  const state = h('p', { role: 'status', 'data-testid': 'batch-state' });
  const bar = h('progress', { max: files.length, value: 0, 'aria-label': 'Images done' });
  const failed = h('ul', { class: 'hint', 'data-testid': 'batch-failures' });
  const save = h(
    'button',
    { type: 'button', class: 'primary', disabled: true, 'data-testid': 'batch-csv' },
    'Save table (CSV)',
  );
  const close = h('button', { type: 'button', class: 'quiet', 'data-testid': 'batch-close' }, 'Cancel');
  const dialog = h(
    'dialog',
    { class: 'batch', 'aria-labelledby': 'batch-title', 'data-testid': 'batch' },
    h('h2', { id: 'batch-title' }, `${files.length} images, the same pipeline`),
    h('p', { class: 'hint' }, 'With the settings of the panel. Nothing is uploaded.'),
    bar,
    state,
    failed,
    h('div', { class: 'actions' }, save, close),
  );
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    controller.abort(new DOMException('cancelled', 'AbortError'));
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  const start = performance.now();
  const { done, failures, tables } = await forEachImage(
    files.map((file) => sourceOf(file, settings)),
    (image, options) => analyse(image as LazyArray, settings, options),
    {
      signal: controller.signal,
      onProgress({ done, total }) {
        bar.value = done;
        state.textContent = `${done} of ${total}`;
      },
      onFailure({ name, error }) {
        const { message } = error as Error;
        failed.append(h('li', {}, message.includes(name) ? message : `${name}: ${message}`));
      },
    },
  );
  const seconds = format((performance.now() - start) / 1000, 2);
  const { table } = tables;
  state.textContent = `${table?.length ?? 0} objects in ${done} images, ${failures.length} failed, ${seconds} s`;
  close.textContent = 'Close';
  save.disabled = !table;
  save.addEventListener('click', () => download('objects.csv', table.toCSV(), 'text/csv'));
}
