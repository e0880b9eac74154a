// Per-label measurements of extent and intensity: one streaming pass, folded on the host.
import { DTYPES, isBigInt } from '../../core/dtype';
import type { GraphNode } from '../../core/graph';
import { defineGlobalOp } from '../../core/op';
import { regionShape, regionSize } from '../../core/region';
import { REGION_ROW } from '../../core/regionRow';
import { padTo4 } from '../../core/structure';
import { regionReduceGpu } from '../gpu/regionReduce';
import { RegionAccumulator, type RegionPartial } from './regionAccumulator';
import { type RegionParams, regionNode, tileLabels } from './regionLabels';
import { imageRows, RegionRows, regionFormat } from './regionRows';

/** Measures every label of a label image: count, extents, coordinate sums; intensity sums, spread and extrema. */
export const regions = defineGlobalOp<RegionParams, RegionPartial, RegionRows>({
  name: 'regions',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region, _params, inputs) => inputs.map(() => region),
  gpuRefuses({ local }, [, image]) {
    if (!local) return 'labels that do not come from label() are measured on the CPU';
    if (image && (image.dtype === 'float64' || isBigInt(image.dtype)))
      return `${image.dtype} needs 64-bit arithmetic`;
    return undefined;
  },
  cpu(context, { params, inputs: [labels, image], output: { region } }) {
    const values = image ? context.input(image, region) : 0;
    const { pointer, n, ids } = tileLabels(context, labels!, region, params);
    const table = context.scratch(8 * REGION_ROW * Math.max(1, n));
    context.kernels.regionReduce(
      pointer,
      values,
      image ? DTYPES.indexOf(image.dtype) : 0,
      context.constant(padTo4(regionShape(region), 1)),
      n,
      table,
    );
    const rows = context.view('float64', table, n * REGION_ROW) as Float64Array;
    return { rows: imageRows(rows, region, labels!.shape, image != null), ids };
  },
  gpu(context, { inputs: [labels, image], output: { region } }) {
    const partial = regionReduceGpu(context, {
      labels: context.input(labels!, region),
      values: image ? context.input(image, region) : undefined,
      dtype: image?.dtype ?? 'uint8',
      shape: padTo4(regionShape(region), 1),
      capacity: Math.max(1024, regionSize(region) >> 6),
    });
    return {
      buffers: partial.buffers,
      decode: (data) => ({
        rows: imageRows(partial.decode(data), region, labels!.shape, image != null),
        ids: null,
      }),
    };
  },
  accumulate: (params, [labels, image]) =>
    new RegionAccumulator(
      params,
      regionFormat(labels.shape.length, image !== undefined),
      (table) => new RegionRows(labels.shape, image !== undefined, table),
    ),
});

/** A global node whose result is the {@link RegionRows} of `labels`, with intensities of `image` when given. */
export const regionsNode = (labels: GraphNode, image?: GraphNode): GraphNode =>
  regionNode(regions.name, labels, { image });
