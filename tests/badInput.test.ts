// Arguments that cannot be accepted: an ArgumentError, before any data is read, naming the argument and the value.
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  binaryErosion,
  binaryOpening,
  concatenate,
  configure,
  convolve,
  correlate,
  fromArray,
  gaussianFilter,
  histogram,
  isTilewiseError,
  label,
  laplace,
  mean,
  RegionError,
  regionTable,
  sobel,
  stack,
  thresholdLocal,
  uniformFilter,
} from '../src/index';

const image = fromArray(new Float32Array(12 * 10), { shape: [12, 10], dimensionNames: ['y', 'x'] });
const small = fromArray(new Uint8Array(9), { shape: [3, 3] });
const any = (value: unknown) => value as never;

const CASES: [name: string, argument: RegExp, call: () => unknown][] = [
  ['negative sigma', /^sigma: .*-1/, () => gaussianFilter(image, -1)],
  ['NaN sigma', /^sigma: .*NaN/, () => gaussianFilter(image, Number.NaN)],
  ['sigma of the wrong length', /^sigma: .*\[1, 2, 3\]/, () => gaussianFilter(image, [1, 2, 3])],
  ['sigma of the wrong type', /^sigma: .*"2"/, () => gaussianFilter(image, any('2'))],
  ['one bad sigma', /^sigma\[1\]/, () => gaussianFilter(image, [1, Infinity])],
  ['order out of range', /^order: .*4/, () => gaussianFilter(image, 1, { order: 4 })],
  ['fractional order', /^order: .*0.5/, () => gaussianFilter(image, 1, { order: 0.5 })],
  ['unknown mode', /^mode: .*"edge"/, () => gaussianFilter(image, 1, { mode: any('edge') })],
  ['NaN cval', /^cval: .*NaN/, () => gaussianFilter(image, 1, { mode: 'constant', cval: Number.NaN })],
  ['negative truncate', /^truncate: .*-4/, () => gaussianFilter(image, 1, { truncate: -4 })],
  ['size 0', /^size: .*0/, () => uniformFilter(image, { size: 0 })],
  ['origin outside the window', /^origin\[0\]: .*2/, () => uniformFilter(image, { size: 3, origin: 2 })],
  ['weights of another rank', /^weights: .*\[1, 1, 1\]/, () => correlate(image, [1, 1, 1])],
  ['no weights', /^weights: /, () => correlate(image, [[]])],
  ['ragged weights', /^weights: /, () => convolve(image, [[1, 0], [1]])],
  ['NaN weights', /^weights: .*finite/, () => correlate(image, [[1, Number.NaN]])],
  [
    'weights of the wrong length',
    /^weights: .*6 elements/,
    () => correlate(image, { shape: [2, 3], data: [1, 2] }),
  ],
  ['origin outside the weights', /^origin\[1\]: .*1/, () => convolve(image, [[1, 2]], { origin: [0, 1] })],
  ['a mode per axis', /^mode: /, () => correlate(image, [[1]], { mode: any(['wrap', 'wrap']) })],
  ['modes of the wrong length', /^mode: /, () => laplace(image, { mode: ['wrap'] })],
  ['axis out of range', /^axis: .*2/, () => sobel(image, { axis: 2 })],
  ['block size 0', /^blockSize: .*0/, () => thresholdLocal(image, 0)],
  ['unknown method', /^method: .*"otsu"/, () => thresholdLocal(image, 5, { method: any('otsu') })],
  ['structure of another rank', /^structure: /, () => binaryErosion(image, { structure: [1, 1, 1] })],
  [
    'empty structure',
    /^structure: /,
    () =>
      binaryErosion(image, {
        structure: [
          [0, 0],
          [0, 0],
        ],
      }),
  ],
  ['ragged structure', /^structure: /, () => binaryErosion(image, { structure: [[1, 0], [1]] })],
  ['half an iteration', /^iterations: .*0.5/, () => binaryOpening(image, { iterations: 0.5 })],
  ['mask of another shape', /^mask: .*\[3, 3\]/, () => binaryOpening(image, { mask: small })],
  [
    'asymmetric label structure',
    /^structure: /,
    () =>
      label(image, {
        structure: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 0],
        ],
      }),
  ],
  [
    'label structure of 5',
    /^structure: /,
    () => label(image, { structure: { shape: [5, 5], data: new Uint8Array(25).fill(1) } }),
  ],
  [
    'label image of another shape',
    /^labelImage: .*\[3, 3\]/,
    () => mean(image, { labelImage: small, index: 1 }),
  ],
  ['float label image', /^labelImage: .*float32/, () => mean(image, { labelImage: image, index: 1 })],
  [
    'fractional index',
    /^index\[1\]: .*1.5/,
    () => mean(image, { labelImage: image.astype('uint8'), index: [1, 1.5] }),
  ],
  ['unknown dtype', /^dtype: .*"float16"/, () => image.astype(any('float16'))],
  ['unknown dimension', /^dimension: .*"z"/, () => image.select({ z: 0 })],
  ['index out of bounds', /^selection.y: .*12/, () => image.select({ y: 12 })],
  ['empty selection', /^selection.x: .*\[4, 4\]/, () => image.select({ x: [4, 4] })],
  ['step 0', /^selection.x\[2\]: .*0/, () => image.select({ x: [0, 4, 0] })],
  ['shapes that do not broadcast', /^operands: /, () => image.add(small)],
  ['an operand that is no number', /^other: .*"1"/, () => image.add(any('1'))],
  ['not an array', /^image: /, () => gaussianFilter(any([1, 2]), 1)],
  ['zero chunks', /^chunks: .*0/, () => image.rechunk(0)],
  ['arrays of several shapes', /^arrays: /, () => stack([image, small])],
  ['nothing to join', /^arrays: /, () => concatenate([])],
  ['data of the wrong length', /^data: /, () => fromArray(new Uint8Array(5), { shape: [2, 3] })],
  ['a zero-size array', /^shape/, () => fromArray(new Uint8Array(0), { shape: [0, 3] })],
  ['axis out of range', /^axis: .*2/, () => image.sum({ axis: 2 })],
  ['too many workers', /^workers: /, () => configure({ workers: 1.5 })],
  ['unknown device', /^device: .*"tpu"/, () => configure({ device: any('tpu') })],
];

test.each(CASES)('%s', (_name, message, call) => {
  let error: unknown;
  try {
    call();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toMatch(message);
  expect(isTilewiseError(error)).toBe(true);
});

describe('calls that touch data', () => {
  test.each([
    [
      'stop beyond the end',
      [
        [0, 13],
        [0, 10],
      ],
    ],
    [
      'negative start',
      [
        [-1, 3],
        [0, 10],
      ],
    ],
    [
      'stop before start',
      [
        [5, 3],
        [0, 10],
      ],
    ],
    ['an interval short', [[0, 12]]],
    [
      'fractions',
      [
        [0.5, 3],
        [0, 10],
      ],
    ],
    ['an unknown name', { z: [0, 1] }],
    ['null', null],
  ])('read: %s', async (_name, region) => {
    await expect(image.read(any(region))).rejects.toBeInstanceOf(ArgumentError);
  });

  test('read outside the array names axis and bounds', async () => {
    await expect(image.read({ y: [0, 13] })).rejects.toThrow(RegionError);
    await expect(image.read({ y: [0, 13] })).rejects.toThrow(/region\[0\].*\[0, 13\]/);
  });

  test('the rest', async () => {
    await expect(histogram(image, 1, 1, 10)).rejects.toThrow(/^max: /);
    await expect(histogram(image, 0, Number.NaN, 10)).rejects.toThrow(/^max: .*NaN/);
    await expect(histogram(image, 0, 1, 0)).rejects.toThrow(/^bins: .*0/);
    await expect(regionTable(image, { labelImage: small })).rejects.toThrow(/^labelImage: /);
    await expect(
      regionTable(image, { labelImage: image.astype('uint8'), properties: any(['weight']) }),
    ).rejects.toThrow(/^properties: .*"weight"/);
    await expect(image.item()).rejects.toThrow(/^array: /);
    await expect(image.compute({ device: any('tpu') })).rejects.toThrow(/^device: .*"tpu"/);
  });
});

test('NaN and infinite pixels behave as in SciPy: they spread as far as the kernel reaches', async () => {
  const data = new Float32Array(21).fill(1);
  data[10] = Number.NaN;
  const { data: smooth } = await gaussianFilter(fromArray(data, { shape: [21] }), 1).compute({
    device: 'cpu',
  });
  smooth.forEach((value: number | bigint, i: number) => {
    if (Math.abs(i - 10) <= 4) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(1, 6);
  });
});
