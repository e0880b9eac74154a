// An allocator over the memory of the WASM kernels: first fit from a free list of joined blocks.
import { type DType, type TypedArray, view } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { CpuKernels } from '../../core/kernels';

const ALIGNMENT = 16;
const PAGE = 65536;

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

interface Block {
  readonly pointer: number;
  readonly bytes: number;
}

export class Heap {
  readonly #memory: WebAssembly.Memory;
  /** Free blocks by address; neighbours are always joined. */
  readonly #free: Block[] = [];
  /** Bytes of each block in use, by address. */
  readonly #used = new Map<number, number>();
  /** Everything from here on is unused. */
  #top: number;
  #bytesInUse = 0;

  constructor(kernels: Pick<CpuKernels, 'memory' | 'heapBase'>) {
    this.#memory = kernels.memory;
    this.#top = align(kernels.heapBase);
  }

  /** A block of at least `bytes`, aligned to 16. Growing the memory detaches every existing view. */
  allocate(bytes: number): number {
    const size = align(Math.max(bytes, 1));
    const pointer = this.#reuse(size) ?? this.#extend(size);
    this.#used.set(pointer, size);
    this.#bytesInUse += size;
    return pointer;
  }

  /** Returns a block; 0 (no block) is ignored. */
  free(pointer: number): void {
    if (pointer === 0) return;
    const bytes = this.#used.get(pointer);
    if (bytes === undefined) throw new DeviceError(`pointer: ${pointer} is not an allocated block`);
    this.#used.delete(pointer);
    this.#bytesInUse -= bytes;
    this.#insert({ pointer, bytes });
  }

  /** A typed array over `length` elements, valid until the next allocation. */
  view(dtype: DType, pointer: number, length: number): TypedArray {
    return view(dtype, this.#memory.buffer, pointer, length);
  }

  /** First fit. */
  #reuse(size: number): number | undefined {
    const index = this.#free.findIndex((block) => block.bytes >= size);
    if (index < 0) return undefined;
    const { pointer, bytes } = this.#free[index];
    if (bytes === size) this.#free.splice(index, 1);
    else this.#free[index] = { pointer: pointer + size, bytes: bytes - size };
    return pointer;
  }

  #extend(size: number): number {
    const pointer = this.#top;
    const missing = pointer + size - this.#memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / PAGE));
      } catch (cause) {
        throw new DeviceError(`WASM memory: ${size} more bytes do not fit (${this.#bytesInUse} in use)`, {
          cause,
        });
      }
    }
    this.#top += size;
    return pointer;
  }

  #insert({ pointer, bytes }: Block): void {
    let index = this.#free.findIndex((block) => block.pointer > pointer);
    if (index < 0) index = this.#free.length;
    let start = pointer;
    let end = pointer + bytes;
    let joined = 0;
    const previous = this.#free[index - 1];
    if (previous && previous.pointer + previous.bytes === start) {
      start = previous.pointer;
      index--;
      joined++;
    }
    const next = this.#free[index + joined];
    if (next && next.pointer === end) {
      end += next.bytes;
      joined++;
    }
    this.#free.splice(index, joined);
    if (end === this.#top) this.#top = start;
    else this.#free.splice(index, 0, { pointer: start, bytes: end - start });
  }
}
