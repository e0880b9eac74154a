/**
 * A computed image as an OME-Zarr 0.5 store: whatever reads Zarr through zarrita (Viv's loaders, vizarr, ome-zarr.js)
 * opens it as if it were a file. Chunks are computed when they are asked for.
 *
 * @example
 * {@includeCode ../../docs/examples/virtualZarr.mjs}
 *
 * @module adapters/virtual-zarr
 */
import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from 'zarrita';
import { allocate, itemSize } from '../core/dtype';
import { chunkRegion, copyRegion, elementCount, gridShape, wholeRegion } from '../core/region';
import { BYTES_CODEC } from '../io/encode';
import { absolutePath, encodeJson, type Json } from '../io/metadata';
import { rangeBounds } from '../io/ranges';
import { arrayDocument, labelsDocument, omeGroupDocument } from '../io/zarrDocuments';
import type { LazyArray } from '../lazyArray';
import { checkPyramid, type Levels, type Pyramid, type PyramidOptions } from './pyramid';

export type { Levels, PyramidOptions };

/** A label image to show with an image. */
export interface VirtualLabel {
  readonly levels: Levels;
  /** The value of `image-label`: `colors`, `properties`. */
  readonly imageLabel?: Readonly<Record<string, unknown>>;
}

export interface VirtualZarrOptions extends PyramidOptions {
  /** Label images by name, of the image's axes. */
  readonly labels?: Readonly<Record<string, VirtualLabel>>;
}

/** A zarrita store that computes what is read from it. */
export interface VirtualZarr extends Required<AsyncReadable> {
  /** Length of a value in bytes, known before it is computed; undefined for a key that is not there. */
  size(key: AbsolutePath): number | undefined;
}

/**
 * Presents lazy arrays as an OME-Zarr 0.5 image: `zarr.json`, `<level>/zarr.json` and uncompressed chunks on the grid
 * of each level's `chunks` (give `rechunk` another one). A chunk's bytes are computed when they are read, with the
 * reader's signal; nothing is kept.
 * @param levels resolutions of one image, the full one first
 * @throws ArgumentError for levels, axes or scales that do not fit together; reads throw the errors of the computation
 */
export function virtualZarr(levels: Levels, options: VirtualZarrOptions = {}): VirtualZarr {
  const { labels = {}, channels, name } = options;
  const documents = new Map<AbsolutePath, Uint8Array>();
  const arrays = new Map<AbsolutePath, LazyArray>();
  const add = (path: string, pyramid: Pyramid, imageLabel?: Json) => {
    const { axes, datasets } = pyramid;
    const omero = channels && !imageLabel ? { channels } : undefined;
    documents.set(
      absolutePath(path, 'zarr.json'),
      encodeJson(omeGroupDocument({ name, axes, datasets, omero, imageLabel })),
    );
    for (const [i, level] of pyramid.levels.entries()) {
      const { shape, chunks, dtype } = level;
      const dimensionNames = axes.map((axis) => axis.name);
      const at = absolutePath(path, datasets[i].path);
      const array = { shape, chunks, dtype, dimensionNames, codecs: [BYTES_CODEC], fillValue: 0 };
      documents.set(absolutePath(at, 'zarr.json'), encodeJson(arrayDocument(array)));
      arrays.set(at, level);
    }
  };
  add('', checkPyramid(levels, options));
  for (const [label, { levels, imageLabel = {} }] of Object.entries(labels))
    add(`labels/${label}`, checkPyramid(levels, options), imageLabel);
  const names = Object.keys(labels);
  if (names.length > 0) documents.set('/labels/zarr.json', encodeJson(labelsDocument(names)));

  const chunkAt = (key: AbsolutePath): Chunk | undefined => {
    const [, path, indices] = /^(.*)\/c\/([\d/]+)$/.exec(key) ?? [];
    const array = arrays.get(path as AbsolutePath);
    if (!array) return undefined;
    const index = indices.split('/').map(Number);
    const grid = gridShape(array.shape, array.chunks);
    const inside = index.length === grid.length && index.every((i, axis) => i < grid[axis]);
    return inside ? { array, index } : undefined;
  };
  const get = async (key: AbsolutePath, { signal }: GetOptions = {}): Promise<Uint8Array | undefined> => {
    const chunk = chunkAt(key);
    return chunk ? chunkBytes(chunk, signal) : documents.get(key);
  };
  return {
    get,
    async getRange(key: AbsolutePath, range: RangeQuery, options?: GetOptions) {
      const bytes = await get(key, options);
      return bytes?.subarray(...rangeBounds(range, bytes.length));
    },
    size(key) {
      const array = chunkAt(key)?.array;
      return array ? elementCount(array.chunks) * itemSize(array.dtype) : documents.get(key)?.length;
    },
  };
}

interface Chunk {
  readonly array: LazyArray;
  readonly index: readonly number[];
}

/** A chunk at its full size, as Zarr stores it. */
async function chunkBytes({ array, index }: Chunk, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const region = chunkRegion(index, array.shape, array.chunks);
  const { data, shape } = await array.read(region, { signal });
  if (elementCount(shape) === elementCount(array.chunks))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const whole = allocate(array.dtype, elementCount(array.chunks));
  copyRegion(data, wholeRegion(shape), whole, wholeRegion(array.chunks));
  return new Uint8Array(whole.buffer);
}
