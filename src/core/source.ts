// Where a leaf array's chunks come from.
import type { DType, TypedArray } from './dtype';
import type { PlacedArray, Region, Shape } from './region';

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
  /** Memory that holds a region and may be read in place; undefined where there is none, or no such memory. */
  inPlace?(
    region: Region,
    memory: InPlaceMemory,
    options?: ReadOptions,
  ): PlacedArray | undefined | Promise<PlacedArray | undefined>;
  /** Says that what is read in place is in use, until the function that is returned has been called. */
  hold?(): () => void;
  /** Says that all of an array has been computed from the source: what it only holds for this may go. */
  done?(): void;
}

/** The memory that a reader can read in place. */
export interface InPlaceMemory {
  /** Shared memory only; otherwise any. */
  readonly shared: boolean;
  /** Bytes of an array, at most, that may be copied to shared memory to stay there. */
  readonly copyUpTo: number;
}
