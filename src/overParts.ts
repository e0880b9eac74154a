// Linear operations of the public modules, which take complex arrays part by part.
import type { GraphNode } from './core/graph';
import { anyArrayNode, LazyArray } from './lazyArray';
import { overParts } from './ops/complex';

/**
 * A linear operation of real arrays, applied to both parts of a complex one: `cval`, which is real, lies beyond the real
 * parts, and 0 beyond the imaginary ones.
 */
export function linearOperation<O extends object>(
  image: LazyArray,
  options: O,
  operation: (part: GraphNode, options: O) => GraphNode,
): LazyArray {
  const node = overParts(anyArrayNode(image, 'image'), (part, index) =>
    operation(part, index === 0 ? options : { ...options, cval: 0 }),
  );
  return new LazyArray(node);
}
