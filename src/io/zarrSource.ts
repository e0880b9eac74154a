// A Source over a zarrita array: deduped, cached, bounded, decoded here or in workers.
import type * as zarr from 'zarrita';
import type { DType, TypedArray } from '../core/dtype';
import { checkDType } from '../core/dtype';
import { FormatError, RegionError } from '../core/errors';
import { gridShape, type Shape } from '../core/region';
import type { Source } from '../core/source';
import { type ChunkCache, chunkCache } from './cache';
import {
  type ArrayReference,
  type AttachedArray,
  type ChunkDecoder,
  chunkDecoder,
  decodeChunk,
  isDecodeFailure,
  readFailure,
} from './decode';
import { chunkRequests, untilAborted } from './request';
import { readQueue, type TaskQueue } from './stores';

/** Options of {@link createZarrSource}. */
export interface ZarrSourceOptions {
  /** Unique name for caches and errors: URL and path. Sources of one key share cached chunks and fetches. */
  readonly key: string;
  /** Where chunks are decoded: a decoder, or null for inline. Default: what `setChunkDecoder` has set. */
  readonly decoder?: ChunkDecoder | null;
  /** Default: the process-wide cache. */
  readonly cache?: ChunkCache;
  /** Bounds concurrent reads. Default: 8 at a time. */
  readonly queue?: TaskQueue;
  /** How a decoder opens the array. Without it chunks are decoded inline. */
  readonly reference?: ArrayReference;
  /** A chunk's key in the store, for errors. Default: its index. */
  readonly chunkName?: (index: readonly number[]) => string;
  /** Dimension names, where the array itself has none. */
  readonly dimensionNames?: readonly (string | null)[];
}

/**
 * A {@link Source} over an open zarrita array of a numeric or bool dtype (int64 and uint64 as bigint arrays). Its
 * chunks are the array's; of a sharded array the inner ones. A missing chunk is all fill value. `readChunk` throws
 * RegionError for an index off the grid, CodecError naming the chunk when its bytes are truncated or corrupt (read
 * twice), NetworkError when the store fails, the signal's reason when aborted. Throws FormatError for other dtypes.
 */
export function createZarrSource(
  array: zarr.Array<zarr.DataType, zarr.Readable>,
  options: ZarrSourceOptions,
): Source {
  return new ZarrSource(array, options);
}

/** Lets go of what a decoder holds for a source that nobody holds any more. */
const abandoned = new FinalizationRegistry<AttachedArray>((attached) => attached.detach());

class ZarrSource implements Source {
  readonly key: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly chunks: Shape;
  readonly dimensionNames: readonly (string | null)[];
  readonly #array: zarr.Array<zarr.DataType, zarr.Readable>;
  readonly #options: ZarrSourceOptions;
  readonly #cache: ChunkCache;
  readonly #queue: TaskQueue;
  #attached?: { decoder: ChunkDecoder; array: AttachedArray };

  constructor(array: zarr.Array<zarr.DataType, zarr.Readable>, options: ZarrSourceOptions) {
    this.key = options.key;
    this.shape = array.shape;
    this.chunks = array.chunks;
    this.dtype = sourceDType(array.dtype, options);
    const names = options.dimensionNames ?? array.dimensionNames;
    this.dimensionNames = array.shape.map((_, axis) => names?.[axis] ?? null);
    this.#array = array;
    this.#options = options;
    this.#cache = options.cache ?? chunkCache;
    this.#queue = options.queue ?? readQueue();
  }

  async readChunk(index: readonly number[], { signal }: { signal?: AbortSignal } = {}): Promise<TypedArray> {
    checkChunkIndex(index, this);
    signal?.throwIfAborted();
    const key = `${this.key}\n${index}`;
    const cached = this.#cache.get(key);
    if (cached) return cached;
    return chunkRequests.run(
      key,
      async (shared) => {
        const data = await this.#queue.add(() => untilAborted(this.#load(index, shared), shared));
        this.#cache.set(key, data);
        return data;
      },
      { signal },
    );
  }

  /** A failure that a second read may cure (a chunk cut short in passing, an aborted neighbour) gets one. */
  async #load(index: readonly number[], signal: AbortSignal): Promise<TypedArray> {
    const name = this.#options.chunkName?.(index) ?? `[${index}]`;
    for (let again = true; ; again = false) {
      signal.throwIfAborted();
      try {
        return compact(await this.#decode(index, signal));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const curable = isDecodeFailure(error) || (error as Error | undefined)?.name === 'AbortError';
        if (!again || !curable) throw readFailure(error, `${this.key}/${name}`);
      }
    }
  }

  async #decode(index: readonly number[], signal: AbortSignal): Promise<TypedArray> {
    const { decoder = chunkDecoder(), reference } = this.#options;
    if (decoder && reference) {
      try {
        return await this.#attach(decoder, reference).decode(index, { signal });
      } catch (error) {
        // Without workers the work still gets done.
        if ((error as Error | undefined)?.name !== 'WorkerError') throw error;
      }
    }
    return decodeChunk(this.#array, index, { signal, half: reference?.half });
  }

  #attach(decoder: ChunkDecoder, reference: ArrayReference): AttachedArray {
    if (this.#attached?.decoder !== decoder) {
      this.#attached?.array.detach();
      abandoned.unregister(this);
      this.#attached = { decoder, array: decoder.attach(reference) };
      abandoned.register(this, this.#attached.array, this);
    }
    return this.#attached.array;
  }
}

/** Throws RegionError unless `index` is on the chunk grid of an array. */
export function checkChunkIndex(
  index: readonly number[],
  { shape, chunks }: { readonly shape: Shape; readonly chunks: Shape },
): void {
  const grid = gridShape(shape, chunks);
  const fits =
    index.length === grid.length && index.every((i, axis) => Number.isInteger(i) && i >= 0 && i < grid[axis]);
  if (!fits) throw new RegionError('index', index, `a chunk index below [${grid}]`);
}

function sourceDType(dtype: string, { key, reference }: ZarrSourceOptions): DType {
  if (reference?.half) return 'float32';
  try {
    return checkDType(dtype);
  } catch (cause) {
    throw new FormatError(key, `data type "${dtype}" is not supported`, { cause });
  }
}

/** A small view over a large buffer (a chunk within a whole shard) would keep all of it alive. */
function compact(data: TypedArray): TypedArray {
  return data.buffer.byteLength > 2 * data.byteLength ? data.slice() : data;
}
