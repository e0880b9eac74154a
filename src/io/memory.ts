// Sources over data already in memory.
import {
  allocate,
  checkDType,
  type DType,
  dtypeOf,
  entriesPerElement,
  isComplex,
  itemSize,
  storedDType,
  type TypedArray,
  view,
} from '../core/dtype';
import { ArgumentError } from '../core/errors';
import {
  chunkRegion,
  copyRegion,
  elementCount,
  type PlacedArray,
  type Region,
  regionSize,
  type Shape,
  sameRegion,
  wholeRegion,
} from '../core/region';
import type { InPlaceMemory, Source } from '../core/source';
import { SharedCopy } from './sharedCopy';
import { toTruthValues } from './truthValues';
import { checkChunkIndex } from './zarrSource';

/** Options of `fromArray`. */
export interface MemoryOptions {
  /** Length of each axis, C order. Required for typed arrays; images have (y, x, c). */
  readonly shape?: Shape;
  /** Default: the shape, halved until a chunk has at most 2^20 elements and 4 MiB, the last axis last. */
  readonly chunks?: Shape;
  /**
   * Default: the typed array's; `bool` reads a Uint8Array as false for 0 and true for the rest, `complex64` a
   * Float32Array and `complex128` a Float64Array as real and imaginary parts in turn.
   */
  readonly dtype?: DType;
  readonly dimensionNames?: readonly (string | null)[];
}

/** What `fromArray` reads. */
export type MemoryData = TypedArray | Uint8ClampedArray | ImageData | ImageBitmap;

let created = 0;

/**
 * A source over a typed array with a shape (C order), or over an ImageData or ImageBitmap as a (y, x, c) uint8
 * array of RGBA. A typed array is read in place; one that is not in shared memory is copied there, as it is read, where
 * workers can see that and it takes at most a quarter of the memory budget. Do not change it while the source is in use.
 * Throws ArgumentError for a shape that does not fit the data, zero-size axes, or a dtype that is not the data's.
 */
export function memorySource(data: MemoryData, options: MemoryOptions = {}): Source {
  const image = imagePixels(data);
  const values = image?.data ?? (data as TypedArray | Uint8ClampedArray);
  if (!ArrayBuffer.isView(values))
    throw new ArgumentError('data', data, 'a typed array, an ImageData or an ImageBitmap');
  return new MemorySource(values, {
    dimensionNames: image ? ['y', 'x', 'c'] : undefined,
    ...options,
    shape: options.shape ?? image?.shape,
  });
}

function imagePixels(data: MemoryData): { data: Uint8ClampedArray; shape: Shape } | undefined {
  if (typeof ImageBitmap !== 'undefined' && data instanceof ImageBitmap) {
    const { width, height } = data;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) throw new ArgumentError('data', data, 'an ImageBitmap, in an environment with a 2D canvas');
    context.drawImage(data, 0, 0);
    return { data: context.getImageData(0, 0, width, height).data, shape: [height, width, 4] };
  }
  const image = data as Partial<ImageData> | undefined;
  if (image && typeof image === 'object' && 'width' in image && image.data && !ArrayBuffer.isView(data)) {
    if (!(image.data instanceof Uint8ClampedArray))
      throw new ArgumentError('data', image.data, 'an ImageData of 8-bit pixels');
    return { data: image.data, shape: [image.height ?? 0, image.width ?? 0, 4] };
  }
  return undefined;
}

class MemorySource implements Source {
  readonly key = `memory-${++created}`;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly chunks: Shape;
  readonly dimensionNames: readonly (string | null)[];
  readonly #data: TypedArray;
  #copy: SharedCopy | undefined;

  constructor(values: TypedArray | Uint8ClampedArray, options: MemoryOptions) {
    const own = dtypeOf(values);
    const dtype = options.dtype === undefined ? own : checkDType(options.dtype);
    if (dtype !== own && storedDType(dtype) !== own)
      throw new ArgumentError('dtype', dtype, `"${own}", the dtype of the data (use astype to convert)`);
    this.shape = checkSizes(options.shape, 'shape');
    const entries = elementCount(this.shape) * entriesPerElement(dtype);
    if (entries !== values.length) {
      const received = `${values.length} elements for shape [${this.shape}]`;
      const parts = isComplex(dtype) ? ' (real and imaginary parts)' : '';
      throw new ArgumentError('data', received, `${entries} elements${parts}`);
    }
    this.dtype = dtype;
    this.chunks = options.chunks
      ? checkSizes(options.chunks, 'chunks', this.shape.length).map((n, axis) =>
          Math.min(n, this.shape[axis]),
        )
      : defaultChunks(this.shape, dtype);
    const names = options.dimensionNames ?? this.shape.map(() => null);
    if (names.length !== this.shape.length)
      throw new ArgumentError('dimensionNames', names, `${this.shape.length} names, one per axis`);
    this.dimensionNames = names;
    // Uint8ClampedArray is read as the Uint8Array it is.
    this.#data = view(own, values.buffer, values.byteOffset, values.length);
  }

  async readChunk(index: readonly number[], { signal }: { signal?: AbortSignal } = {}): Promise<TypedArray> {
    checkChunkIndex(index, this);
    signal?.throwIfAborted();
    const region = chunkRegion(index, this.shape, this.chunks);
    if (sameRegion(region, wholeRegion(this.shape)) && this.dtype !== 'bool') return this.#data;
    const chunk = allocate(this.dtype, regionSize(region));
    this.copyInto(region, chunk);
    return chunk;
  }

  inPlace(region: Region, { shared, copyUpTo }: InPlaceMemory): PlacedArray | undefined {
    const visible = !shared || !(this.#data.buffer instanceof ArrayBuffer);
    // An application's bytes may be any number where it says bool.
    if (visible && this.dtype !== 'bool') return { data: this.#data, region: wholeRegion(this.shape) };
    if (!shared || this.#data.byteLength > copyUpTo) return undefined;
    this.#copy ??= new SharedCopy(this.#data, this.shape, this.dtype);
    return this.#copy.holding(region);
  }

  copyInto(region: Region, target: TypedArray): void {
    copyRegion(this.#data, wholeRegion(this.shape), target, region);
    if (this.dtype === 'bool') toTruthValues(target as Uint8Array);
  }
}

/** Throws ArgumentError unless `sizes` is a list of integers >= 1 (of the given rank). */
export function checkSizes(sizes: Shape | undefined, argument: string, rank?: number): Shape {
  const valid =
    Array.isArray(sizes) &&
    sizes.every((n) => Number.isSafeInteger(n) && n >= 1) &&
    (rank === undefined || sizes.length === rank);
  if (valid) return sizes;
  throw new ArgumentError(argument, sizes, `${rank ?? ''} integers >= 1, one per axis`.trimStart());
}

const CHUNK_BYTES = 4 * 2 ** 20;
const CHUNK_ELEMENTS = 2 ** 20;
/** How much longer than others the last axis of chunks may be: rows that are whole lie in one piece of memory. */
const WIDEST = 16;

/**
 * A chunk shape of at most 4 MiB and 2^20 elements: the whole shape, halved along its longest axis as often as needed,
 * along the last one only when chunks would be more than 16 times as long along it as along any other.
 */
export function defaultChunks(shape: Shape, dtype: DType): Shape {
  const chunks = [...shape];
  const most = Math.min(CHUNK_ELEMENTS, CHUNK_BYTES / itemSize(dtype));
  const last = shape.length - 1;
  while (elementCount(chunks) > most) {
    const lengths = chunks.map((length, axis) => (axis === last ? length / WIDEST : length));
    const longest = lengths.indexOf(Math.max(...lengths));
    chunks[longest] = Math.ceil(chunks[longest] / 2);
  }
  return chunks;
}
