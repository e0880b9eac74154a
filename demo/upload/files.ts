// Image files of this computer: chosen, dropped, or found again when the page is opened anew.
import { filesOf, handleOf } from '../open';

/** Files, and where the browser can give them again. */
export interface Chosen {
  readonly files: readonly File[];
  /** Kept in IndexedDB, so that the files need not be asked for again. */
  readonly handles?: readonly FileSystemHandle[];
}

/** What tells that a file is the same as before. */
export interface FileMark {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
}

const IMAGE = /\.(tiff?|png|jpe?g|webp|npy)$/i;

export const ACCEPTED = '.tif,.tiff,.png,.jpg,.jpeg,.webp,.npy';

/** Only images, in natural order. */
export function imagesOf(files: readonly File[]): File[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return files.filter(({ name }) => IMAGE.test(name)).sort((a, b) => compare(a.name, b.name));
}

export const marksOf = (files: readonly File[]): FileMark[] =>
  files.map(({ name, size, lastModified }) => ({ name, size, lastModified }));

/** What was dropped. Handles and entries must be asked for before the first await: the event's data is gone then. */
export async function droppedFiles(data: DataTransfer): Promise<Chosen> {
  const items = [...data.items].filter(({ kind }) => kind === 'file');
  const plain = [...data.files];
  const asked = items.map((item) => ('getAsFileSystemHandle' in item ? handleOf(item) : undefined));
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const handles = (await Promise.all(asked)).filter((handle) => handle !== null && handle !== undefined);
  if (handles.length === items.length && handles.length > 0) return filesOfHandles(handles);
  // What comes from another page or program has neither.
  if (entries.length === 0) return { files: plain };
  const files = (await Promise.all(entries.map(filesOf))).flat();
  return { files: files.map(({ file }) => file) };
}

/** The files below handles. @throws the browser's error where permission is refused or the files are gone */
export async function filesOfHandles(handles: readonly FileSystemHandle[]): Promise<Chosen> {
  const files: File[] = [];
  const walk = async (handle: FileSystemHandle): Promise<void> => {
    if (handle.kind === 'file') files.push(await (handle as FileSystemFileHandle).getFile());
    else for await (const child of (handle as FileSystemDirectoryHandle).values()) await walk(child);
  };
  for (const handle of handles) await walk(handle);
  return { files, handles };
}

type Permitted = FileSystemHandle & {
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>;
};

/** Asks to read what was given to the page before; needs a click. */
export async function permitted(handles: readonly FileSystemHandle[]): Promise<boolean> {
  for (const handle of handles) {
    const state = await (handle as Permitted).requestPermission?.({ mode: 'read' });
    if (state !== undefined && state !== 'granted') return false;
  }
  return true;
}
