// The seam between a source and where its chunks are decoded: here, or in workers.
import type * as zarr from 'zarrita';
import { BoolArray, isZarritaError } from 'zarrita';
import type { DType, TypedArray } from '../core/dtype';
import { ArgumentError, CodecError, SourceError, TilewiseError } from '../core/errors';
import { chunkRegion, copyRegion, elementCount, regionShape, stridesOf, wholeRegion } from '../core/region';
import { widenHalf } from './float16';
import type { RangeStore } from './stores';
import type { TiffCoding } from './tiff/layout';

/** What a decoder needs to open an array for itself. */
export interface ArrayReference {
  /** The store, with checked and repaired metadata; errors it throws are typed. */
  readonly store: RangeStore;
  /** Absolute path of the array in the store. */
  readonly path: string;
  readonly format: 2 | 3;
  /** The array is declared uint16 and holds float16 bits: decode to float32. */
  readonly half: boolean;
  /** Inner chunks per shard; chunks of one shard are best decoded in one place, which then reads its index once. */
  readonly chunksPerShard?: readonly number[];
}

/** An array whose chunks a decoder decodes. */
export interface AttachedArray {
  /** One chunk, cut at the array's edge, C order, bool as bytes. Rejects with the signal's reason when aborted. */
  decode(index: readonly number[], options: { signal: AbortSignal }): Promise<TypedArray>;
  /** Frees what the decoder holds for the array. */
  detach(): void;
}

/** Memory to be used again. */
export interface ChunkMemory {
  take(dtype: DType, length: number): TypedArray;
  /** Takes back buffers that nobody reads or writes any more. */
  give(buffers: Iterable<ArrayBufferLike>): void;
}

/** Decodes chunks, and encodes them, somewhere else than inline. Rejects with WorkerError when it no longer can. */
export interface ChunkDecoder {
  attach(array: ArrayReference): AttachedArray;
  /** Where chunks to be encoded are put, so that no copy is made on their way; without it, anywhere. */
  readonly staging?: ChunkMemory;
  /** Compresses a chunk's bytes as `encodeChunk` does; without it chunks are encoded inline. */
  encode?(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  /** Decompresses a block of a TIFF; without it that is done inline. */
  decodeTiff?(
    bytes: Uint8Array,
    coding: TiffCoding,
    options?: { signal?: AbortSignal },
  ): Promise<Uint8Array<ArrayBuffer>>;
}

let current: ChunkDecoder | undefined;

/** Sets the decoder used by writers and by every source that has none of its own; undefined works inline. */
export function setChunkDecoder(decoder: ChunkDecoder | undefined): void {
  current = decoder;
}

/** The decoder set by {@link setChunkDecoder}. */
export const chunkDecoder = (): ChunkDecoder | undefined => current;

type AnyArray = zarr.Array<zarr.DataType, zarr.Readable>;

/**
 * Reads and decodes one chunk of a zarrita array: cut at the array's edge, C order, bool as Uint8Array, float16
 * (declared uint16, `half`) as Float32Array. The result may alias the store's bytes. Throws CodecError when the
 * bytes do not make a whole chunk.
 */
export async function decodeChunk(
  array: AnyArray,
  index: readonly number[],
  { signal, half = false }: { signal?: AbortSignal; half?: boolean } = {},
): Promise<TypedArray> {
  const chunk = await array.getChunk([...index], { signal });
  const data = plainData(chunk.data);
  const expected = elementCount(array.chunks);
  if (data.length !== expected)
    throw new CodecError(array.path, `chunk [${index}] holds ${data.length} elements instead of ${expected}`);
  const cut = cutChunk(data, chunk.stride, index, array.shape, array.chunks);
  return half ? widenHalf(cut as Uint16Array) : cut;
}

function plainData(data: unknown): TypedArray {
  if (data instanceof BoolArray) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (ArrayBuffer.isView(data)) return data as TypedArray;
  throw new ArgumentError('data', data, 'a typed array');
}

/** The part of a full, possibly strided chunk that lies in the array, in C order; the chunk itself if nothing changes. */
function cutChunk(
  data: TypedArray,
  stride: readonly number[],
  index: readonly number[],
  shape: readonly number[],
  chunks: readonly number[],
): TypedArray {
  const size = regionShape(chunkRegion(index, shape, chunks));
  const contiguous = stridesOf(chunks).every((step, axis) => step === stride[axis] || chunks[axis] === 1);
  const length = elementCount(size);
  if (contiguous && length === data.length) return data;
  const out = data.slice(0, length);
  if (contiguous) {
    copyRegion(data as Uint8Array, wholeRegion(chunks), out as Uint8Array, wholeRegion(size));
    return out;
  }
  const at = size.map(() => 0);
  let from = 0;
  for (let into = 0; into < length; into++) {
    out[into] = data[from];
    for (let axis = size.length - 1; axis >= 0; axis--) {
      from += stride[axis];
      if (++at[axis] < size[axis]) break;
      from -= stride[axis] * size[axis];
      at[axis] = 0;
    }
  }
  return out;
}

/** Whether an error came out of the decoding itself, rather than from the store. */
export const isDecodeFailure = (error: unknown): boolean =>
  error instanceof CodecError ||
  isZarritaError(error) ||
  (error as Error | undefined)?.name === 'DecodeFailure';

/** Message of an error with that of its cause, which names what a codec found wrong. */
export function fullMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** The typed error for a chunk that could not be read. `key` names the array and the chunk. */
export function readFailure(error: unknown, key: string): Error {
  if (error instanceof TilewiseError && !(error instanceof CodecError)) return error;
  if (isDecodeFailure(error)) {
    const message = fullMessage(error).replace(`${key}: `, '');
    return new CodecError(key, `chunk could not be decoded: ${message}`, { cause: error });
  }
  return new SourceError(key, `chunk could not be read: ${fullMessage(error)}`, { cause: error });
}
