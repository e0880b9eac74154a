// Making lazy arrays, and joining them.
import { checkAxis, checkInteger } from './core/checks';
import type { Complex, DType, Scalar } from './core/dtype';
import { promote } from './core/dtype';
import { ArgumentError } from './core/errors';
import { type MemoryData, type MemoryOptions, memorySource } from './io/memory';
import { type OpenZarrOptions, openZarrSource } from './io/openZarr';
import type { ZarrLocation } from './io/stores';
import { anyArrayNode, fromSource, LazyArray, operandNode } from './lazyArray';
import { castNode, whereNode } from './ops/elementwise';
import { concatenateNode, expandNode } from './ops/views';

/**
 * A lazy array over data in memory: a typed array with a `shape` (C order), or an ImageData or ImageBitmap as
 * (y, x, c) uint8. Typed arrays are read in place.
 * @throws ArgumentError for a shape that does not fit the data, zero-size axes or a wrong dtype
 */
export function fromArray(data: MemoryData, options: MemoryOptions = {}): LazyArray {
  return fromSource(memorySource(data, options));
}

/**
 * Opens a Zarr array (v2 or v3, sharded too) by URL, zarrita store or Map of bytes. Reads metadata only.
 * @throws ArgumentError, NotFoundError, NetworkError or FormatError, naming the location
 */
export async function openZarr(location: ZarrLocation, options: OpenZarrOptions = {}): Promise<LazyArray> {
  return fromSource(await openZarrSource(location, options));
}

/** Elements of `a` where the condition holds, else of `b`; broadcast. @see numpy.where */
export function where(
  condition: LazyArray,
  a: LazyArray | Scalar | Complex,
  b: LazyArray | Scalar | Complex,
): LazyArray {
  const node = anyArrayNode(condition, 'condition');
  return new LazyArray(whereNode(node, operandNode(a, 'a'), operandNode(b, 'b')));
}

/** Joins arrays along an axis they have; dtypes are promoted. @see numpy.concatenate */
export function concatenate(
  arrays: readonly LazyArray[],
  options: { readonly axis?: number } = {},
): LazyArray {
  const nodes = sameDType(arrays);
  const [first] = nodes;
  const axis = checkAxis('axis', options.axis ?? 0, first.shape.length);
  for (const node of nodes)
    if (
      node.shape.length !== first.shape.length ||
      node.shape.some((n, i) => i !== axis && n !== first.shape[i])
    )
      throw new ArgumentError(
        'arrays',
        nodes.map((n) => n.shape),
        `shapes equal on all axes but ${axis}`,
      );
  return new LazyArray(concatenateNode(nodes, axis));
}

/** Joins arrays of one shape along a new axis. @see numpy.stack */
export function stack(
  arrays: readonly LazyArray[],
  options: { readonly axis?: number; readonly dimensionName?: string | null } = {},
): LazyArray {
  const nodes = sameDType(arrays);
  const [first] = nodes;
  const rank = first.shape.length;
  const axis = checkInteger('axis', options.axis ?? 0, -rank - 1, rank);
  const at = axis < 0 ? axis + rank + 1 : axis;
  for (const node of nodes)
    if (node.shape.join() !== first.shape.join())
      throw new ArgumentError(
        'arrays',
        nodes.map((n) => n.shape),
        'arrays of one shape',
      );
  const expanded = nodes.map((node) => expandNode(node, at, options.dimensionName ?? null));
  return new LazyArray(concatenateNode(expanded, at));
}

function sameDType(arrays: readonly LazyArray[]) {
  if (!Array.isArray(arrays) || arrays.length === 0)
    throw new ArgumentError('arrays', arrays, 'at least one LazyArray');
  const nodes = arrays.map((array, i) => anyArrayNode(array, `arrays[${i}]`));
  const dtype = nodes.map((n) => n.dtype).reduce<DType>(promote, nodes[0].dtype);
  return nodes.map((node) => castNode(node, dtype));
}
