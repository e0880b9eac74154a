// Histograms in one streaming pass, and Otsu's threshold.
import { DTYPES, type DType, valueRange } from '../../core/dtype';
import { createNode, type GraphNode, type Params } from '../../core/graph';
import { type Accumulator, defineGlobalOp } from '../../core/op';
import { regionSize } from '../../core/region';
import { growChunks } from '../../core/tiling';
import { histogramGpu } from '../gpu/histogram';

type HistogramParams = Params & { readonly low: number; readonly high: number; readonly bins: number };

/** Counts per bin as float64, exact to 2^53. */
export const histogramOp = defineGlobalOp<HistogramParams, Uint32Array, Float64Array>({
  name: 'histogram',
  blockShape: (_params, [input]) => growChunks(input.chunks, input.shape),
  domain: (_params, [input]) => input.shape,
  demand: (region) => [region],
  gpuRefuses({ bins }, [{ dtype }]) {
    if (bins > 65536) return 'more than 65536 bins';
    return ['float64', 'int64', 'uint64'].includes(dtype) ? `${dtype} needs 64-bit arithmetic` : undefined;
  },
  cpu(context, { params: { low, high, bins }, inputs: [input], output }) {
    const pointer = context.input(input!, output.region);
    const counts = context.constant(new Uint32Array(bins));
    const dtype = DTYPES.indexOf(input!.dtype);
    context.kernels.histogram(pointer, dtype, regionSize(output.region), low, high, counts, bins);
    return (context.view('uint32', counts, bins) as Uint32Array).slice();
  },
  gpu(context, { params: { low, high, bins }, inputs: [input], output }) {
    return histogramGpu(context, {
      input: context.input(input!, output.region),
      dtype: input!.dtype,
      count: regionSize(output.region),
      low,
      high,
      binCount: bins,
    });
  },
  accumulate: (params) => new HistogramAccumulator(params.bins),
});

class HistogramAccumulator implements Accumulator<Uint32Array, Float64Array> {
  readonly #counts: Float64Array;
  constructor(bins: number) {
    this.#counts = new Float64Array(bins);
  }
  add(partial: Uint32Array): void {
    for (let i = 0; i < partial.length; i++) this.#counts[i] += partial[i];
  }
  finish(): Float64Array {
    return this.#counts;
  }
}

/** A global node of counts in `bins` equal bins over [low, high], right edge closed. @see numpy.histogram */
export const histogramNode = (input: GraphNode, low: number, high: number, bins: number): GraphNode =>
  createNode(
    histogramOp.name,
    { shape: [bins], dtype: 'float64', chunks: [bins], dimensionNames: [null] },
    { low, high, bins },
    [input],
  );

/** The bins that give every value of a small integer dtype its own: low, high and count; else undefined. */
export function integerBins(dtype: DType): { low: number; high: number; bins: number } | undefined {
  if (!['bool', 'int8', 'uint8', 'int16', 'uint16'].includes(dtype)) return undefined;
  const [low, high] = valueRange(dtype);
  return { low, high: high + 1, bins: high + 1 - low };
}

/**
 * The value that maximises the variance between the two classes it splits a histogram into.
 * @see skimage.filters.threshold_otsu; N. Otsu, IEEE Trans. SMC 9:62 (1979)
 */
export function otsu(counts: Float64Array, centres: Float64Array): number {
  const n = counts.length;
  const totals = new Float64Array(n);
  const moments = new Float64Array(n);
  for (let i = n - 1, weight = 0, moment = 0; i >= 0; i--) {
    weight += counts[i];
    moment += counts[i] * centres[i];
    totals[i] = weight;
    moments[i] = moment;
  }
  let best = -1;
  let threshold = centres[0];
  for (let i = 0, weight = 0, moment = 0; i < n - 1; i++) {
    weight += counts[i];
    moment += counts[i] * centres[i];
    const difference = moment / weight - moments[i + 1] / totals[i + 1];
    const variance = weight * totals[i + 1] * difference * difference;
    if (variance > best) {
      best = variance;
      threshold = centres[i];
    }
  }
  return threshold;
}
