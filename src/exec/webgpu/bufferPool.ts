// GPU buffers by size class, kept for reuse up to a number of bytes.

const MIN_CLASS = 256;

/** Rounds up to one of four classes per power of two, so at most a fifth is wasted. */
export function sizeClass(bytes: number): number {
  if (bytes <= MIN_CLASS) return MIN_CLASS;
  const step = 2 ** (Math.ceil(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

export interface PoolStats {
  /** Bytes of all buffers that exist, in use or idle. */
  readonly allocated: number;
  readonly inUse: number;
  /** The largest `inUse` seen. */
  readonly peak: number;
}

export class BufferPool {
  readonly #idle = new Map<string, GPUBuffer[]>();
  #allocated = 0;
  #inUse = 0;
  #peak = 0;
  #disposed = false;

  /** `cap`: idle buffers are destroyed rather than kept while more than this many bytes exist. */
  constructor(
    readonly device: GPUDevice,
    readonly cap: number,
  ) {}

  get stats(): PoolStats {
    return { allocated: this.#allocated, inUse: this.#inUse, peak: this.#peak };
  }

  /** A buffer of at least `bytes`; contents are undefined. */
  acquire(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    // A class must not push a request that fits the device over its limit.
    const size = Math.min(sizeClass(bytes), Math.max(bytes, this.device.limits.maxBufferSize));
    const buffer = this.#idle.get(`${usage}:${size}`)?.pop() ?? this.#create(size, usage);
    this.#inUse += size;
    this.#peak = Math.max(this.#peak, this.#inUse);
    return buffer;
  }

  /** Takes back a buffer that no pending submit uses. */
  release(buffer: GPUBuffer): void {
    this.#inUse -= buffer.size;
    if (this.#disposed || this.#allocated > this.cap) {
      this.#destroy(buffer);
      return;
    }
    const key = `${buffer.usage}:${buffer.size}`;
    const list = this.#idle.get(key);
    if (list) list.push(buffer);
    else this.#idle.set(key, [buffer]);
  }

  /** Destroys a buffer in use: one whose creation failed, or that is still mapped. */
  discard(buffer: GPUBuffer): void {
    this.#inUse -= buffer.size;
    this.#destroy(buffer);
  }

  /** Destroys every idle buffer. */
  flush(): void {
    for (const list of this.#idle.values()) for (const buffer of list) this.#destroy(buffer);
    this.#idle.clear();
  }

  /** Flushes now, and destroys what is in use when it comes back. */
  dispose(): void {
    this.#disposed = true;
    this.flush();
  }

  #create(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage });
    // After creation: an impossible size throws, and must not be counted.
    this.#allocated += size;
    if (this.#allocated > this.cap) this.flush();
    return buffer;
  }

  #destroy(buffer: GPUBuffer): void {
    this.#allocated -= buffer.size;
    buffer.destroy();
  }
}
