// Ways to open an image: a URL, a chosen folder, a dropped folder.

import { storeFromDirectoryHandle, storeFromFiles, type ZarrLocation } from 'tilewise';
import { isBatch } from './batch';
import { byId, h } from './dom';
import { installDrop } from './drop';

export interface Opened {
  readonly location: ZarrLocation;
  readonly name: string;
}

export interface OpenEvents {
  readonly onOpen: (opened: Opened) => void;
  /** Several image files were dropped. */
  readonly onBatch: (files: readonly File[]) => void;
  readonly onError: (error: unknown) => void;
}

type PickDirectory = () => Promise<FileSystemDirectoryHandle>;

export const nameOfUrl = (url: string): string =>
  url
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .split('/')
    .at(-1) || url;

/** Sets up the Open… dialog and dropping onto the page. */
export function installOpen(events: OpenEvents): void {
  const dialog = makeDialog(events);
  document.body.append(dialog);
  byId('open').addEventListener('click', () => dialog.showModal());
  installDrop((data) => {
    const files = [...data.files];
    if (isBatch(files)) events.onBatch(files);
    else openDropped(data).then(events.onOpen, events.onError);
  });
}

function makeDialog(events: OpenEvents): HTMLDialogElement {
  const url = h('input', {
    type: 'url',
    id: 'source-url',
    name: 'url',
    required: true,
    placeholder: 'https://…/image.ome.zarr',
    autocomplete: 'url',
  });
  const form = h(
    'form',
    { method: 'dialog' },
    h('label', { for: 'source-url' }, 'URL of an OME-Zarr image'),
    h('div', { class: 'row-fields' }, url, h('button', { type: 'submit', class: 'primary' }, 'Open')),
  );
  const folder = h('button', { type: 'button' }, 'Choose a folder…');
  const close = h('button', { type: 'button', class: 'quiet' }, 'Close');
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'open-title' },
    h('h2', { id: 'open-title' }, 'Open an image'),
    form,
    h(
      'p',
      { class: 'hint' },
      'Or a folder of this computer (also by dropping it onto the page). Nothing is uploaded.',
    ),
    h('div', { class: 'actions' }, folder, close),
  );
  close.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', () => events.onOpen({ location: url.value, name: nameOfUrl(url.value) }));
  folder.addEventListener('click', async () => {
    try {
      const opened = await pickFolder();
      dialog.close();
      events.onOpen(opened);
    } catch (error) {
      if ((error as Error).name !== 'AbortError') events.onError(error);
    }
  });
  return dialog;
}

/** The File System Access API reads files as they are needed; elsewhere a file input lists them all first. */
async function pickFolder(): Promise<Opened> {
  const pick = (window as { showDirectoryPicker?: PickDirectory }).showDirectoryPicker;
  if (pick) {
    const handle = await pick.call(window);
    return { location: storeFromDirectoryHandle(handle), name: handle.name };
  }
  const input = h('input', { type: 'file', webkitdirectory: true });
  const files = await new Promise<File[]>((resolve, reject) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => reject(new DOMException('No folder was chosen', 'AbortError')));
    input.click();
  });
  return openFiles(files.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

const openFiles = (files: { path: string; file: File }[]): Opened => ({
  location: storeFromFiles(files),
  name: files[0].path.split('/').find(Boolean) ?? 'folder',
});

/** What was dropped. Handles and entries must be asked for before the first await: the event's data is gone then. */
async function openDropped(data: DataTransfer): Promise<Opened> {
  const items = [...data.items].filter(({ kind }) => kind === 'file');
  const text = data.getData('text/uri-list') || data.getData('text/plain');
  if (items.length === 0 && text) return { location: text.trim(), name: nameOfUrl(text.trim()) };
  const [first] = items;
  const handle = first && 'getAsFileSystemHandle' in first ? handleOf(first) : undefined;
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const directory = await handle;
  if (directory?.kind === 'directory') {
    const root = directory as FileSystemDirectoryHandle;
    return { location: storeFromDirectoryHandle(root), name: root.name };
  }
  return openFiles((await Promise.all(entries.map(filesOf))).flat());
}

export const handleOf = (item: DataTransferItem): Promise<FileSystemHandle | null> =>
  (
    item as DataTransferItem & { getAsFileSystemHandle(): Promise<FileSystemHandle | null> }
  ).getAsFileSystemHandle();

export async function filesOf(entry: FileSystemEntry): Promise<{ path: string; file: File }[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path: entry.fullPath, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  // Readers give about a hundred entries at a time.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) break;
    found.push(...batch);
  }
  return (await Promise.all(found.map(filesOf))).flat();
}
