// Local thresholds, as dask_image.ndfilters.threshold_local has them.
import type { BoundaryMode } from '../../core/boundary';
import { checkFinite, checkInteger, perAxis } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import { castNode, pointwiseNode } from '../elementwise';
import { gaussianNode } from './gaussian';
import { medianNode } from './order';
import { uniformNode } from './uniform';
import type { WindowOptions } from './window';

/** `F`: a function of a neighbourhood's values. */
export interface ThresholdLocalOptions<F> {
  /**
   * What the threshold is made of: the neighbourhood's weighted mean, its mean, its median, or what the function `param`
   * makes of its values. Default `gaussian`.
   */
  readonly method?: 'gaussian' | 'mean' | 'median' | 'generic';
  /** Subtracted from the threshold. Default 0. */
  readonly offset?: number;
  /** What lies beyond the edge. Default `reflect`. */
  readonly mode?: BoundaryMode;
  /**
   * Standard deviation of the Gaussian, one for all axes or one per axis, by default (blockSize - 1) / 6; or the function
   * of `generic`.
   */
  readonly param?: number | readonly number[] | F;
  /** Value beyond the edge under `constant`. Default 0. */
  readonly cval?: number;
}

/** Filters windows by a function: what can run those of the application is not known here. */
export type GenericFilter<F> = (image: GraphNode, fn: F, options: WindowOptions) => GraphNode;

/** The threshold image, float64. */
export function thresholdLocalNode<F extends object>(
  image: GraphNode,
  blockSize: number | readonly number[],
  options: ThresholdLocalOptions<F>,
  genericFilter: GenericFilter<F>,
): GraphNode {
  const size = perAxis('blockSize', blockSize, image.shape.length, (name, v) => checkInteger(name, v, 1));
  const offset = checkFinite('offset', options.offset ?? 0);
  const threshold = local(image, size, options, genericFilter);
  return offset === 0 ? threshold : pointwiseNode('subtract', [threshold, offset]);
}

function local<F extends object>(
  source: GraphNode,
  size: readonly number[],
  options: ThresholdLocalOptions<F>,
  genericFilter: GenericFilter<F>,
): GraphNode {
  const { method = 'gaussian', mode, param, cval } = options;
  const image = castNode(source, 'float64');
  const isSigma = typeof param !== 'function' && (typeof param !== 'object' || Array.isArray(param));
  if (isSigma === (method === 'generic'))
    throw new ArgumentError('param', param, isSigma ? 'a function, for method generic' : 'numbers');
  switch (method) {
    case 'gaussian': {
      const sigma = (param as number | readonly number[] | undefined) ?? size.map((n) => (n - 1) / 6);
      return gaussianNode(image, sigma, { mode, cval });
    }
    case 'mean':
      return uniformNode(image, { size, mode, cval });
    case 'median':
      // The median of numbers is one of them, whatever type they have; only a value beyond the edge may be of none but float64.
      return castNode(medianNode(mode === 'constant' ? image : source, { size, mode, cval }), 'float64');
    case 'generic':
      return genericFilter(image, param as F, { size, mode, cval });
    default:
      throw new ArgumentError('method', method, 'gaussian, mean, median or generic');
  }
}
