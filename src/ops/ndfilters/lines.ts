// What 1-D filters along an axis share: their region, their index table and the [outer, axis, inner] view.
import { type BoundaryMode, indexTable, reach } from '../../core/boundary';
import type { ArrayMeta, Params } from '../../core/graph';
import type { Operand } from '../../core/op';
import { elementCount, type Region, regionShape, type Shape } from '../../core/region';

/** A window along one axis: it touches `before` elements before and `after` elements after each output. */
export type LineParams = Params & {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  readonly mode: BoundaryMode;
  readonly cval: number;
};

export type CorrelateLineParams = LineParams & { readonly weights: Float64Array };

/** The input region under an output region. */
export function lineDemand(region: Region, params: LineParams, shape: Shape): Region {
  const { axis, before, after, mode } = params;
  return region.map((interval, i) =>
    i === axis ? reach(interval, before, after, shape[axis], mode) : interval,
  );
}

export interface LineGeometry {
  readonly region: Region;
  readonly outer: number;
  readonly inner: number;
  readonly inputLength: number;
  readonly outputLength: number;
  /** Position along the input block for each output index and tap; -1 for the constant. */
  readonly table: Int32Array;
}

export function lineGeometry(params: LineParams, output: Operand): LineGeometry {
  const { axis, before, after, mode } = params;
  const region = lineDemand(output.region, params, output.shape);
  const shape = regionShape(output.region);
  return {
    region,
    outer: elementCount(shape.slice(0, axis)),
    inner: elementCount(shape.slice(axis + 1)),
    inputLength: region[axis][1] - region[axis][0],
    outputLength: shape[axis],
    table: indexTable(output.region[axis], before, after, region[axis], output.shape[axis], mode),
  };
}

/** Why a GPU cannot represent the constant beyond the edge. */
export function constantRefusal(
  { cval, mode }: Pick<LineParams, 'cval' | 'mode'>,
  { dtype }: ArrayMeta,
): string | undefined {
  if (dtype === 'float32' || (mode !== 'constant' && mode !== 'grid-constant')) return undefined;
  const exact = Number.isInteger(cval) && Math.abs(cval) <= 32767;
  return exact ? undefined : 'cval is not an integer of at most 16 bits';
}
