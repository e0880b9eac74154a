// The side panel: what is done with the images, where they go, and how far the upload is.
import { choice, h, section } from '../dom';
import { ACCEPTED } from './files';
import type { Job } from './jobs';
import type { Crop, Preparation } from './prepare';

export interface PanelEvents {
  readonly onFiles: (files: File[]) => void;
  /** The browser can give the folder again; undefined where it has no such dialog. */
  readonly onFolder: (() => void) | undefined;
  readonly onChange: () => void;
  readonly onView: (view: View) => void;
  readonly onUpload: () => void;
  readonly onPause: () => void;
}

export type View = 'original' | 'result';

export interface Panel {
  readonly element: HTMLElement;
  preparation(): Preparation;
  target(): { server: string; name: string };
  /** Puts all of it to what it was when the job was begun. */
  restore(job: Job): void;
  setSize(size: { width: number; height: number }, name: string): void;
  setCrop(crop: Crop): void;
  setState(state: 'empty' | 'ready' | 'uploading', label: string): void;
  setProgress(done: number): void;
}

const SIDES = ['left', 'top', 'width', 'height'] as const;

export function makePanel(server: string, events: PanelEvents): Panel {
  const { onChange } = events;
  const preparation = { denoise: 'none', shrink: '1', type: 'same' };
  const file = h('input', {
    type: 'file',
    multiple: true,
    accept: ACCEPTED,
    hidden: true,
    'data-testid': 'files',
  });
  file.addEventListener('change', () => {
    if (file.files?.length) events.onFiles([...file.files]);
    file.value = '';
  });
  const chooseFiles = button('Choose files…', () => file.click());
  const chooseFolder = button('Choose a folder…', () => events.onFolder?.(), { 'data-testid': 'folder' });
  chooseFolder.hidden = !events.onFolder;

  let size = { width: 1, height: 1 };
  const sides = Object.fromEntries(
    SIDES.map((side) => {
      const input = h('input', { type: 'number', min: 0, step: 1, value: 0, 'data-testid': `crop-${side}` });
      input.addEventListener('change', () => {
        setCrop(crop());
        onChange();
      });
      return [side, input];
    }),
  ) as Record<(typeof SIDES)[number], HTMLInputElement>;
  /** What the numbers say, within the image. */
  const crop = (): Crop => {
    const value = (side: (typeof SIDES)[number], low: number, high: number) =>
      Math.min(Math.max(Math.round(Number(sides[side].value) || 0), low), high);
    const [left, top] = [value('left', 0, size.width - 1), value('top', 0, size.height - 1)];
    return {
      left,
      top,
      width: value('width', 1, size.width - left),
      height: value('height', 1, size.height - top),
    };
  };
  const setCrop = (to: Crop) => {
    for (const side of SIDES) sides[side].value = String(to[side]);
  };
  const choose = (key: keyof typeof preparation, legend: string, options: [string, string][]) =>
    choice(legend, options, preparation[key], (value) => {
      preparation[key] = value;
      onChange();
    });
  const choices = {
    denoise: choose('denoise', 'Denoise', [
      ['none', 'None'],
      ['median', 'Median'],
      ['gaussian', 'Gaussian'],
    ]),
    shrink: choose('shrink', 'Downsample', [
      ['1', 'Full size'],
      ['2', '2 × 2'],
      ['4', '4 × 4'],
    ]),
    type: choose('type', 'Convert', [
      ['same', 'Keep the type'],
      ['uint8', '8 bits, full range'],
    ]),
  };
  const view = choice<View>(
    'Show',
    [
      ['original', 'Original'],
      ['result', 'Result'],
    ],
    'original',
    events.onView,
  );

  const serverInput = h('input', {
    type: 'url',
    id: 'server',
    required: true,
    value: server,
    'data-testid': 'server',
  });
  const name = h('input', {
    type: 'text',
    id: 'name',
    required: true,
    pattern: '[\\w.\\-]+',
    'data-testid': 'name',
  });
  for (const input of [serverInput, name]) input.addEventListener('change', onChange);
  const upload = button('Upload', events.onUpload, {
    class: 'primary',
    'data-testid': 'upload',
    disabled: true,
  });
  const pause = button('Pause', events.onPause, { 'data-testid': 'pause', disabled: true });
  const progress = h('progress', { max: 1, value: 0, 'aria-label': 'Upload', 'data-testid': 'progress' });

  const cropSection = section(
    'Crop',
    h('p', { class: 'hint' }, 'Drag over the original, or in pixels:'),
    h('div', { class: 'numbers' }, ...SIDES.map((side) => h('label', {}, capital(side), sides[side]))),
  );
  const element = h(
    'div',
    {},
    section('Images', h('div', { class: 'actions' }, chooseFiles, chooseFolder), file),
    h('div', { class: 'view' }, view.element),
    cropSection,
    section('Prepare', choices.denoise.element, choices.shrink.element, choices.type.element),
    section(
      'Upload as OME-Zarr',
      h('div', { class: 'target' }, h('label', { for: 'server' }, 'Server that takes PUT'), serverInput),
      h('div', { class: 'target' }, h('label', { for: 'name' }, 'Name'), name),
      h('div', { class: 'actions' }, upload, pause),
      progress,
    ),
  );

  return {
    element,
    preparation: () => ({
      crop: crop(),
      denoise: preparation.denoise as Preparation['denoise'],
      shrink: Number(preparation.shrink) as Preparation['shrink'],
      type: preparation.type as Preparation['type'],
    }),
    target: () => ({ server: serverInput.value.replace(/\/+$/, ''), name: name.value }),
    restore({ preparation: { crop, ...rest }, server, name: jobName }) {
      setCrop(crop);
      for (const key of ['denoise', 'shrink', 'type'] as const) {
        preparation[key] = String(rest[key]);
        choices[key].set(preparation[key]);
      }
      serverInput.value = server;
      name.value = jobName;
    },
    setSize(next, suggested) {
      size = next;
      setCrop({ left: 0, top: 0, ...next });
      name.value = suggested;
    },
    setCrop,
    setState(state, label) {
      upload.textContent = label;
      upload.disabled = state !== 'ready';
      pause.disabled = state !== 'uploading';
      const inputs = element.querySelectorAll<HTMLInputElement | HTMLButtonElement>('input, .actions button');
      for (const input of inputs)
        if (input !== upload && input !== pause) input.disabled = state === 'uploading';
    },
    setProgress(done) {
      progress.value = done;
    },
  };
}

function button(text: string, onClick: () => void, attributes: Record<string, string | boolean> = {}) {
  const element = h('button', { type: 'button', ...attributes }, text);
  element.addEventListener('click', onClick);
  return element;
}

const capital = (word: string): string => word[0].toUpperCase() + word.slice(1);

/** What is shown when the page finds an upload that did not end. */
export function unfinished(job: Job, onContinue: () => void, onForget: () => void): HTMLElement {
  const again = job.handles ? '' : ' Its files are asked for again.';
  return h(
    'section',
    { class: 'unfinished', 'data-testid': 'unfinished', 'aria-label': 'Upload that did not end' },
    h('span', {}, h('strong', {}, job.name), ` stopped at ${Math.round(job.done * 100)} %.${again}`),
    h(
      'div',
      { class: 'actions' },
      button('Continue', onContinue, { class: 'primary', 'data-testid': 'continue' }),
      button('Forget', onForget, { class: 'quiet', 'data-testid': 'forget' }),
    ),
  );
}
