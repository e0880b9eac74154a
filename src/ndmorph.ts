/**
 * Binary morphology, as dask_image.ndmorph names it. Semantics are scipy.ndimage's; results are bool.
 *
 * @example
 * {@includeCode ../docs/examples/ndmorph.mjs}
 *
 * @module ndmorph
 */
import { checkInteger } from './core/checks';
import { ArgumentError } from './core/errors';
import { type GraphNode, sourceNode } from './core/graph';
import { StableSource } from './exec/stable';
import { arrayNode, LazyArray } from './lazyArray';
import { booleanNode } from './ops/elementwise';
import { type BinaryOptions, morphologyNode, morphologyStep } from './ops/ndmorph/binary';

export {
  generateBinaryStructure,
  iterateStructure,
  type NestedArray,
  type Structure,
  type StructureLike,
} from './core/structure';

/** Options of the binary operations. */
export interface BinaryMorphologyOptions extends BinaryOptions<LazyArray> {}

/**
 * Erosion of `image != 0`.
 * @throws ArgumentError for a structure of another rank or without elements, iterations that are no integer, a mask of
 * another shape, an origin that leaves the structure; reads throw it when `iterations < 1` can have no end
 * @see scipy.ndimage.binary_erosion
 */
export function binaryErosion(image: LazyArray, options: BinaryMorphologyOptions = {}): LazyArray {
  return run(image, options, [false]);
}

/** Dilation of `image != 0`. Throws as {@link binaryErosion}. @see scipy.ndimage.binary_dilation */
export function binaryDilation(image: LazyArray, options: BinaryMorphologyOptions = {}): LazyArray {
  return run(image, options, [true]);
}

/** Erosions, then dilations. Throws as {@link binaryErosion}. @see scipy.ndimage.binary_opening */
export function binaryOpening(image: LazyArray, options: BinaryMorphologyOptions = {}): LazyArray {
  return run(image, options, [false, true]);
}

/** Dilations, then erosions. Throws as {@link binaryErosion}. @see scipy.ndimage.binary_closing */
export function binaryClosing(image: LazyArray, options: BinaryMorphologyOptions = {}): LazyArray {
  return run(image, options, [true, false]);
}

function run(image: LazyArray, options: BinaryMorphologyOptions, dilations: readonly boolean[]): LazyArray {
  if (options.mask !== undefined && !(options.mask instanceof LazyArray))
    throw new ArgumentError('mask', options.mask, 'a LazyArray');
  const settings: BinaryOptions = { ...options, mask: options.mask?.node };
  const untilStable = checkInteger('iterations', options.iterations ?? 1) < 1;
  const apply = untilStable ? stableNode : morphologyNode;
  const node = dilations.reduce(
    (current, dilate) => apply(current, dilate, settings),
    arrayNode(image, 'image'),
  );
  return new LazyArray(node);
}

function stableNode(image: GraphNode, dilate: boolean, options: BinaryOptions): GraphNode {
  const step = morphologyStep(image, dilate, options);
  return sourceNode(new StableSource(booleanNode(image), step, options.mask && booleanNode(options.mask)));
}
