// Graph nodes of interpolation.
import type { DType } from '../../core/dtype';
import { createNode, type GraphNode } from '../../core/graph';
import type { Shape } from '../../core/region';
import type { InterpolateParams } from './geometry';
import { interpolate } from './interpolate';

export interface Interpolation {
  readonly transform: InterpolateParams['transform'];
  readonly order: number;
  readonly mode: InterpolateParams['mode'];
  readonly cval: number;
  readonly pad: number;
  readonly shape: Shape;
  readonly chunks: Shape;
  readonly dtype: DType;
  readonly coordinates?: GraphNode;
}

/** Interpolates `input`, which must hold spline coefficients where order > 1. */
export function interpolateNode(input: GraphNode, interpolation: Interpolation): GraphNode {
  const { transform, order, mode, cval, pad, shape, chunks, dtype, coordinates } = interpolation;
  const dimensionNames = coordinates ? coordinates.dimensionNames.slice(1) : input.dimensionNames;
  return createNode(
    interpolate.name,
    { shape, dtype, dimensionNames, chunks: chunks.map((n, axis) => Math.max(1, Math.min(n, shape[axis]))) },
    { transform, order, mode, cval, pad },
    coordinates ? [input, coordinates] : [input],
  );
}
