// What OME-Zarr has to be told about an array's axes, where the caller does not say.
import { ArgumentError } from './core/errors';
import type { Shape } from './core/region';
import { AXIS_TYPES, type OmeAxis } from './io/omeZarr';

const DEFAULT_NAMES = ['t', 'c', 'z', 'y', 'x'];

interface NamedArray {
  readonly shape: Shape;
  readonly dimensionNames: readonly (string | null)[];
}

/**
 * The axes of an image: its dimension names, or y, x; z, y, x; c, z, y, x; t, c, z, y, x.
 * @throws ArgumentError unless there are 2 to 5 axes
 */
export function defaultAxes({ shape, dimensionNames }: NamedArray): OmeAxis[] {
  const rank = shape.length;
  if (rank < 2 || rank > 5) throw new ArgumentError('array', shape, 'an array of 2 to 5 axes');
  const named = dimensionNames.every((name) => name !== null);
  const names = named
    ? (dimensionNames as string[])
    : rank === 3
      ? ['z', 'y', 'x']
      : DEFAULT_NAMES.slice(-rank);
  return names.map((name) => ({ name, ...(AXIS_TYPES[name] ? { type: AXIS_TYPES[name] } : {}) }));
}
