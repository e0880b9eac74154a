// Decoded chunks, least recently used first out, bounded in bytes.
import { LRUCache } from 'lru-cache';
import type { TypedArray } from '../core/dtype';
import { ArgumentError } from '../core/errors';

const DEFAULT_BUDGET = 256 * 2 ** 20;

/** A byte-bounded LRU of decoded chunks. What it holds is shared: readers copy, never write. */
export class ChunkCache {
  #entries: LRUCache<string, TypedArray> | undefined;
  #budget = 0;

  /** @param budget - bytes held at most; 0 holds nothing. Throws ArgumentError unless finite and >= 0. */
  constructor(budget: number = DEFAULT_BUDGET) {
    this.setBudget(budget);
  }

  /** Bytes held at most. */
  get budget(): number {
    return this.#budget;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  /** Chunks held. */
  get size(): number {
    return this.#entries?.size ?? 0;
  }

  /** Changes the bound, in bytes, dropping the least recently used chunks that no longer fit. */
  setBudget(budget: number): void {
    if (!Number.isFinite(budget) || budget < 0) throw new ArgumentError('budget', budget, 'bytes >= 0');
    const previous = this.#entries;
    this.#budget = Math.floor(budget);
    this.#entries =
      this.#budget === 0
        ? undefined
        : new LRUCache<string, TypedArray>({
            maxSize: this.#budget,
            sizeCalculation: (data) => Math.max(1, data.byteLength),
          });
    if (previous && this.#entries) this.#entries.load(previous.dump());
  }

  /** The chunk, if held; it becomes the most recently used. */
  get(key: string): TypedArray | undefined {
    return this.#entries?.get(key);
  }

  /** Holds a chunk; one larger than the whole budget is not held. */
  set(key: string, data: TypedArray): void {
    this.#entries?.set(key, data);
  }

  /** Drops the chunks whose keys start with `prefix` (a source's key), or all. */
  clear(prefix = ''): void {
    if (prefix === '') this.#entries?.clear();
    for (const key of [...(this.#entries?.keys() ?? [])]) {
      if (key.startsWith(prefix)) this.#entries?.delete(key);
    }
  }
}

/** The process-wide cache of decoded chunks. */
export const chunkCache = new ChunkCache();

/** Sets the bytes of decoded chunks held process-wide. Throws ArgumentError unless finite and >= 0. */
export function setCacheBudget(bytes: number): void {
  chunkCache.setBudget(bytes);
}
