// Uploaded constants (weights, index tables, lookup tables), shared by content between tiles.
import type { TypedArray } from '../../core/dtype';
import { dtypeOf } from '../../core/dtype';
import { hashValue } from '../../core/hash';
import type { BufferPool } from './bufferPool';
import { STORAGE, upload } from './buffers';

interface Entry {
  readonly buffer: GPUBuffer;
  users: number;
}

export class ConstantCache {
  /** In order of use, oldest first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(
    readonly pool: BufferPool,
    readonly cap: number,
  ) {}

  /** The buffer with `data`; call `release(key)` when no submit uses it any more. */
  acquire(data: TypedArray): { key: string; buffer: GPUBuffer; isNew: boolean } {
    const key = `${dtypeOf(data)}:${data.length}:${hashValue(data)}`;
    const known = this.#entries.get(key);
    const entry = known ?? this.#add(data);
    entry.users++;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return { key, buffer: entry.buffer, isNew: !known };
  }

  release(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) entry.users--;
    for (const [name, { buffer, users }] of this.#entries) {
      if (this.#bytes <= this.cap) return;
      if (users === 0) this.#drop(name, buffer);
    }
  }

  /** Gives unused constants back to the pool. */
  flush(): void {
    for (const [name, { buffer, users }] of this.#entries) if (users === 0) this.#drop(name, buffer);
  }

  #add(data: TypedArray): Entry {
    const buffer = this.pool.acquire(data.byteLength, STORAGE);
    upload(this.pool.device.queue, buffer, data);
    this.#bytes += buffer.size;
    return { buffer, users: 0 };
  }

  #drop(name: string, buffer: GPUBuffer): void {
    this.#entries.delete(name);
    this.#bytes -= buffer.size;
    this.pool.release(buffer);
  }
}
