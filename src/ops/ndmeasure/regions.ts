// Per-label measurements of extent and intensity: one streaming pass, folded on the host.
import { DTYPES, type DType, isBigInt } from '../../core/dtype';
import type { GraphNode } from '../../core/graph';
import { defineGlobalOp } from '../../core/op';
import { type Region, regionShape, regionSize, type Shape } from '../../core/region';
import { REGION_ROW, valueKind } from '../../core/regionRow';
import { padTo4 } from '../../core/structure';
import { labelWordsGpu } from '../gpu/labelWords';
import { regionReduceGpu } from '../gpu/regionReduce';
import { renumberGpu } from '../gpu/renumber';
import { refusesRank } from './labelBlocks';
import { RegionAccumulator, type RegionPartial } from './regionAccumulator';
import { type RegionParams, regionNode, tileRuns } from './regionLabels';
import { imageRows, RegionFormat, RegionRows } from './regionRows';

/** Measures every label of a label image: count, extents, coordinate sums; intensity sums, spread and extrema. */
export const regions = defineGlobalOp<RegionParams, RegionPartial, RegionRows>({
  name: 'regions',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region, _params, inputs) => inputs.map(() => region),
  gpuRefuses(_params, [labels, image]) {
    const rank = refusesRank(labels.shape);
    if (rank) return rank;
    if (image && (image.dtype === 'float64' || isBigInt(image.dtype)))
      return `${image.dtype} needs 64-bit arithmetic`;
    return undefined;
  },
  cpu(context, { params, inputs: [labels, image], output: { region } }) {
    const values = image ? context.input(image, region) : 0;
    const { pointer, n, ids } = tileRuns(context, labels!, region, params);
    const table = context.scratch(8 * REGION_ROW * Math.max(1, n));
    context.kernels.regionReduce(
      pointer,
      values,
      image ? DTYPES.indexOf(image.dtype) : 0,
      context.constant(lastFour(region)),
      n,
      table,
    );
    const rows = context.view('float64', table, n * REGION_ROW) as Float64Array;
    return { rows: imageRows(rows, region, labels!.shape, formatOf(labels!, image)), ids };
  },
  gpu(context, { params: { local }, inputs: [labels, image], output: { region } }) {
    const pixels = regionSize(region);
    const capacity = Math.max(1024, pixels >> 6);
    const given = context.input(labels!, region);
    const own = local ? given : context.scratch(4 * pixels);
    if (!local) renumberGpu(context, { input: given, labels: own, pixels });
    const parts = [{ labels: own, values: given, pixels }];
    const ids = local ? undefined : labelWordsGpu(context, { contribution: 'value', parts, capacity });
    const partial = regionReduceGpu(context, {
      labels: own,
      values: image ? context.input(image, region) : undefined,
      dtype: image?.dtype ?? 'uint8',
      shape: lastFour(region),
      capacity,
    });
    return {
      buffers: [...partial.buffers, ...(ids?.buffers ?? [])],
      decode: (data) => ({
        rows: imageRows(
          partial.decode(data.slice(0, partial.buffers.length)),
          region,
          labels!.shape,
          formatOf(labels!, image),
        ),
        ids: ids?.decode(data.slice(partial.buffers.length)) ?? null,
      }),
    };
  },
  accumulate: (params, [labels, image]) =>
    new RegionAccumulator(params, formatOf(labels, image), (table) => new RegionRows(labels.shape, table)),
});

const lastFour = (region: Region): Int32Array => padTo4(regionShape(region).slice(-4), 1);

const formatOf = ({ shape }: { shape: Shape }, image: { dtype: DType } | null | undefined): RegionFormat =>
  new RegionFormat(shape.length, image ? valueKind(image.dtype) : undefined);

/** A global node whose result is the {@link RegionRows} of `labels`, with intensities of `image` when given. */
export const regionsNode = (labels: GraphNode, image?: GraphNode): GraphNode =>
  regionNode(regions.name, labels, { image, anyRank: true });
