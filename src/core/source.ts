// Where a leaf array's chunks come from.
import type { DType, TypedArray } from './dtype';
import type { Region, Shape } from './region';

/** How a chunk is read. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** The executor that the reader's call asked for: for sources that compute. */
  readonly device?: 'auto' | 'cpu' | 'gpu';
}

/** A chunked array that can be read chunk by chunk. */
export interface Source {
  /** Unique name for caches, errors and graph keys: a URL and path, or a generated id. */
  readonly key: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The unit of reading. Every axis is at least 1. */
  readonly chunks: Shape;
  readonly dimensionNames: readonly (string | null)[];
  /**
   * One chunk by its grid index, cut at the array's edge, C order. The data belongs to the source (it may be
   * cached and shared): callers copy, never write or transfer it. Concurrent calls for one chunk share one fetch;
   * aborting one caller never rejects another.
   */
  readChunk(index: readonly number[], options?: ReadOptions): Promise<TypedArray>;
  /**
   * Copies a region into `target`, which covers exactly it, where that is cheaper than by chunks: for data in memory.
   */
  copyInto?(region: Region, target: TypedArray, options?: ReadOptions): void | Promise<void>;
  /** The data where it stands in shared memory: then workers copy what they need, instead of the calling thread. */
  shared?(options?: ReadOptions): Promise<SharedBlock | undefined>;
}

/** Data in shared memory, C order. */
export interface SharedBlock {
  readonly data: TypedArray;
  /** The part of its array that it covers. */
  readonly region: Region;
}
