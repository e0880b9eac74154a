import { expect, test } from 'vitest';
import { toTruthValues } from '../../src/io/truthValues';

test('every byte at every place in a word, in views that begin and end anywhere', () => {
  for (let start = 0; start < 4; start++) {
    for (let length = 0; length < 12; length++) {
      for (let byte = 0; byte < 256; byte++) {
        const memory = Uint8Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? byte : 0));
        const expected = memory.map((value, i) =>
          i >= start && i < start + length ? Number(value > 0) : value,
        );
        toTruthValues(memory.subarray(start, start + length));
        expect(memory.join()).toBe(expected.join());
      }
    }
  }
});
