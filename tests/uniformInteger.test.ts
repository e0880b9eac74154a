// Moving averages of integers, against sums of each window: at the limits of exact sums, with any constant.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveIndex } from '../src/core/boundary';
import { castArray } from '../src/core/dtype';
import { BOUNDARY_MODES, fromArray, uniformFilter } from '../src/index';

const TYPES = {
  bool: [0, 1],
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
} as const;

/** Rows are averaged along one axis; `inner` elements lie between neighbours. */
const cases = fc.record({
  dtype: fc.constantFrom(...(Object.keys(TYPES) as (keyof typeof TYPES)[])),
  length: fc.integer({ min: 1, max: 320 }),
  inner: fc.constantFrom(1, 3, 16, 37),
  // 256 is the last size at which sums of uint16 are exact in float32, 512 that of int16.
  size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(255, 256, 257, 511, 512, 513)),
  mode: fc.constantFrom(...BOUNDARY_MODES),
  cval: fc.constantFrom(0, 1, -3, 200, 70000, 0.75),
  extreme: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1000 }),
});

test('are truncated quotients of exact sums', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ dtype, length, inner, size, mode, cval, extreme, seed }) => {
      const [low, high] = TYPES[dtype];
      const values = Float64Array.from({ length: length * inner }, (_, i) => {
        const part = ((i + seed) * 7919) % 1009;
        return extreme ? (part < 1000 ? high : low) : low + (part % (high - low + 1));
      });
      const image = fromArray(castArray(values, 'float64', dtype), { shape: [length, inner], dtype });
      const filtered = uniformFilter(image, { size: [size, 1], mode, cval });
      const { data } = await filtered.compute({ device: 'cpu' });
      const expected = values.map((_, i) => {
        const [y, x] = [Math.floor(i / inner), i % inner];
        let sum = 0;
        for (let k = 0; k < size; k++) {
          const at = resolveIndex(y + k - (size >> 1), length, mode);
          sum += at < 0 ? cval : values[at * inner + x];
        }
        return Math.trunc(sum / size);
      });
      expect(data).toEqual(castArray(expected, 'float64', dtype));
    }),
    { numRuns: 250 },
  );
});
