// Filters of spectra: products with transfer functions.
import { checkAxis, checkFinite, checkInteger, perAxis } from '../../core/checks';
import { entriesPerElement, isComplex, itemSize, partDType } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params, pickMeta } from '../../core/graph';
import { defineBlockOp } from '../../core/op';
import { regionSize } from '../../core/region';
import { castNode } from '../elementwise';
import { fourierFilterGpu } from '../gpu/fourierFilter';
import { combinationOf, type FourierFilter, type Transfer, transferFactors } from './transfer';

/** Options of the Fourier filters. */
export interface FourierFilterOptions {
  /**
   * The spectrum is that of a real transform (of `rfftn`) of an image of this length along `axis`. Negative: of a
   * complex transform. Default -1.
   */
  readonly n?: number;
  /** The axis along which a real transform has no negative frequencies, negative from the end. Default -1. */
  readonly axis?: number;
}

type FilterParams = Params & { readonly transfer: Transfer & Params };

export const fourierFilter = defineBlockOp<FilterParams>({
  name: 'fourierFilter',
  demand: (region) => [region],
  gpuRefuses: (_params, _inputs, { dtype }) =>
    partDType(dtype) === 'float64' ? `WebGPU has no ${dtype}` : undefined,
  cpu(context, { params: { transfer }, inputs: [input], output }) {
    const factors = transferFactors(transfer, output.region, output.shape);
    const pointer = context.input(input!, output.region);
    const target = context.output(output);
    const [rows, columns] = [context.constant(factors.rows), context.constant(factors.columns)];
    const bytes = itemSize(partDType(output.dtype));
    const parts = entriesPerElement(output.dtype);
    const [start, stop] = output.region[output.region.length - 1];
    const inner = stop - start;
    const outer = regionSize(output.region) / inner;
    const combination = combinationOf(transfer);
    if (combination === 'rotation')
      context.kernels.fourierRotate(pointer, target, bytes, rows, columns, outer, inner);
    else {
      const rank = combination === 'product' ? 0 : combination;
      context.kernels.fourierFilter(pointer, target, bytes, parts, rank, rows, columns, outer, inner);
    }
  },
  gpu(context, { params: { transfer }, inputs: [input], output }) {
    const [start, stop] = output.region[output.region.length - 1];
    fourierFilterGpu(context, {
      ...transferFactors(transfer, output.region, output.shape),
      input: context.input(input!, output.region),
      output: context.output(output),
      combination: combinationOf(transfer),
      complex: isComplex(output.dtype),
      count: regionSize(output.region),
      inner: stop - start,
    });
  },
});

/**
 * A spectrum filtered, in SciPy's output dtype: complex types and (except by shifts) float32 stay, all else is in
 * double precision.
 * @see scipy.ndimage.fourier_gaussian, fourier_uniform, fourier_ellipsoid, fourier_shift
 */
export function fourierFilterNode(
  input: GraphNode,
  filter: FourierFilter,
  argument: string,
  value: number | readonly number[],
  { n = -1, axis = -1 }: FourierFilterOptions = {},
): GraphNode {
  const { shape } = input;
  if (filter === 'ellipsoid' && shape.length > 3)
    throw new ArgumentError('image', shape, 'an array of at most three axes');
  const realAxis = checkInteger('n', n) < 0 ? -1 : checkAxis('axis', axis, shape.length);
  checkAxis('axis', axis, shape.length);
  if (realAxis >= 0) checkRealLength(n, realAxis, shape[realAxis]);
  const transfer = {
    filter,
    sizes: perAxis(argument, value, shape.length, checkFinite),
    lengths: shape.map((length, i) => (i === realAxis ? n : length)),
    realAxis,
  };
  const kept = isComplex(input.dtype) || (input.dtype === 'float32' && filter !== 'shift');
  const spectrum = kept ? input : castNode(input, filter === 'shift' ? 'complex128' : 'float64');
  return createNode(fourierFilter.name, pickMeta(spectrum), { transfer }, [spectrum]);
}

/** dask-image's rule: the spectrum has the frequencies of a real transform of length `n`. */
function checkRealLength(n: number, axis: number, length: number): void {
  if (n > 0 && (n >> 1) + 1 === length) return;
  const lengths = [2 * length - 2, 2 * length - 1].filter((l) => l > 0).join(' or ');
  throw new ArgumentError('n', n, `${lengths} for ${length} frequencies along axis ${axis}, or -1`);
}
