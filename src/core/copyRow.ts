// Rows of elements from one memory to another, any of which may be shared between threads.
import type { TypedArray } from './dtype';

/** Copies elements [from, from + length) to `to` on. */
export type CopyRow = (from: number, to: number, length: number) => void;

/**
 * How rows of `source` are copied to `target`, which has the same dtype.
 *
 * Engines copy shared memory in words, so that no other thread sees half of one, and only where both sides begin at the
 * same place in a word; else byte by byte, at a quarter of the speed (V8: Relaxed_Memcpy). Rows of such a pair go through
 * memory that is not shared, whose place in a word is that of the shared side.
 */
export function rowCopier(source: TypedArray, target: TypedArray): CopyRow {
  const read = isShared(source);
  if (!read && !isShared(target))
    return (from, to, length) =>
      (target as Uint8Array).set(source.subarray(from, from + length) as Uint8Array, to);
  const size = source.BYTES_PER_ELEMENT;
  const bytes = bytesOf(source);
  const into = bytesOf(target);
  const shared = read ? bytes : into;
  return (from, to, length) => {
    let at = from * size;
    let place = to * size;
    const end = at + length * size;
    const apart = ((bytes.byteOffset + at) ^ (into.byteOffset + place)) & (WORD - 1);
    if (apart === 0 || length * size < WORTHWHILE) {
      into.set(bytes.subarray(at, end), place);
      return;
    }
    const between = bounce();
    while (at < end) {
      const count = Math.min(end - at, BOUNCE);
      const first = (shared.byteOffset + (read ? at : place)) & (WORD - 1);
      between.set(bytes.subarray(at, at + count), first);
      into.set(between.subarray(first, first + count), place);
      at += count;
      place += count;
    }
  };
}

/** Of the words that are copied. */
const WORD = 8;
/** Shorter rows take as long either way. */
const WORTHWHILE = 256;
/** Stays in a core's first cache. */
const BOUNCE = 1 << 13;

let memory: Uint8Array | undefined;

function bounce(): Uint8Array {
  memory ??= new Uint8Array(BOUNCE + WORD);
  return memory;
}

const isShared = ({ buffer }: TypedArray): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
