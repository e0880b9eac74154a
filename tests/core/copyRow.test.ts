import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowCopier } from '../../src/core/copyRow';
import type { TypedArray } from '../../src/core/dtype';

const TYPES = [Uint8Array, Int16Array, Float32Array, Float64Array, BigUint64Array] as const;

/** An array that begins `skip` elements into its buffer, every byte of which is another. */
function filled(Type: (typeof TYPES)[number], length: number, skip: number, shared: boolean): TypedArray {
  const bytes = (length + skip) * Type.BYTES_PER_ELEMENT;
  const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  const all = new Uint8Array(buffer);
  for (let i = 0; i < bytes; i++) all[i] = (i * 2654435761) >>> 13;
  return new Type(buffer as ArrayBuffer, skip * Type.BYTES_PER_ELEMENT, length);
}

const bytesOf = (data: TypedArray): Buffer => Buffer.from(new Uint8Array(data.buffer));

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('copies rows of any place and length, and nothing beside them (shared: %s to %s)', (from, to) => {
  const places = fc.array(fc.nat(9), { minLength: 6, maxLength: 6 });
  const lengths = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 20_000 }));
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), lengths, places, (Type, length, place) => {
      const [skipFrom, skipTo, at, into, afterFrom, afterTo] = place;
      const source = filled(Type, length + at + afterFrom, skipFrom, from);
      const target = filled(Type, length + into + afterTo, skipTo, to);
      new Uint8Array(target.buffer).reverse();
      const size = Type.BYTES_PER_ELEMENT;
      const [before, expected] = [bytesOf(source), bytesOf(target)];
      const start = (skipFrom + at) * size;
      before.copy(expected, (skipTo + into) * size, start, start + length * size);
      rowCopier(source, target)(at, into, length);
      expect(bytesOf(target).equals(expected)).toBe(true);
      expect(bytesOf(source).equals(before)).toBe(true);
    }),
  );
});
