// What tests/browser/targets.test.ts asks of the writers inside a page.
import {
  configure,
  directoryStore,
  fromArray,
  mapBlocks,
  uploadStore,
  type WritableDirectoryHandle,
  type WritableStore,
  writeOmeZarr,
  zipStore,
} from 'tilewise';
import { pixels, SHAPE, WRITE } from './image';

// A tile a chunk, so that chunks come one by one.
configure({ workers: 0, tileElements: 64 * 64 });
const image = fromArray(pixels(), {
  shape: [...SHAPE],
  chunks: [64, 64],
  dimensionNames: ['y', 'x'],
});

interface Options {
  readonly resume?: boolean;
  /** Milliseconds that each chunk takes. */
  readonly slow?: number;
}

async function write(store: WritableStore, { resume, slow = 0 }: Options): Promise<string> {
  const array = slow
    ? mapBlocks(async ({ data }) => {
        await new Promise((resolve) => setTimeout(resolve, slow));
        return data;
      }, image)
    : image;
  try {
    await writeOmeZarr(array, store, { ...WRITE, resume });
    return 'written';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const folder = async (name: string): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });

/** A directory that says nothing of where it is, as one that the user picked. */
const picked = (handle: FileSystemDirectoryHandle): WritableDirectoryHandle => ({
  getDirectoryHandle: async (name, options) => picked(await handle.getDirectoryHandle(name, options)),
  getFileHandle: (name, options) =>
    handle.getFileHandle(name, options) as ReturnType<WritableDirectoryHandle['getFileHandle']>,
  removeEntry: (name) => handle.removeEntry(name),
});

const base64 = async (blob: Blob): Promise<string> => {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    // A file that was replaced since it was found can no longer be read.
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(',') + 1);
};

/** All files below a directory, by path, in base64, but the browser's own: Chromium's of a tab closed while it wrote. */
async function files(handle: FileSystemDirectoryHandle, path = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const [name, entry] of (
    handle as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }
  ).entries()) {
    if (name.endsWith('.crswap')) continue;
    const at = `${path}/${name}`;
    if (entry.kind === 'file') {
      // Files of writers come and go.
      const file = await (entry as FileSystemFileHandle).getFile().catch(() => undefined);
      if (file) found[at] = await base64(file).catch(() => '');
    } else Object.assign(found, await files(entry as FileSystemDirectoryHandle, at));
  }
  return found;
}

const actions = {
  toPrivate: async (name: string, options: Options = {}) =>
    write(directoryStore((await folder(name)) as unknown as WritableDirectoryHandle), options),
  toPicked: async (name: string, options: Options = {}) =>
    write(directoryStore(picked(await folder(name))), options),
  toServer: (url: string, options: Options = {}) =>
    write(
      uploadStore(url, {
        minDelay: 10,
        sign: (key, method) => ({
          url: `${url}${key}?key=1`,
          headers: { 'x-signed-for': `${method} ${key}` },
        }),
      }),
      options,
    ),
  async toZip(name: string) {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(name, { create: true });
    const store = zipStore(await handle.createWritable());
    const result = await write(store, {});
    await store.close();
    return { result, file: await base64(await handle.getFile()) };
  },
  files: async (name: string) => files(await folder(name)),
  /** Removes a folder in a folder, as soon as nobody writes to it. */
  async remove(name: string, child: string) {
    const parent = await folder(name);
    while (true) {
      try {
        return await parent.removeEntry(child, { recursive: true });
      } catch (error) {
        if ((error as Error).name !== 'NoModificationAllowedError') throw error;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  },
};

export type Actions = typeof actions;
Object.assign(globalThis, { actions });
document.title = 'ready';
