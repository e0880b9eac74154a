// Functions of windows in JavaScript: called once an element with the window's values, as scipy.ndimage does.
import { allocate, castArray, type DType, type TypedArray } from '../../core/dtype';
import { elementCount, type Shape, stridesOf } from '../../core/region';

/** A function of a window's values; the array is the same in every call. */
export type WindowFunction = (values: Float64Array, ...extraArguments: never[]) => number;

/** A float64 block: each window of the output begins at its element's position in it. */
export interface WindowedBlock {
  readonly data: TypedArray;
  readonly shape: Shape;
}

/**
 * The function of each window, cast like C.
 * @param window coordinates of the window's elements from its corner, in the order of the values
 * @throws TypeError when the function returns no number; what the function throws
 */
export function filterWindows(
  fn: (values: Float64Array) => unknown,
  block: WindowedBlock,
  window: Int32Array,
  output: { readonly shape: Shape; readonly dtype: DType },
): TypedArray {
  const { shape, dtype } = output;
  const rank = shape.length;
  const strides = stridesOf(block.shape);
  const offsets = Int32Array.from({ length: window.length / rank }, (_, i) =>
    strides.reduce((at, stride, axis) => at + stride * window[i * rank + axis], 0),
  );
  const data = block.data as Float64Array;
  const values = new Float64Array(offsets.length);
  const results = new Float64Array(elementCount(shape));
  const position = new Array<number>(rank).fill(0);
  let start = 0;
  for (let i = 0; i < results.length; i++) {
    for (let k = 0; k < offsets.length; k++) values[k] = data[start + offsets[k]];
    const result = fn(values);
    if (typeof result !== 'number' && typeof result !== 'boolean')
      throw new TypeError(
        `expected a number for the window of element [${position}], received ${typeof result}`,
      );
    results[i] = Number(result);
    for (let axis = rank - 1; axis >= 0; axis--) {
      start += strides[axis];
      if (++position[axis] < shape[axis]) break;
      start -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  return dtype === 'bool' ? truthValues(results) : castArray(results, 'float64', dtype);
}

/** C truncates to a byte first: numbers below one are false, and so is NaN. */
function truthValues(results: Float64Array): TypedArray {
  const out = allocate('bool', results.length);
  for (let i = 0; i < results.length; i++) out[i] = Math.abs(results[i]) >= 1 ? 1 : 0;
  return out;
}
