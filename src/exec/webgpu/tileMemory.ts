// The buffers of one tile: shared between its steps by reference count, back in the pool after its submit.
import type { TypedArray } from '../../core/dtype';
import type { GpuBufferRef } from '../../core/op';
import { type BufferPool, sizeClass } from './bufferPool';
import { padToWord, STORAGE, upload } from './buffers';
import type { ConstantCache } from './constantCache';

/** Larger constants belong to one tile (lookup tables): hashing them costs more than sending them. */
const CACHED_CONSTANT = 1 << 16;

export class TileBuffer implements GpuBufferRef {
  users = 1;

  constructor(
    readonly bytes: number,
    readonly buffer: GPUBuffer,
    /** Whether later steps may overwrite it once nobody uses it. */
    readonly recyclable: boolean,
  ) {}
}

export class TileMemory {
  readonly #owned: GPUBuffer[] = [];
  readonly #idle: GPUBuffer[] = [];
  readonly #constants = new Map<string, TileBuffer>();
  /** Bytes sent to the device for this tile. */
  uploaded = 0;

  constructor(
    readonly pool: BufferPool,
    readonly constants: ConstantCache,
  ) {}

  /** Space that only the device writes: may reuse what an earlier step of this tile has finished with. */
  allocate(bytes: number): TileBuffer {
    const size = sizeClass(padToWord(bytes));
    const at = this.#idle.findIndex((buffer) => buffer.size === size);
    if (at >= 0) return new TileBuffer(bytes, this.#idle.splice(at, 1)[0], true);
    return new TileBuffer(bytes, this.acquire(padToWord(bytes), STORAGE), true);
  }

  /** Uploads `data`. Always to a buffer new to this tile, since uploads run before all of its steps. */
  upload(data: TypedArray): TileBuffer {
    const buffer = this.acquire(padToWord(data.byteLength), STORAGE);
    upload(this.pool.device.queue, buffer, data);
    this.uploaded += data.byteLength;
    return new TileBuffer(data.byteLength, buffer, true);
  }

  constant(data: TypedArray): TileBuffer {
    if (data.byteLength > CACHED_CONSTANT) return this.upload(data);
    const { key, buffer, isNew } = this.constants.acquire(data);
    if (isNew) this.uploaded += data.byteLength;
    const known = this.#constants.get(key);
    if (known) this.constants.release(key);
    const made = known ?? new TileBuffer(data.byteLength, buffer, false);
    this.#constants.set(key, made);
    made.users++;
    return made;
  }

  acquire(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.pool.acquire(bytes, usage);
    this.#owned.push(buffer);
    return buffer;
  }

  release(buffer: TileBuffer): void {
    if (--buffer.users === 0 && buffer.recyclable) this.#idle.push(buffer.buffer);
  }

  /** Returns everything; call once the tile's submit is done. */
  finish(): void {
    for (const buffer of this.#owned) this.pool.release(buffer);
    this.#releaseConstants();
  }

  /** Destroys everything: some of it may have failed to be created. */
  discard(): void {
    for (const buffer of this.#owned) this.pool.discard(buffer);
    this.#releaseConstants();
  }

  #releaseConstants(): void {
    this.#owned.length = 0;
    for (const key of this.#constants.keys()) this.constants.release(key);
    this.#constants.clear();
  }
}
