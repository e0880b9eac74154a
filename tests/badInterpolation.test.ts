// Arguments of interpolation that cannot be accepted: an ArgumentError that names argument and value, before any data is
// read.
import { expect, test } from 'vitest';
import {
  ArgumentError,
  affineTransform,
  fromSource,
  isTilewiseError,
  type LazyArray,
  mapCoordinates,
  rotate,
  type Source,
  shift,
  splineFilter,
  splineFilter1d,
  zoom,
} from '../src/index';

const unread = (shape: readonly number[], dtype: Source['dtype'] = 'float32'): LazyArray =>
  fromSource({
    key: `unread ${dtype} ${shape}`,
    shape,
    dtype,
    chunks: shape,
    dimensionNames: shape.map(() => null),
    readChunk: () => Promise.reject(new Error('was read')),
  });

const image = unread([6, 8]);
const line = unread([6]);
const five = unread([2, 2, 2, 2, 2]);
const places = unread([2, 3]);
const any = (value: unknown) => value as never;
const identity = [
  [1, 0],
  [0, 1],
];

/** What all functions that interpolate check alike. */
const INTERPOLATING: Record<string, (options: object) => unknown> = {
  affineTransform: (options) => affineTransform(image, identity, options),
  rotate: (options) => rotate(image, 30, options),
  shift: (options) => shift(image, 1, options),
  zoom: (options) => zoom(image, 2, options),
  mapCoordinates: (options) => mapCoordinates(image, places, options),
};

const SHARED: [name: string, argument: RegExp, options: object][] = [
  ['order below 0', /^order: .*-1/, { order: -1 }],
  ['order above 5', /^order: .*6/, { order: 6 }],
  ['order that is no integer', /^order: .*1.5/, { order: 1.5 }],
  ['order NaN', /^order: .*NaN/, { order: Number.NaN }],
  ['order of the wrong type', /^order: .*"3"/, { order: '3' }],
  ['unknown mode', /^mode: .*"edge"/, { mode: 'edge' }],
  ['a mode per axis', /^mode: /, { mode: ['wrap', 'wrap'] }],
  ['cval NaN', /^cval: .*NaN/, { cval: Number.NaN }],
  ['cval of the wrong type', /^cval: /, { cval: '0' }],
  ['prefilter that is no boolean', /^prefilter: .*1/, { prefilter: 1 }],
];

const GRIDDED: [name: string, argument: RegExp, options: object][] = [
  ['chunks of length 0', /^outputChunks\b.*0/, { outputChunks: 0 }],
  ['chunks of another rank', /^outputChunks: .*\[2, 2, 2\]/, { outputChunks: [2, 2, 2] }],
  ['chunks that are no integers', /^outputChunks\b.*2.5/, { outputChunks: [2.5, 2] }],
];

const OWN: [name: string, argument: RegExp, call: () => unknown][] = [
  ['matrix of 1 x 2', /^matrix: .*\(2, 2\)/, () => affineTransform(image, [[1, 0]])],
  [
    'matrix of 2 x 4',
    /^matrix: /,
    () =>
      affineTransform(image, [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ]),
  ],
  [
    'matrix of 3 x 2',
    /^matrix: /,
    () =>
      affineTransform(image, [
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
  ],
  ['ragged matrix', /^matrix: /, () => affineTransform(image, [[1, 0], [1]])],
  ['empty matrix', /^matrix: /, () => affineTransform(image, [])],
  ['scales of another rank', /^matrix: /, () => affineTransform(image, [1, 1, 1])],
  ['scale 0', /^matrix: .*0/, () => affineTransform(image, [1, 0])],
  ['matrix that is a number', /^matrix: .*2/, () => affineTransform(image, any(2))],
  ['matrix null', /^matrix: /, () => affineTransform(image, any(null))],
  [
    'matrix with NaN',
    /^matrix: .*NaN/,
    () =>
      affineTransform(image, [
        [1, 0],
        [0, Number.NaN],
      ]),
  ],
  [
    'last row of a homogeneous matrix',
    /^matrix: .*0, …, 0, 1/,
    () =>
      affineTransform(image, [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 1],
      ]),
  ],
  [
    'offset of another rank',
    /^offset: .*\[1, 2, 3\]/,
    () => affineTransform(image, identity, { offset: [1, 2, 3] }),
  ],
  ['offset infinite', /^offset\b.*Infinity/, () => affineTransform(image, identity, { offset: Infinity })],
  [
    'outputShape of another rank',
    /^outputShape: .*\[5\]/,
    () => affineTransform(image, identity, { outputShape: [5] }),
  ],
  [
    'outputShape 0',
    /^outputShape\[1\]: .*0/,
    () => affineTransform(image, identity, { outputShape: [5, 0] }),
  ],
  [
    'outputShape 2.5',
    /^outputShape\[0\]: .*2.5/,
    () => affineTransform(image, identity, { outputShape: [2.5, 2] }),
  ],
  [
    'outputShape that is a number',
    /^outputShape: /,
    () => affineTransform(image, identity, { outputShape: any(5) }),
  ],
  ['image of five axes', /^image: /, () => affineTransform(five, [1, 1, 1, 1, 1])],
  ['not an array', /^image: /, () => affineTransform(any([1, 2]), [1])],
  ['angle NaN', /^angle: .*NaN/, () => rotate(image, Number.NaN)],
  ['angle of the wrong type', /^angle: .*"30"/, () => rotate(image, any('30'))],
  ['rotation of one axis', /^image: .*2 to 4 axes/, () => rotate(line, 30)],
  ['one axis', /^axes: .*two axes/, () => rotate(image, 30, { axes: any([1]) })],
  ['the same axis twice', /^axes: .*different/, () => rotate(image, 30, { axes: [1, -1] })],
  ['axis out of range', /^axes\[1\]: .*2/, () => rotate(image, 30, { axes: [0, 2] })],
  ['reshape that is no boolean', /^reshape: /, () => rotate(image, 30, { reshape: any(0) })],
  ['shift of another rank', /^shift: .*\[1, 2, 3\]/, () => shift(image, [1, 2, 3])],
  ['shift NaN', /^shift\b.*NaN/, () => shift(image, [1, Number.NaN])],
  ['zoom of another rank', /^zoom: .*\[2\]/, () => zoom(image, [2])],
  ['zoom 0', /^zoom: .*at least one element/, () => zoom(image, 0)],
  ['zoom that leaves nothing', /^zoom: .*at least one element/, () => zoom(image, [1, 0.01])],
  ['zoom infinite', /^zoom\b.*Infinity/, () => zoom(image, Infinity)],
  ['gridMode that is no boolean', /^gridMode: /, () => zoom(image, 2, { gridMode: any('yes') })],
  ['coordinates for another rank', /^coordinates: .*\[2, …\]/, () => mapCoordinates(image, unread([3, 4]))],
  ['coordinates without places', /^coordinates: /, () => mapCoordinates(image, unread([2]))],
  [
    'complex coordinates',
    /^coordinates: .*complex64/,
    () => mapCoordinates(image, unread([2, 3], 'complex64')),
  ],
  ['no coordinates', /^coordinates: /, () => mapCoordinates(image, any([[1], [2]]))],
  ['spline order 1', /^order: .*1/, () => splineFilter(image, { order: 1 })],
  ['spline order 6', /^order: .*6/, () => splineFilter1d(image, { order: 6 })],
  ['spline order 2.5', /^order: .*2.5/, () => splineFilter1d(image, { order: 2.5 })],
  ['spline mode', /^mode: .*"edge"/, () => splineFilter(image, { mode: any('edge') })],
  ['integer coefficients', /^output: .*"int16"/, () => splineFilter(image, { output: 'int16' })],
  ['spline axis out of range', /^axis: .*2/, () => splineFilter1d(image, { axis: 2 })],
  ['spline axis that is no integer', /^axis: .*0.5/, () => splineFilter1d(image, { axis: 0.5 })],
];

const gridded = Object.entries(INTERPOLATING).filter(([name]) => name !== 'mapCoordinates');
const CASES: typeof OWN = [
  ...Object.entries(INTERPOLATING).flatMap(([name, call]) =>
    SHARED.map(([what, message, options]): (typeof OWN)[0] => [
      `${name}: ${what}`,
      message,
      () => call(options),
    ]),
  ),
  ...gridded.flatMap(([name, call]) =>
    GRIDDED.map(([what, message, options]): (typeof OWN)[0] => [
      `${name}: ${what}`,
      message,
      () => call(options),
    ]),
  ),
  ...OWN,
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
