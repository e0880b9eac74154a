// A source whose chunks are computed by code: how functions of the application enter the graph.
import PQueue from 'p-queue';
import type { DType, TypedArray } from '../core/dtype';
import type { ArrayMeta } from '../core/graph';
import type { Shape } from '../core/region';
import type { ReadOptions, Source } from '../core/source';
import { chunkCache } from '../io/cache';
import { chunkRequests, untilAborted } from '../io/request';
import { checkChunkIndex } from '../io/zarrSource';
import { workerCount } from './settings';

/** Computes one chunk. The signal is aborted when nobody waits for the chunk any more. */
export type ChunkFunction = (index: readonly number[], options: ReadOptions) => Promise<TypedArray>;

/** Chunks are computed once for all who ask at a time, a few at once, and kept in the cache of chunks. */
export class ComputedSource implements Source {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly chunks: Shape;
  readonly dimensionNames: readonly (string | null)[];
  readonly #compute: ChunkFunction;
  readonly #queue: PQueue;

  constructor(
    readonly key: string,
    { shape, dtype, chunks, dimensionNames }: ArrayMeta,
    compute: ChunkFunction,
    /** Chunks computed at a time. */
    concurrency = Math.max(2, workerCount()),
  ) {
    this.#queue = new PQueue({ concurrency });
    this.shape = shape;
    this.dtype = dtype;
    this.chunks = chunks;
    this.dimensionNames = dimensionNames;
    this.#compute = compute;
  }

  async readChunk(index: readonly number[], { signal, device }: ReadOptions = {}): Promise<TypedArray> {
    checkChunkIndex(index, this);
    signal?.throwIfAborted();
    const key = `${this.key}\n${device ?? ''}\n${index}`;
    const cached = chunkCache.get(key);
    if (cached) return cached;
    const load = async (shared: AbortSignal) => {
      const work = () => untilAborted(this.#compute(index, { signal: shared, device }), shared);
      const data = await this.#queue.add(work, { signal: shared });
      chunkCache.set(key, data);
      return data;
    };
    return chunkRequests.run(key, load, { signal });
  }
}
