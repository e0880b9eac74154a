// What tests/browser/images.test.ts asks of the library inside a page.
import {
  configure,
  gaussianFilter,
  imread,
  openOmeZarr,
  openPlate,
  openTiff,
  openZarr,
  storeFromReferences,
  toTiff,
} from 'tilewise';
import TilewiseWorker from 'tilewise/worker?worker';

configure({ workers: 2, createWorker: () => new TilewiseWorker() });

const bytesOf = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const fileOf = async (path: string) => new File([await bytesOf(path)], path.replace(/^.*\//, ''));

/** One image file, as a File or by its URL; 64-bit integers as text. */
async function read(path: string, how: 'file' | 'url') {
  const stack = await imread(how === 'file' ? await fileOf(path) : path);
  const { data, dtype, shape } = await stack.compute({ device: 'cpu' });
  const values = Array.from(data as ArrayLike<number | bigint>, (v) =>
    typeof v === 'bigint' ? String(v) : v,
  );
  return { dtype, shape, values, names: stack.dimensionNames };
}

/** The resolutions of a TIFF, as a File or by its URL. */
async function readLevels(path: string, how: 'file' | 'url', image?: number) {
  const tiff = await openTiff(how === 'file' ? await fileOf(path) : path, { image });
  const levels = [];
  for (let i = 0; i < tiff.levelCount; i++) {
    const { data, dtype, shape } = await tiff.level(i).compute({ device: 'cpu' });
    levels.push({ dtype, shape, values: Array.from(data as ArrayLike<number>) });
  }
  return levels;
}

/** A stack of several files, as File[] or URL[]. */
async function readStack(paths: string[], how: 'file' | 'url') {
  const urls = paths.map((path) => new URL(path, location.href));
  const stack = await imread(how === 'file' ? await Promise.all(paths.map(fileOf)) : urls);
  const { data, shape } = await stack.compute({ device: 'cpu' });
  return { shape, values: Array.from(data as ArrayLike<number>) };
}

/** A Zarr in a zip file (by URL, as a File), by references, or the sums of a plate's images. */
async function readStore(kind: 'zip' | 'zipFile' | 'references' | 'plate', url: string, path = '') {
  if (kind === 'plate') {
    const sums: Record<string, number> = {};
    for await (const { row, column, field, image } of (await openPlate(url)).fields())
      sums[`${row}/${column}/${field}`] = Number(
        (await image.level(0).sum().compute({ device: 'cpu' })).data[0],
      );
    return sums;
  }
  const array =
    kind === 'references'
      ? await openZarr(await storeFromReferences(url), { path })
      : (await openOmeZarr(kind === 'zip' ? url : await fileOf(url))).level(0);
  return Array.from((await array.compute({ device: 'cpu' })).data as ArrayLike<number>);
}

/** The first channel of a TIFF, smoothed, saved in the origin's private file system, and read from there. */
async function saveTiff(path: string) {
  const image = gaussianFilter((await openTiff(path)).level(0).select({ c: 0, z: 0 }), 1);
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle('saved.tif', { create: true });
  await toTiff(image, { tile: 32, device: 'cpu' }).pipeTo(await handle.createWritable());
  const saved = (await openTiff(await handle.getFile())).level(0);
  const [expected, found] = await Promise.all(
    [image, saved].map((array) => array.compute({ device: 'cpu' })),
  );
  return { expected: Array.from(expected.data as Uint16Array), found: Array.from(found.data as Uint16Array) };
}

const fails = (path: string) =>
  imread(path).then(
    () => '',
    ({ name, message }) => `${name}: ${message}`,
  );

Object.assign(globalThis, { read, saveTiff, readStore, readLevels, readStack, fails });
document.title = 'ready';
