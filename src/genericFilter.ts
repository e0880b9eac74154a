// Filters of windows by a function of the application's: here, in the workers or on the GPU.
import { blockLayout } from './core/blockLayout';
import { castArray, checkDType, type DType, isComplex, isFloat, itemSize } from './core/dtype';
import { ArgumentError } from './core/errors';
import type { GraphNode, ParamValue } from './core/graph';
import { type AnyFunction, functionNode } from './functions';
import { castNode } from './ops/elementwise';
import {
  parseWindow,
  type WindowOptions,
  type WindowParams,
  windowCoordinates,
} from './ops/ndfilters/window';
import type { WindowFunction } from './ops/ndfilters/windowFunction';

/** Options of {@link genericFilter}. */
export interface GenericFilterOptions extends WindowOptions {
  /** dtype of the result, to which what the function returns is cast like C. Default: the image's. */
  readonly dtype?: DType;
  /** Passed to the function after the values: plain data; numbers, for `argument(i) -> f32` in WGSL. */
  readonly extraArguments?: readonly ParamValue[];
}

/** What the function makes of the window around each pixel. */
export function genericFilterNode(
  image: GraphNode,
  fn: AnyFunction<WindowFunction>,
  options: GenericFilterOptions,
): GraphNode {
  const window = parseWindow(image.shape.length, options);
  const { before, after, modes, cval } = window;
  const dtype = checkDType(options.dtype ?? image.dtype);
  if (isComplex(dtype)) throw new ArgumentError('dtype', dtype, 'a real dtype');
  return functionNode({
    label: 'genericFilter',
    fn,
    calling: { kind: 'window', window: windowCoordinates(window) },
    extraArguments: options.extraArguments,
    arrays: [withConstant(image, window)],
    // As SciPy does: the function gets float64, and so the constant.
    cpuArrays: [castNode(image, 'float64')],
    layout: blockLayout([image], {}),
    dtype,
    margins: { depth: before.map((n, axis) => [n, after[axis]] as const), modes, cval, trim: false },
  });
}

/** The image for a GPU: as it is, unless its type cannot hold the constant beyond the edge. */
function withConstant(image: GraphNode, { modes, cval }: WindowParams): GraphNode {
  const { dtype } = image;
  const used = modes.some((mode) => mode === 'constant' || mode === 'grid-constant');
  if (!used || isFloat(dtype) || itemSize(dtype) > 2) return image;
  const held = castArray(Float64Array.of(cval), 'float64', dtype)[0] === cval;
  return held ? image : castNode(image, 'float32');
}
