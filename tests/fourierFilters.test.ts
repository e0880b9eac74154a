// Filters of spectra: the laws that they obey, and bad input.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  fourierEllipsoid,
  fourierGaussian,
  fourierShift,
  fourierUniform,
  fromArray,
  type LazyArray,
} from '../src/index';
import { expectWithinContract } from './helpers/compare';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

const spectra = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const size = 2 * shape.reduce((a, b) => a * b, 1);
  return fc.record({
    data: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size }),
    shape: fc.constant(shape),
    sizes: fc.array(fc.double({ min: -3, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }),
  });
});

for (const device of EXECUTORS) {
  const options = { numRuns: device === 'gpu' ? 6 : 40 };

  describe(`on ${device}`, () => {
    test('a shift and the shift back are nothing', async () => {
      const law = fc.asyncProperty(spectra, async ({ data, shape, sizes }) => {
        const own = sizes.slice(0, shape.length);
        const spectrum = fromArray(Float32Array.from(data), { shape, dtype: 'complex64' });
        const back = fourierShift(
          fourierShift(spectrum, own),
          own.map((s) => -s),
        );
        const result = await back.compute({ device });
        expectWithinContract(result.data, data, 'complex64', { range: 18 });
      });
      await fc.assert(law, options);
    });

    test('Gaussians add in squares', async () => {
      const law = fc.asyncProperty(spectra, async ({ data, shape, sizes }) => {
        const own = sizes.slice(0, shape.length);
        const spectrum = fromArray(Float32Array.from(data), { shape, dtype: 'complex64' });
        const twice = await fourierGaussian(fourierGaussian(spectrum, own), 1.5).compute({ device });
        const sums = own.map((s) => Math.hypot(s, 1.5));
        const once = await fourierGaussian(spectrum, sums).compute({ device });
        expectWithinContract(twice.data, once.data, 'complex64', { range: 18 });
      });
      await fc.assert(law, options);
    });
  });
}

describe('bad input', () => {
  const spectrum = fromArray(new Float32Array(40), { shape: [4, 5], dtype: 'complex64' });
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse
  const any = (value: unknown) => value as any;
  const rejected: [string, () => LazyArray, RegExp][] = [
    ['no array', () => fourierGaussian(any([1]), 1), /^image: /],
    ['too few sigmas', () => fourierGaussian(spectrum, [1]), /^sigma: .*2 values/],
    ['a size that is no number', () => fourierUniform(spectrum, any('3')), /^size: .*"3"/],
    ['a shift that is not finite', () => fourierShift(spectrum, [0, Number.NaN]), /^shift\[1\]: .*NaN/],
    ['an axis beyond', () => fourierShift(spectrum, 1, { axis: 2 }), /^axis: .*2/],
    ['n that is no integer', () => fourierUniform(spectrum, 1, { n: 7.5 }), /^n: .*7.5/],
    ['n of other frequencies', () => fourierUniform(spectrum, 1, { n: 10 }), /^n: expected 8 or 9 .*10/],
    ['n of no length', () => fourierUniform(spectrum, 1, { n: 0 }), /^n: /],
    [
      'n along another axis',
      () => fourierUniform(spectrum, 1, { n: 8, axis: -2 }),
      /^n: expected 6 or 7 .*axis 0/,
    ],
    [
      'four axes',
      () => fourierEllipsoid(fromArray(new Float32Array(1), { shape: [1, 1, 1, 1] }), 1),
      /^image: .*three axes/,
    ],
  ];
  test.each(rejected)('%s', (_name, call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });
});
