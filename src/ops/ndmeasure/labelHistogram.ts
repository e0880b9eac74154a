// Histograms by label in one streaming pass.
import { DTYPES, itemSize } from '../../core/dtype';
import type { GraphNode } from '../../core/graph';
import { type Accumulator, defineGlobalOp } from '../../core/op';
import { rankIn } from './labelForest';
import { groupLabels } from './labelGroups';
import { checkLabels } from './labelValues';
import { type RegionParams, regionNode } from './regionLabels';

type LabelHistogramParams = RegionParams & {
  /** Labels wanted, ascending. */
  readonly labels: Uint32Array;
  readonly low: number;
  readonly high: number;
  readonly bins: number;
};

/** Counts of each label of a tile that is wanted. */
interface HistogramPartial {
  readonly labels: Uint32Array;
  readonly counts: Uint32Array;
}

/** Counts by label, as many for each as there are bins; those of labels that do not occur are 0. */
export const labelHistogram = defineGlobalOp<LabelHistogramParams, HistogramPartial, Float64Array>({
  name: 'labelHistogram',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region) => [region, region],
  gpuRefuses: () => 'histograms by label are counted on the CPU',
  cpu(context, { params, inputs: [labels, image], output: { region } }) {
    const { dtype } = image!;
    const { low, high, bins } = params;
    const groups = groupLabels(context, labels!, region, params.labels);
    const n = groups.labels.length;
    const values = groups.gather(context.input(image!, region), itemSize(dtype));
    const counts = context.constant(new Uint32Array(n * bins));
    for (let k = 0; k < n; k++) {
      const [start, stop] = [groups.offsets[k], groups.offsets[k + 1]];
      const from = values + itemSize(dtype) * start;
      context.kernels.histogram(
        from,
        DTYPES.indexOf(dtype),
        stop - start,
        low,
        high,
        counts + 4 * k * bins,
        bins,
      );
    }
    return {
      labels: groups.labels,
      counts: (context.view('uint32', counts, n * bins) as Uint32Array).slice(),
    };
  },
  gpu() {
    throw new Error('refused');
  },
  accumulate: (params) => new LabelHistograms(params),
});

class LabelHistograms implements Accumulator<HistogramPartial, Float64Array> {
  readonly #counts: Float64Array;

  constructor(readonly params: LabelHistogramParams) {
    this.#counts = new Float64Array(params.labels.length * params.bins);
  }

  add({ labels, counts }: HistogramPartial): void {
    const { bins } = this.params;
    checkLabels(labels, this.params.largest);
    labels.forEach((label, k) => {
      const to = bins * rankIn(this.params.labels, label);
      for (let bin = 0; bin < bins; bin++) this.#counts[to + bin] += counts[k * bins + bin];
    });
  }

  finish(): Float64Array {
    return this.#counts;
  }
}

/** A global node of histograms of `labels` (ascending) of a label image, in equal bins over [low, high]. */
export const labelHistogramNode = (
  labelImage: GraphNode,
  image: GraphNode,
  params: { labels: Uint32Array; low: number; high: number; bins: number },
): GraphNode =>
  regionNode(labelHistogram.name, labelImage, { image, params, renumbered: true, anyRank: true });
