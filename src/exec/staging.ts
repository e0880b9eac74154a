// Memory in which the blocks of tiles wait for an executor and come back from it.
import { allocate, type DType, itemSize, type TypedArray, view } from '../core/dtype';
import type { PlacedArray, Region } from '../core/region';
import type { ReadOptions, Source } from '../core/source';
import { memoryBudget } from './settings';

export interface Staging {
  /** The source's own memory, where the executor can read a region in place. */
  inPlace(source: Source, region: Region, options: ReadOptions): ReturnType<NonNullable<Source['inPlace']>>;
  /** Memory for elements that the executor is to read. */
  take(dtype: DType, length: number): TypedArray;
}

/** New memory for every block, for an executor that reads blocks of their own. */
export const ownMemory: Staging = { inPlace: () => undefined, take: allocate };

/** For an executor on the same thread. */
export const sameThread: Staging = {
  inPlace: (source, region, options) => source.inPlace?.(region, { shared: false, copyUpTo: 0 }, options),
  take: allocate,
};

/** The default part of the memory budget for unused buffers. */
const KEPT = 1 / 16;

/** A buffer serves blocks of at least this part of its bytes. */
const LEAST_USE = 1 / 4;

/**
 * Buffers that go to workers and come back: shared memory that both sides see, or buffers that are transferred. They
 * are used again, since new memory costs more than filling it.
 */
export class RecycledMemory implements Staging {
  /** Shared memory that is ours to use again; what applications bring is not. */
  readonly #ours = new WeakSet<ArrayBufferLike>();
  /** The least recently used first. */
  #unused: ArrayBufferLike[] = [];
  /** Beyond the budget: for collectors to take, which do not count shared memory and may leave it for long. */
  #dropped: WeakRef<ArrayBufferLike>[] = [];

  constructor(
    readonly shared: boolean,
    /** Bytes of unused buffers to keep, as a part of the memory budget. */
    readonly part = KEPT,
  ) {}

  inPlace(source: Source, region: Region, options: ReadOptions) {
    if (!this.shared) return undefined;
    return source.inPlace?.(region, { shared: true, copyUpTo: memoryBudget() / 4 }, options);
  }

  /** Whether all of these are memory of sources, in which nothing had to be put. */
  isReadInPlace(inputs: readonly PlacedArray[]): boolean {
    return this.shared && inputs.every(({ data }) => !this.#ours.has(data.buffer));
  }

  take(dtype: DType, length: number): TypedArray {
    const bytes = length * itemSize(dtype);
    return view(dtype, this.#reuse(bytes) ?? this.#create(bytes), 0, length);
  }

  /** Takes back buffers that nobody reads or writes any more. */
  give(buffers: Iterable<ArrayBufferLike>): void {
    for (const buffer of buffers) if (!this.shared || this.#ours.has(buffer)) this.#unused.push(buffer);
    let kept = this.#unused.reduce((sum, { byteLength }) => sum + byteLength, 0);
    while (kept > memoryBudget() * this.part) {
      const buffer = this.#unused.shift()!;
      kept -= buffer.byteLength;
      if (this.shared) this.#dropped.push(new WeakRef(buffer));
    }
  }

  #create(bytes: number): ArrayBufferLike {
    if (!this.shared) return new ArrayBuffer(bytes);
    const buffer = new SharedArrayBuffer(bytes);
    this.#ours.add(buffer);
    return buffer;
  }

  #reuse(bytes: number): ArrayBufferLike | undefined {
    const unused = bestFit(this.#unused, bytes);
    if (unused) {
      this.#unused.splice(this.#unused.indexOf(unused), 1);
      return unused;
    }
    const dropped = bestFit(
      this.#dropped.flatMap((reference) => reference.deref() ?? []),
      bytes,
    );
    this.#dropped = this.#dropped.filter((reference) => {
      const buffer = reference.deref();
      return buffer !== undefined && buffer !== dropped;
    });
    return dropped;
  }
}

/** The smallest that is large enough, and not much too large. */
function bestFit(buffers: readonly ArrayBufferLike[], bytes: number): ArrayBufferLike | undefined {
  const fits = buffers.filter(({ byteLength }) => byteLength >= bytes && byteLength * LEAST_USE <= bytes);
  return fits.reduce<ArrayBufferLike | undefined>(
    (best, buffer) => (best && best.byteLength <= buffer.byteLength ? best : buffer),
    undefined,
  );
}
