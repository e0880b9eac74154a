// Shards of Zarr v3: several chunks in one value, found by an index at its end (codec sharding_indexed).
import { ArgumentError } from '../core/errors';
import { chunkRegion, chunksIn, elementCount, type Shape } from '../core/region';
import { BYTES_CODEC, WRITTEN_CODECS } from './encode';
import { crc32c } from './integrity';
import type { Json } from './metadata';

const ABSENT = 2n ** 64n - 1n;
const CHECKSUM_BYTES = 4;

/** The codecs of an array whose grid is of shards. */
export const shardCodecs = (chunks: Shape): Json[] => [
  {
    name: 'sharding_indexed',
    configuration: {
      chunk_shape: chunks,
      codecs: WRITTEN_CODECS,
      index_codecs: [BYTES_CODEC, { name: 'crc32c' }],
      index_location: 'end',
    },
  },
];

/** Throws ArgumentError unless shards are whole numbers of chunks. */
export function checkShards(shards: Shape, chunks: Shape): Shape {
  const fits = shards.length === chunks.length && shards.every((n, axis) => n > 0 && n % chunks[axis] === 0);
  if (!fits) throw new ArgumentError('shards', shards, `multiples of the chunk shape [${chunks}]`);
  return shards;
}

/** A shard that is complete. */
export interface Shard {
  readonly index: readonly number[];
  readonly bytes: Uint8Array;
}

interface Part {
  readonly index: readonly number[];
  readonly chunks: Map<number, Uint8Array>;
  missing: number;
}

/** Gathers encoded chunks until their shard has all that lie in the array. */
export class ShardAssembler {
  readonly #perShard: Shape;
  readonly #parts = new Map<string, Part>();

  constructor(
    readonly shape: Shape,
    readonly chunks: Shape,
    readonly shards: Shape,
  ) {
    this.#perShard = shards.map((n, axis) => n / chunks[axis]);
  }

  /** Takes a chunk; returns its shard when that is complete. */
  add(index: readonly number[], encoded: Uint8Array): Shard | undefined {
    const shard = this.shardOf(index);
    const name = shard.join();
    const part = this.#parts.get(name) ?? { index: shard, chunks: new Map(), missing: this.#count(shard) };
    this.#parts.set(name, part);
    const place = index.reduce((at, i, axis) => at * this.#perShard[axis] + (i % this.#perShard[axis]), 0);
    if (!part.chunks.has(place)) part.missing--;
    part.chunks.set(place, encoded);
    if (part.missing > 0) return undefined;
    this.#parts.delete(name);
    return this.#assemble(part);
  }

  /** Hands over the shards that are not complete, as they are. */
  takeIncomplete(): Shard[] {
    const parts = [...this.#parts.values()];
    this.#parts.clear();
    return parts.map((part) => this.#assemble(part));
  }

  shardOf(index: readonly number[]): number[] {
    return index.map((i, axis) => Math.floor(i / this.#perShard[axis]));
  }

  /** Bytes of the index at a shard's end. */
  get indexBytes(): number {
    return 16 * elementCount(this.#perShard) + CHECKSUM_BYTES;
  }

  /** Whether a shard with this index has all chunks that lie in the array. */
  isComplete(shard: readonly number[], index: Uint8Array): boolean {
    const end = index.length - CHECKSUM_BYTES;
    if (index.length !== this.indexBytes) return false;
    const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
    if (view.getUint32(end, true) !== crc32c(index.subarray(0, end))) return false;
    let present = 0;
    for (let at = 0; at < end; at += 16) if (view.getBigUint64(at, true) !== ABSENT) present++;
    return present === this.#count(shard);
  }

  /** Chunks of a shard that lie in the array. */
  #count(shard: readonly number[]): number {
    return [...chunksIn(chunkRegion(shard, this.shape, this.shards), this.chunks)].length;
  }

  #assemble({ index, chunks }: Part): Shard {
    const parts = [...chunks].sort(([a], [b]) => a - b);
    const length = parts.reduce((sum, [, bytes]) => sum + bytes.length, 0);
    const bytes = new Uint8Array(length + this.indexBytes);
    const view = new DataView(bytes.buffer, length);
    for (let i = 0; i < 2 * elementCount(this.#perShard); i++) view.setBigUint64(8 * i, ABSENT, true);
    let at = 0;
    for (const [place, part] of parts) {
      bytes.set(part, at);
      view.setBigUint64(16 * place, BigInt(at), true);
      view.setBigUint64(16 * place + 8, BigInt(part.length), true);
      at += part.length;
    }
    const end = bytes.length - CHECKSUM_BYTES;
    view.setUint32(end - length, crc32c(bytes.subarray(length, end)), true);
    return { index, bytes };
  }
}
