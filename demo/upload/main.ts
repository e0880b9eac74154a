// Images of this computer, prepared here, uploaded chunk by chunk; an upload may be paused, and go on another day.

import { configure, type LazyArray, writeOmeZarr } from 'tilewise';
import TilewiseWorker from 'tilewise/worker?worker';
import { byId } from '../dom';
import { installDrop } from '../drop';
import { clearError, isAbort, setStatus, showError, showExecutor } from '../status';
import { changedOnly, type Traffic } from './changedOnly';
import { type Chosen, droppedFiles, filesOfHandles, imagesOf, marksOf, permitted } from './files';
import { forgetJob, type Job, rememberedJob, rememberJob, sameWork } from './jobs';
import { makePanel, unfinished, type View } from './panel';
import { openImages, placement, prepare } from './prepare';
import { middlePlane, onCropDrawn, showCrop, showPreview } from './preview';

interface Opened extends Chosen {
  readonly image: LazyArray;
  readonly size: { readonly width: number; readonly height: number };
  readonly range: readonly [number, number];
}

configure({ createWorker: () => new TilewiseWorker() });
showExecutor().catch((error) => showError(error, 'Starting'));

let opened: Opened | undefined;
let view: View = 'original';
let uploading: AbortController | undefined;
/** Waits for its files to be chosen again. */
let awaiting: Job | undefined;

type PickDirectory = () => Promise<FileSystemDirectoryHandle>;
const pickDirectory = (window as { showDirectoryPicker?: PickDirectory }).showDirectoryPicker;

const panel = makePanel(new URL('../uploads', location.href).href, {
  onFiles: (files) => open({ files }),
  onFolder: pickDirectory && (() => attempt('Choosing a folder', chooseFolder)),
  onChange: () => {
    refresh();
    setReady();
  },
  onView(next) {
    view = next;
    refresh();
  },
  onUpload: () => attempt('Uploading', upload),
  onPause: () => uploading?.abort(new DOMException('Paused', 'AbortError')),
});
byId('controls').append(panel.element);
onCropDrawn((crop) => {
  if (uploading) return;
  panel.setCrop(crop);
  if (opened) showCrop(crop, opened.size);
  setReady();
});
installDrop((data) => {
  const dropped = droppedFiles(data);
  if (!uploading) attempt('Opening', async () => open(await dropped));
});
attempt('Looking for uploads', offerUnfinished);

async function attempt(context: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAbort(error)) return;
    setStatus('error', 'Failed');
    showError(error, context);
  }
}

async function chooseFolder(): Promise<void> {
  await open(await filesOfHandles([await pickDirectory!.call(window)]));
}

const open = (chosen: Chosen): Promise<void> => attempt('Opening', () => openChosen(chosen));

async function openChosen(chosen: Chosen): Promise<void> {
  clearError();
  setStatus('processing', 'Opening…');
  const files = imagesOf(chosen.files);
  if (files.length === 0) throw new Error('there is no TIFF, PNG, JPEG, WebP or npy file among them');
  const job = awaiting;
  if (job && JSON.stringify(marksOf(files)) !== JSON.stringify(job.files))
    throw new Error(`these are not the files of ${job.name}: their names, sizes or dates differ`);
  const image = await openImages(files);
  const [height, width] = image.shape.slice(-2);
  const shown = middlePlane(image);
  const range = [Number(await shown.min().item()), Number(await shown.max().item())] as const;
  opened = {
    ...chosen,
    files,
    image,
    size: { width, height },
    range: [range[0], Math.max(range[1], range[0] + 1)],
  };
  const [{ name }] = files;
  byId('image-name').textContent = files.length === 1 ? name : `${name} and ${files.length - 1} more`;
  byId('image-facts').textContent = `${image.shape.join(' × ')} ${image.dtype}`;
  panel.setSize(opened.size, `${name.replace(/\.[^.]+$/, '').replace(/[^\w.-]+/g, '_')}.ome.zarr`);
  if (job) panel.restore(job);
  awaiting = undefined;
  panel.setProgress(job?.done ?? 0);
  setReady();
  refresh();
  if (job) await upload();
}

function setReady(): void {
  if (!opened || uploading) return;
  setStatus('idle', 'Ready');
  panel.setState('ready', 'Upload');
}

/** Shows what the view and the settings ask for. */
function refresh(): void {
  if (!opened) return;
  const { image, size, range } = opened;
  const preparation = panel.preparation();
  showCrop(view === 'original' ? preparation.crop : undefined, size);
  const shown = view === 'original' ? Promise.resolve(image) : prepare(image, preparation);
  const spread = view === 'result' && preparation.type === 'uint8' && image.dtype !== 'uint8';
  attempt('Preview', () => showPreview(shown, spread ? [0, 255] : range));
}

async function upload(): Promise<void> {
  if (!opened || uploading) return;
  clearError();
  const { image, files, handles } = opened;
  const preparation = panel.preparation();
  const { server, name } = panel.target();
  if (!/^[\w.-]+$/.test(name))
    throw new Error('the name may have letters, digits, dots, underscores and hyphens');
  const job = { name, server, preparation, files: marksOf(files), handles };
  const before = await rememberedJob();
  // Chunks that are there were made of the same files in the same way: they need not even be computed.
  const resume = before !== undefined && sameWork(before, job);
  const from = resume ? before.done : 0;
  const controller = new AbortController();
  const { signal } = controller;
  uploading = controller;
  const traffic: Traffic = { sent: 0, bytes: 0, unchanged: 0 };
  let done = from;
  document.getElementById('unfinished')?.remove();
  panel.setState('uploading', 'Uploading');
  setStatus('processing', resume ? 'Continuing…' : 'Uploading…');
  try {
    await rememberJob({ ...job, done });
    const result = await prepare(image, preparation, signal);
    const store = changedOnly(`${server}/${name}`, traffic, () => showTraffic(traffic));
    await writeOmeZarr(result, store, {
      name,
      resume,
      signal,
      ...placement(result, preparation),
      onProgress({ stage, done: part, total }) {
        if (stage !== 'compute' || signal.aborted) return;
        done = from + (1 - from) * (part / total);
        panel.setProgress(done);
        setStatus('processing', `Uploading… ${Math.floor(done * 100)} %`);
        rememberJob({ ...job, done }).catch(() => {});
      },
    });
    await forgetJob();
    panel.setProgress(1);
    setStatus('done', `${name} is on the server`);
  } catch (error) {
    await rememberJob({ ...job, done });
    if (!signal.aborted) throw error;
    setStatus(
      'cancelled',
      `Paused at ${Math.floor(done * 100)} %: it can go on here, or when the page is opened again`,
    );
  } finally {
    uploading = undefined;
    panel.setState('ready', done > 0 && done < 1 ? 'Continue' : 'Upload');
  }
}

function showTraffic({ sent, bytes, unchanged }: Traffic): void {
  const kept = unchanged > 0 ? `   ${unchanged} unchanged, not sent` : '';
  const readout = byId('readout');
  Object.assign(readout.dataset, { sent, unchanged });
  readout.textContent = `${sent} files sent (${(bytes / 1e6).toFixed(2)} MB)${kept}`;
}

async function offerUnfinished(): Promise<void> {
  const job = await rememberedJob();
  if (!job) return;
  const notice = unfinished(
    job,
    () => attempt('Continuing', () => continueJob(job)),
    () => {
      forgetJob();
      awaiting = undefined;
      notice.remove();
    },
  );
  notice.id = 'unfinished';
  byId('controls').prepend(notice);
}

async function continueJob(job: Job): Promise<void> {
  awaiting = job;
  if (job.handles && (await permitted(job.handles))) await open(await filesOfHandles(job.handles));
  else document.querySelector<HTMLInputElement>('[data-testid=files]')?.click();
}
