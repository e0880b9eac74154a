// Small reads of a file, put together to larger ones.
import { LRUCache } from 'lru-cache';
import type { ByteSource } from './byteSource';

const KEPT = 64;

/** Reads bytes from `offset` on; fewer than `length` where the file ends. */
export type ByteReader = (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * A reader for what is scattered in small pieces, as directories are: it reads in blocks of `size` bytes, which are
 * shared by all who ask and kept, the last ones asked for. Failed reads are not kept.
 */
export function blockReader(file: ByteSource, size = 2 ** 16): ByteReader {
  const blocks = new LRUCache<number, Promise<Uint8Array<ArrayBuffer>>>({ max: KEPT });
  const block = (index: number): Promise<Uint8Array<ArrayBuffer>> => {
    let bytes = blocks.get(index);
    if (!bytes) {
      // Not to be aborted: others may wait for the same block.
      bytes = file.read(index * size, size);
      blocks.set(index, bytes);
      bytes.catch(() => blocks.delete(index));
    }
    return bytes;
  };
  return async (offset, length) => {
    const first = Math.floor(offset / size);
    const last = Math.floor((offset + length - 1) / size);
    const out = new Uint8Array(length);
    let filled = 0;
    for (let index = first; index <= last; index++) {
      const bytes = await block(index);
      const start = Math.max(0, offset - index * size);
      const part = bytes.subarray(start, start + length - filled);
      out.set(part, filled);
      filled += part.length;
      if (bytes.length < size) break;
    }
    return filled === length ? out : out.slice(0, filled);
  };
}
