// Byte ranges as zarrita asks for them.
import type { RangeQuery } from 'zarrita';

/** Start and stop byte of a range in a value of `size` bytes. */
export function rangeBounds(range: RangeQuery, size: number): [start: number, stop: number] {
  return 'suffixLength' in range
    ? [Math.max(0, size - range.suffixLength), size]
    : [range.offset, Math.min(size, range.offset + range.length)];
}
