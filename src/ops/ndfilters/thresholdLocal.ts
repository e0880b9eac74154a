// Local thresholds, as dask_image.ndfilters.threshold_local has them.
import type { BoundaryMode } from '../../core/boundary';
import { checkFinite, checkInteger, perAxis } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import { castNode, pointwiseNode } from '../elementwise';
import { gaussianNode } from './gaussian';
import { medianNode } from './order';
import { uniformNode } from './uniform';

export interface ThresholdLocalOptions {
  /** What the threshold is made of: the neighbourhood's weighted mean, its mean or its median. Default `gaussian`. */
  readonly method?: 'gaussian' | 'mean' | 'median';
  /** Subtracted from the threshold. Default 0. */
  readonly offset?: number;
  /** What lies beyond the edge. Default `reflect`. */
  readonly mode?: BoundaryMode;
  /** Standard deviation of the Gaussian, one for all axes or one per axis. Default (blockSize - 1) / 6. */
  readonly param?: number | readonly number[];
  /** Value beyond the edge under `constant`. Default 0. */
  readonly cval?: number;
}

/** The threshold image, float64. */
export function thresholdLocalNode(
  image: GraphNode,
  blockSize: number | readonly number[],
  options: ThresholdLocalOptions = {},
): GraphNode {
  const size = perAxis('blockSize', blockSize, image.shape.length, (name, v) => checkInteger(name, v, 1));
  const offset = checkFinite('offset', options.offset ?? 0);
  const threshold = local(castNode(image, 'float64'), size, options);
  return offset === 0 ? threshold : pointwiseNode('subtract', [threshold, offset]);
}

function local(image: GraphNode, size: readonly number[], options: ThresholdLocalOptions): GraphNode {
  const { method = 'gaussian', mode, param, cval } = options;
  switch (method) {
    case 'gaussian':
      return gaussianNode(image, param ?? size.map((n) => (n - 1) / 6), { mode, cval });
    case 'mean':
      return uniformNode(image, { size, mode, cval });
    case 'median':
      return medianNode(image, { size, mode, cval });
    default:
      throw new ArgumentError('method', method, 'gaussian, mean or median');
  }
}
