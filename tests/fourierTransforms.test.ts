// Fourier transforms: the laws that they obey, what lies between their passes, and bad input.
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { setTileElements } from '../src/core/tiling';
import {
  ArgumentError,
  configure,
  deserializeGraph,
  fftn,
  fftshift,
  fourierGaussian,
  fromArray,
  fromSource,
  ifftn,
  ifftshift,
  irfftn,
  type LazyArray,
  rfftn,
  type Source,
  serializeGraph,
} from '../src/index';
import { expectWithinContract } from './helpers/compare';
import { EXECUTORS, expectNoFallback } from './helpers/executors';

expectNoFallback();

afterEach(() => setTileElements(undefined));

const images = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }).chain((lengths) => {
  const shape = lengths.map((n, axis) => (axis === 0 ? n : Math.ceil(n / 4)));
  const size = 2 * shape.reduce((a, b) => a * b, 1);
  return fc.record({
    shape: fc.constant(shape),
    data: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size }),
    chunk: fc.integer({ min: 1, max: 9 }),
    passes: fc.boolean(),
    norm: fc.constantFrom('backward' as const, 'ortho' as const, 'forward' as const),
  });
});
type Image = typeof images extends fc.Arbitrary<infer T> ? T : never;

const chunks = ({ shape, chunk }: Image) => shape.map((n) => Math.min(n, chunk));
const complexImage = (c: Image, data = c.data) =>
  fromArray(Float64Array.from(data), { shape: c.shape, chunks: chunks(c), dtype: 'complex128' });

describe.each(EXECUTORS)('on %s', (device) => {
  const runs = { numRuns: device === 'gpu' ? 6 : 40 };

  test('there and back is nothing', async () => {
    const law = fc.asyncProperty(images, async (c) => {
      setTileElements(c.passes ? 1 : undefined);
      const single = device === 'gpu';
      const image = single
        ? fromArray(Float32Array.from(c.data), { shape: c.shape, chunks: chunks(c), dtype: 'complex64' })
        : complexImage(c);
      const options = { norm: c.norm };
      const back = await ifftn(fftn(image, options), options).compute({ device });
      expectWithinContract(back.data, c.data, image.dtype, { range: 18 });
      const real = image.real();
      const values = (await real.compute()).data;
      const half = rfftn(real, options);
      const again = await irfftn(half, { ...options, s: c.shape }).compute({ device });
      expectWithinContract(again.data, values, real.dtype, { range: 18 });
    });
    await fc.assert(law, runs);
  });
});

describe('on the CPU', () => {
  test('transforms are linear', async () => {
    const law = fc.asyncProperty(images, async (c) => {
      const other = c.data.map((v, i) => v * ((i % 5) - 2));
      const [a, b, both] = await Promise.all(
        [c.data, other, c.data.map((v, i) => 2 * v - 3 * other[i])].map(
          async (data) => (await fftn(complexImage(c, data)).compute()).data as Float64Array,
        ),
      );
      const expected = a.map((v, i) => 2 * v - 3 * b[i]);
      expectWithinContract(both, expected, 'complex128', { range: 100 * c.data.length });
    });
    await fc.assert(law, { numRuns: 20 });
  });

  test('the spectrum of a real image is half a spectrum and its mirror image', async () => {
    const law = fc.asyncProperty(images, async (c) => {
      const real = complexImage(c).real();
      const whole = await fftn(real).compute();
      const complex = await fftn(real.astype('complex128')).compute();
      expectWithinContract(whole.data, complex.data, 'complex128', { range: 100 });
      const last = c.shape.length - 1;
      const half = fftn(real).slice(
        ...c.shape.map((n, i) => (i === last ? ([0, (n >> 1) + 1] as const) : null)),
      );
      expectWithinContract((await rfftn(real).compute()).data, (await half.compute()).data, 'complex128', {
        range: 100,
      });
    });
    await fc.assert(law, { numRuns: 20 });
  });

  test('shifts undo each other', async () => {
    const law = fc.asyncProperty(images, async (c) => {
      const image = complexImage(c);
      expect((await ifftshift(fftshift(image)).compute()).data).toEqual(Float64Array.from(c.data));
    });
    await fc.assert(law, { numRuns: 20 });
  });

  test('one line that is not finite leaves the others alone', async () => {
    const data = Float32Array.from({ length: 8 * 6 }, (_, i) => i % 7);
    data[2 * 6 + 1] = Number.NaN;
    data[5 * 6] = Number.POSITIVE_INFINITY;
    const image = fromArray(data, { shape: [8, 6] });
    for (const length of [6, 5]) {
      const spectrum = (await rfftn(image, { axes: [1], s: [length] }).compute()).data;
      const bins = spectrum.length / 8;
      for (let line = 0; line < 8; line++) {
        const own = Array.from(spectrum.slice(line * bins, (line + 1) * bins), Number);
        expect(own.every(Number.isFinite)).toBe(line !== 2 && line !== 5);
      }
    }
  });
});

test.each([4096, 3072, 1922, 992, 1000, 2187])(
  'an impulse of %i elements has a wave for its spectrum',
  async (n) => {
    // As many lines as fill a vector, and one more.
    const places = [0, 1, 5, n >> 1, n - 1];
    const data = new Float64Array(places.length * n);
    places.forEach((place, line) => {
      data[line * n + place] = 1;
    });
    const expected = Float64Array.from({ length: 2 * data.length }, (_, i) => {
      const [line, k] = [Math.floor(i / (2 * n)), Math.floor(i / 2) % n];
      const angle = (-2 * Math.PI * ((k * places[line]) % n)) / n;
      return i % 2 ? Math.sin(angle) : Math.cos(angle);
    });
    const lines = fromArray(data, { shape: [places.length, n] });
    for (const dtype of ['float32', 'float64', 'complex64', 'complex128'] as const) {
      const result = await fftn(lines.astype(dtype), { axes: [1] }).compute({ device: 'cpu' });
      expectWithinContract(result.data, expected, result.dtype, { range: 2 });
    }
  },
);

describe('passes', () => {
  const shape = [12, 10];
  const pixels = Float32Array.from({ length: 120 }, (_, i) => (i * 37) % 101);

  /** The image, and how often chunks of it were read. */
  function counted(): { image: LazyArray; reads: () => number } {
    let reads = 0;
    const source: Source = {
      key: `counted-${Math.random()}`,
      shape,
      dtype: 'float32',
      chunks: [4, 10],
      dimensionNames: [null, null],
      async readChunk([row]) {
        reads++;
        return pixels.slice(row * 40, (row + 1) * 40);
      },
    };
    return { image: fromSource(source), reads: () => reads };
  }

  test('an image is read once, whatever is asked of its spectrum', async () => {
    setTileElements(10);
    const { image, reads } = counted();
    const spectrum = fftn(image);
    expect(reads()).toBe(0);
    await spectrum.read([
      [0, 12],
      [3, 4],
    ]);
    const before = reads();
    await spectrum.compute();
    expect(reads()).toBe(before);
  });

  test('what lies between passes goes when all has been computed, and not before others have read it', async () => {
    setTileElements(10);
    const { image, reads } = counted();
    const spectrum = fftn(image);
    const region = [
      [2, 9],
      [1, 8],
    ] as const;
    const [whole, part] = await Promise.all([spectrum.compute(), spectrum.read(region)]);
    const before = reads();
    // Other arrays take the memory of the first one.
    for (let i = 1; i < 4; i++) await fftn(image.multiply(i)).compute();
    const again = await spectrum.read(region);
    expect(reads()).toBeGreaterThan(before);
    expect(again.data).toEqual(part.data);
    expect(spectrum.shape).toEqual(whole.shape);
    expect((await spectrum.compute()).data).toEqual(whole.data);
  });

  test('nothing is read to explain', async () => {
    setTileElements(10);
    const { image, reads } = counted();
    expect(await irfftn(fourierGaussian(rfftn(image), 2, { n: 10 })).explain({ device: 'cpu' })).toMatch(
      /read kept-.*\n.*fourierLines/,
    );
    expect(reads()).toBe(0);
  });

  test.each([true, false])('results are the same with shared memory: %s', async (sharedMemory) => {
    const expected = await fftn(fromArray(pixels, { shape })).compute({ device: 'cpu' });
    setTileElements(10);
    configure({ sharedMemory });
    try {
      const result = await fftn(fromArray(pixels, { shape, chunks: [5, 3] })).compute({ device: 'cpu' });
      expectWithinContract(result.data, expected.data, 'complex64');
    } finally {
      configure({ sharedMemory: undefined });
    }
  });

  test('an abort rejects, and the next read computes', async () => {
    setTileElements(10);
    const spectrum = fftn(fromArray(pixels, { shape }));
    const controller = new AbortController();
    const reading = spectrum.compute({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect((await spectrum.slice(0, 0).item()) as object).toEqual({
      re: pixels.reduce((a, b) => a + b, 0),
      im: 0,
    });
  });

  test('graphs of several passes are data', async () => {
    setTileElements(10);
    const { image } = counted();
    const spectrum = irfftn(fourierGaussian(rfftn(image), 2, { n: 10 }));
    const copy = deserializeGraph(JSON.parse(JSON.stringify(serializeGraph(spectrum))), {
      [image.node.source!.key]: image.node.source!,
    });
    expect(copy.node.key).toBe(spectrum.node.key);
    expect((await copy.compute()).data).toEqual((await spectrum.compute()).data);
  });
});

describe('bad input', () => {
  const image = fromArray(new Float32Array(40), { shape: [4, 10], dimensionNames: ['y', 'x'] });
  const spectrum = fftn(image);
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse
  const any = (value: unknown) => value as any;
  const rejected: [string, () => LazyArray, RegExp][] = [
    ['no array', () => fftn(any([1])), /^image: /],
    ['a spectrum as a real image', () => rfftn(spectrum), /^image: .*real.*complex64/],
    ['an axis beyond', () => fftn(image, { axes: [2] }), /^axes\[0\]: .*2/],
    ['an unknown dimension', () => fftn(image, { axes: ['z'] }), /^axes\[0\]: .*"z"/],
    ['an axis twice', () => ifftn(image, { axes: [1, -1] }), /^axes: .*once/],
    ['axes that are no list', () => fftn(image, { axes: any(1) }), /^axes: .*list/],
    ['no axis of a real image', () => rfftn(image, { axes: [] }), /^axes: .*at least one/],
    ['a length of 0', () => fftn(image, { s: [4, 0] }), /^s\[1\]: .*0/],
    ['half a length', () => fftn(image, { s: [2.5] }), /^s\[0\]: .*2.5/],
    ['lengths of other axes', () => fftn(image, { s: [4, 4], axes: [0] }), /^s: .*1 lengths/],
    ['too many lengths', () => fftn(image, { s: [4, 4, 4] }), /^s: .*at most 2/],
    ['lengths that are no list', () => fftn(image, { s: any(4) }), /^s: .*list.*4/],
    ['an unknown norm', () => fftn(image, { norm: any('unit') }), /^norm: .*'ortho'.*"unit"/],
    [
      'a single frequency',
      () => irfftn(fromArray(new Float32Array(3), { shape: [3, 1] })),
      /^image: .*at least 2/,
    ],
    ['a shift along an axis beyond', () => fftshift(image, 5), /^axes\[0\]: .*5/],
  ];
  test.each(rejected)('%s', (_name, call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });
});
