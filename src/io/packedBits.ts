// A bool array held in memory at one bit per element, chunk by chunk.
import type { TypedArray } from '../core/dtype';
import type { ArrayMeta } from '../core/graph';
import { hashValue } from '../core/hash';
import {
  boundingRegion,
  chunkRegion,
  chunksIn,
  copyRegion,
  type Region,
  regionShape,
  regionSize,
  type Shape,
  stridesOf,
} from '../core/region';
import type { ReadOptions, Source } from '../core/source';
import { checkChunkIndex } from './zarrSource';

let created = 0;

/** A source whose chunks can be written, any number of times. All false at first. */
export class PackedBits implements Source {
  readonly key = `bits-${++created}`;
  readonly shape: Shape;
  readonly dtype = 'bool';
  readonly chunks: Shape;
  readonly dimensionNames: readonly (string | null)[];
  readonly #packed = new Map<string, Uint8Array>();

  constructor({ shape, chunks, dimensionNames }: ArrayMeta) {
    this.shape = shape;
    this.chunks = chunks;
    this.dimensionNames = dimensionNames;
  }

  async readChunk(index: readonly number[], { signal }: ReadOptions = {}): Promise<TypedArray> {
    checkChunkIndex(index, this);
    signal?.throwIfAborted();
    const bits = new Uint8Array(regionSize(this.#region(index)));
    const packed = this.#packed.get(index.join());
    if (packed) for (let i = 0; i < bits.length; i++) bits[i] = (packed[i >> 3] >> (i & 7)) & 1;
    return bits;
  }

  /** Stores `data` of `region`, a union of whole chunks. Returns the smallest region that holds all that changed. */
  write(region: Region, data: TypedArray): Region | undefined {
    let changed: Region | undefined;
    for (const index of chunksIn(region, this.chunks)) {
      const chunk = this.#region(index);
      const bits = new Uint8Array(regionSize(chunk));
      copyRegion(data, region, bits, chunk);
      const part = this.#replace(index, chunk, pack(bits));
      if (part) changed = changed ? boundingRegion(changed, part) : part;
    }
    return changed;
  }

  /** Content hash: equal contents have equal hashes. */
  hash(): string {
    return hashValue(Object.fromEntries(this.#packed));
  }

  #region(index: readonly number[]): Region {
    return chunkRegion(index, this.shape, this.chunks);
  }

  #replace(index: readonly number[], region: Region, packed: Uint8Array): Region | undefined {
    const before = this.#packed.get(index.join());
    this.#packed.set(index.join(), packed);
    const shape = regionShape(region);
    const strides = stridesOf(shape);
    const low = shape.map(() => Infinity);
    const high = shape.map(() => -1);
    for (let byte = 0; byte < packed.length; byte++) {
      let differing = packed[byte] ^ (before?.[byte] ?? 0);
      for (; differing !== 0; differing &= differing - 1) {
        const at = 8 * byte + 31 - Math.clz32(differing & -differing);
        for (let axis = 0; axis < shape.length; axis++) {
          const i = Math.floor(at / strides[axis]) % shape[axis];
          low[axis] = Math.min(low[axis], i);
          high[axis] = Math.max(high[axis], i);
        }
      }
    }
    if (high.some((h) => h < 0)) return undefined;
    return region.map(([start], axis) => [start + low[axis], start + high[axis] + 1] as const);
  }
}

function pack(bits: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) packed[i >> 3] |= bits[i] << (i & 7);
  return packed;
}
