// Writes Zarr arrays chunk by chunk.
import type * as zarr from 'zarrita';
import {
  allocate,
  checkDType,
  type DType,
  dtypeOf,
  entriesPerElement,
  isBigInt,
  isComplex,
  type Scalar,
  storedDType,
  type TypedArray,
} from '../core/dtype';
import { ArgumentError, TilewiseError, WorkerError, WriteError } from '../core/errors';
import {
  chunkRegion,
  chunksIn,
  copyRegion,
  elementCount,
  type Interval,
  type PlacedArray,
  type Region,
  regionSize,
  type Shape,
  wholeRegion,
} from '../core/region';
import { type ChunkMemory, chunkDecoder } from './decode';
import { encodeChunk } from './encode';
import { checkSizes } from './memory';
import { absolutePath, encodeJson, type Json } from './metadata';
import { openZarrSource } from './openZarr';
import { untilAborted } from './request';
import { checkShards, ShardAssembler, shardCodecs } from './shards';
import { rangeStore } from './stores';
import { checkSameArray, findWritten, hasKey } from './writtenChunks';
import { type NamedDocument, ZARR_FORMATS, type ZarrFormat } from './zarrFormats';
import { checkChunkIndex } from './zarrSource';

/** Where arrays and groups are written: a `Map`, or any writable zarrita store. */
export type WritableStore = zarr.Mutable;

/** What a new array is. */
export interface ZarrArrayOptions {
  /** Path of the array in the store. Default: its root. */
  readonly path?: string;
  readonly shape: Shape;
  readonly chunks: Shape;
  /** Shape of the shards, each several chunks in one value. Default: none. */
  readonly shards?: Shape;
  readonly dtype: DType;
  readonly dimensionNames?: readonly (string | null)[];
  /** Value of what is never written, and of the padding of edge chunks. Default 0. */
  readonly fillValue?: Scalar;
  readonly attributes?: Json;
  /** Default: Zarr v3. */
  readonly format?: ZarrFormat;
  /** Keeps an array of the same shape, chunks and dtype that is there already. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
}

export interface ChunkWriteOptions {
  readonly signal?: AbortSignal;
  /** What the data covers, if that is more than the chunk. */
  readonly region?: Region;
}

/** Writes the chunks of one array. */
export interface ZarrWriter {
  readonly path: string;
  readonly shape: Shape;
  readonly chunks: Shape;
  readonly dtype: DType;
  /**
   * Writes one chunk, cut at the array's edge, C order. The data is copied before the first await. Throws
   * RegionError for an index off the grid, ArgumentError for data of the wrong dtype or length, WriteError when the
   * store fails, the signal's reason when aborted (a chunk is then written whole or not at all). With shards it is
   * kept until its shard is complete.
   */
  writeChunk(index: readonly number[], data: TypedArray, options?: ChunkWriteOptions): Promise<void>;
  /**
   * The chunks that the store has, by their index joined with commas; with shards, those of complete ones. Throws as
   * the store does.
   */
  written(options?: { signal?: AbortSignal }): Promise<Set<string>>;
  /** A chunk that the store has, cut at the array's edge. Throws as the store does. */
  readChunk(index: readonly number[], options?: { signal?: AbortSignal }): Promise<TypedArray>;
  /** Ends writing: shards that lack chunks are written as they are. Throws as the store does. */
  close(options?: { signal?: AbortSignal }): Promise<void>;
}

/**
 * Creates a Zarr array (zstd, little-endian) and writes its metadata. Throws ArgumentError for invalid options,
 * WriteError when the store fails or has another array there to resume, the signal's reason when aborted.
 */
export async function createZarrWriter(store: WritableStore, options: ZarrArrayOptions): Promise<ZarrWriter> {
  const { signal, attributes = {}, fillValue = 0 } = options;
  const shape = checkSizes(options.shape, 'shape');
  const chunks = checkSizes(options.chunks, 'chunks', shape.length);
  const dtype = checkDType(options.dtype);
  const names = options.dimensionNames;
  if (names && names.length !== shape.length)
    throw new ArgumentError('dimensionNames', names, `${shape.length} names, one per axis`);
  const path = absolutePath(options.path ?? '');
  const format = options.format ?? ZARR_FORMATS['0.5'];
  const shards = options.shards && checkShards(options.shards, chunks);
  if (shards && format.ome === '0.4')
    throw new ArgumentError('shards', shards, 'none: Zarr v2 has no shards');
  const grid = shards ? { chunks: shards, codecs: shardCodecs(chunks) } : { chunks };
  const documents = format.array({ shape, ...grid, dtype, fillValue, dimensionNames: names, attributes });
  if (options.resume) {
    const [[name, document]] = documents;
    const key = absolutePath(path, name);
    await writing(key, () => checkSameArray(store, key, document, signal), signal);
  }
  await writeDocuments(store, path, documents, signal);
  return new ArrayWriter(store, { path, shape, chunks, shards, dtype, fillValue, format });
}

interface WriterSpec {
  readonly path: zarr.AbsolutePath;
  readonly shape: Shape;
  readonly chunks: Shape;
  readonly shards: Shape | undefined;
  readonly dtype: DType;
  readonly fillValue: Scalar;
  readonly format: ZarrFormat;
}

class ArrayWriter implements ZarrWriter {
  readonly path: zarr.AbsolutePath;
  readonly shape: Shape;
  readonly chunks: Shape;
  readonly dtype: DType;
  readonly #fill: Scalar;
  readonly #format: ZarrFormat;
  readonly #store: WritableStore;
  readonly #shards: ShardAssembler | undefined;

  constructor(store: WritableStore, spec: WriterSpec) {
    this.path = spec.path;
    this.shape = spec.shape;
    this.chunks = spec.chunks;
    this.dtype = spec.dtype;
    this.#fill = isBigInt(spec.dtype) ? BigInt(spec.fillValue) : Number(spec.fillValue);
    this.#format = spec.format;
    this.#store = store;
    this.#shards = spec.shards && new ShardAssembler(spec.shape, spec.chunks, spec.shards);
  }

  async writeChunk(
    index: readonly number[],
    data: TypedArray,
    { signal, region }: ChunkWriteOptions = {},
  ): Promise<void> {
    checkChunkIndex(index, this);
    signal?.throwIfAborted();
    const own = chunkRegion(index, this.shape, this.chunks);
    checkData(data, this.dtype, regionSize(region ?? own));
    const memory = chunkDecoder()?.staging;
    const whole = this.#whole({ data, region: region ?? own }, own, memory);
    const key = this.#key(index);
    await writing(
      key,
      async () => {
        const encoded = await encode(bytesOf(whole), signal);
        // After a failure some worker may still be reading it.
        memory?.give([whole.buffer]);
        signal?.throwIfAborted();
        if (!this.#shards) return put(this.#store, key, encoded, signal);
        const shard = this.#shards.add(index, encoded);
        if (shard) await put(this.#store, this.#key(shard.index), shard.bytes, signal);
      },
      signal,
    );
  }

  async close({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    for (const { index, bytes } of this.#shards?.takeIncomplete() ?? []) {
      const key = this.#key(index);
      await writing(key, () => put(this.#store, key, bytes, signal), signal);
    }
  }

  async written({ signal }: { signal?: AbortSignal } = {}): Promise<Set<string>> {
    const indices = [...chunksIn(wholeRegion(this.shape), this.chunks)];
    const shards = this.#shards;
    return writing(
      this.path,
      async () => {
        if (!shards)
          return findWritten(
            indices.map((index) => [index, this.#key(index)]),
            (key) => hasKey(this.#store, key, signal),
            signal,
          );
        const grid = [...chunksIn(wholeRegion(this.shape), shards.shards)];
        const store = rangeStore(this.#store);
        const complete = await findWritten(
          grid.map((index) => [index, this.#key(index)]),
          async (key, shard) => {
            const bytes = await store.getRange(key, { suffixLength: shards.indexBytes }, { signal });
            return bytes !== undefined && shards.isComplete(shard, bytes);
          },
          signal,
        );
        return new Set(
          indices
            .map((index) => index.join())
            .filter((_, i) => complete.has(shards.shardOf(indices[i]).join())),
        );
      },
      signal,
    );
  }

  async readChunk(index: readonly number[], { signal }: { signal?: AbortSignal } = {}): Promise<TypedArray> {
    const source = await openZarrSource(this.#store, { path: this.path, signal });
    return source.readChunk(index, { signal });
  }

  #key(index: readonly number[]): zarr.AbsolutePath {
    return absolutePath(this.path, this.#format.chunkName(index));
  }

  /** A copy of a region at full chunk size, where workers can read it: an edge chunk is padded with the fill value. */
  #whole(block: PlacedArray, own: Region, memory: ChunkMemory | undefined): TypedArray {
    const length = elementCount(this.chunks);
    const whole = memory?.take(this.dtype, length) ?? allocate(this.dtype, length);
    if (regionSize(own) < length) {
      (whole as Float64Array).fill(this.#fill as number);
      if (isComplex(this.dtype)) for (let i = 1; i < whole.length; i += 2) whole[i] = 0;
    }
    const full = own.map(([start], axis): Interval => [start, start + this.chunks[axis]]);
    copyRegion(block.data, block.region, whole, full, own);
    return whole;
  }
}

const bytesOf = (data: TypedArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Encodes in a worker where there is one. */
async function encode(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const elsewhere = chunkDecoder()?.encode?.(bytes, { signal });
    if (elsewhere) return await elsewhere;
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
  }
  return encodeChunk(bytes);
}

/** Throws ArgumentError unless `data` has the dtype and length of a block. */
export function checkData(data: TypedArray, dtype: DType, length: number): void {
  const own = dtypeOf(data);
  if (own !== storedDType(dtype)) throw new ArgumentError('data', own, `data of dtype "${dtype}"`);
  const entries = length * entriesPerElement(dtype);
  if (data.length !== entries)
    throw new ArgumentError('data', `${data.length} elements`, `${entries} elements`);
}

/** Stores of ours can give up a write. */
interface AbortableStore {
  set(key: zarr.AbsolutePath, value: Uint8Array, options: { signal?: AbortSignal }): unknown;
}

/** Puts a value; an abort does not wait for a store that is slow. */
async function put(
  store: WritableStore,
  key: zarr.AbsolutePath,
  value: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  await untilAborted(Promise.resolve((store as AbortableStore).set(key, value, { signal })), signal);
}

/** Runs a write; its failure becomes a WriteError naming `key`, unless it is typed already or an abort. */
export async function writing<T>(key: string, write: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await write();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TilewiseError) throw error;
    throw new WriteError(key, (error as Error).message, { cause: error });
  }
}

/** Writes the documents of the node at a path, in order. Throws WriteError when the store fails. */
export async function writeDocuments(
  store: WritableStore,
  path: string,
  documents: readonly NamedDocument[],
  signal?: AbortSignal,
): Promise<void> {
  for (const [name, document] of documents) {
    const key = absolutePath(path, name);
    await writing(key, () => put(store, key, encodeJson(document), signal), signal);
  }
}
