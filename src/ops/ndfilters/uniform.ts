// Mean over a box, as running sums along each axis.
import { type BoundaryMode, checkMode } from '../../core/boundary';
import { checkInteger, perAxis } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import { checkCval } from './gaussian';
import { uniform1dNode } from './uniform1d';

export interface UniformOptions {
  /** Side of the box in pixels: one for all axes or one per axis. Default 3. */
  readonly size?: number | readonly number[];
  /** What lies beyond the edge: one mode for all axes or one per axis. Default `reflect`. */
  readonly mode?: BoundaryMode | readonly BoundaryMode[];
  /** Value beyond the edge under `constant`. Default 0. */
  readonly cval?: number;
  /** Shift of the box: positive moves it to lower indices. Default 0. */
  readonly origin?: number | readonly number[];
}

/** The chain of passes of uniform_filter; axes of size 1 are skipped as in SciPy. */
export function uniformNode(input: GraphNode, options: UniformOptions = {}): GraphNode {
  const rank = input.shape.length;
  const sizes = perAxis('size', options.size ?? 3, rank, (name, v) => checkInteger(name, v, 1));
  const modes = perAxis('mode', options.mode ?? 'reflect', rank, (name, v) => checkMode(v, name));
  const origins = perAxis('origin', options.origin ?? 0, rank, (name, v) => checkInteger(name, v));
  const cval = checkCval(options.cval);
  return sizes.reduce((node, size, axis) => {
    if (size <= 1) return node;
    checkOrigin(`origin[${axis}]`, origins[axis], size);
    return uniform1dNode(node, size, axis, { mode: modes[axis], cval, origin: origins[axis] });
  }, input);
}

/** SciPy's rule: the window must still contain the pixel's own position. */
export function checkOrigin(argument: string, origin: number, size: number): number {
  const low = -(size >> 1);
  const high = (size - 1) >> 1;
  if (origin < low || origin > high)
    throw new ArgumentError(argument, origin, `an integer from ${low} to ${high} for a window of ${size}`);
  return origin;
}
