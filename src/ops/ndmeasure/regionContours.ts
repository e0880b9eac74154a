// Perimeters and Euler numbers of all labels, in one pass: tiles count what lies wholly inside them and hand over
// the labels along their faces, from which the rest is counted once it is known which tiles' labels are one object.
import type { GraphNode } from '../../core/graph';
import { type Accumulator, defineGlobalOp } from '../../core/op';
import { copyRegion, type Region, regionSize, type Shape } from '../../core/region';
import { addContours, contourReach, contourWidth } from './contours';
import { blockLabelsOf } from './label';
import type { LabelMerge } from './labelMerge';
import { LabelTable, type RowFormat } from './labelTable';
import { checkLabels } from './labelValues';
import { TileQueue } from './regionAccumulator';
import { type RegionParams, regionNode, tileLabels } from './regionLabels';
import { innerBox, seamBands, stripsOf } from './regionSeams';

/** Counts of one tile, and its labels (1..n) along the faces where other tiles follow. */
export interface ContourPartial {
  readonly rows: Float64Array;
  readonly ids: Uint32Array | null;
  /** As {@link stripsOf} orders them. */
  readonly strips: readonly Uint32Array[];
}

const contourFormat = (rank: number): RowFormat => {
  const width = contourWidth(rank);
  return {
    width,
    merge(table, to, rows, from) {
      for (let i = 0; i < width; i++) table[to + i] += rows[from + i];
    },
  };
};

/** Counts of every label of a label image of two or three axes, as {@link CONTOUR} names them. */
export const regionContours = defineGlobalOp<RegionParams, ContourPartial, LabelTable>({
  name: 'regionContours',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region) => [region],
  gpuRefuses: () => 'contours are counted on the CPU',
  cpu(context, { params, inputs: [labels], output: { region } }) {
    const { shape } = labels!;
    const reach = contourReach(shape.length);
    const { pointer, n, ids } = tileLabels(context, labels!, region, params);
    const own = context.view('uint32', pointer, regionSize(region)) as Uint32Array;
    const wide: Region = region.map(([start, stop]) => [start - reach, stop + 1 + reach] as const);
    const padded = new Uint32Array(regionSize(wide));
    copyRegion(own, region, padded, wide);
    const rows = new Float64Array(n * contourWidth(shape.length));
    addContours(padded, wide, innerBox(region, shape), rows);
    const strips = stripsOf(region, shape).map((strip) => {
      const part = new Uint32Array(regionSize(strip));
      copyRegion(own, region, part, strip);
      return part;
    });
    return { rows, ids, strips };
  },
  gpu() {
    throw new Error('refused');
  },
  accumulate: (params, [labels]) => new ContourAccumulator(params, labels.shape),
});

class ContourAccumulator implements Accumulator<ContourPartial, LabelTable> {
  readonly #queue: TileQueue<{ readonly partial: ContourPartial; readonly region: Region }>;

  constructor(
    readonly params: RegionParams,
    readonly shape: Shape,
  ) {
    this.#queue = new TileQueue(params.block);
  }

  add(partial: ContourPartial, region: Region): void {
    if (partial.ids) checkLabels(partial.ids, this.params.largest);
    this.#queue.push({ partial, region }, region);
  }

  finish([merge]: readonly unknown[]): LabelTable {
    const format = contourFormat(this.shape.length);
    const { width } = format;
    const { local, block } = this.params;
    const table = new LabelTable(format, local ? (merge as LabelMerge).count : undefined);
    const strips: { region: Region; labels: Uint32Array }[] = [];
    for (const { index, part } of this.#queue.drain()) {
      const { rows, ids, strips: faces } = part.partial;
      const names = ids ?? (merge as LabelMerge).table(index);
      for (let k = 0; k * width < rows.length; k++) table.merge(names[k], rows, k * width);
      // From here on labels are 1 + their row.
      const rowOf = Uint32Array.from(names, (name) => 1 + table.find(name) / width);
      stripsOf(part.region, this.shape).forEach((region, i) => {
        strips.push({ region, labels: faces[i].map((label) => (label === 0 ? 0 : rowOf[label - 1])) });
      });
    }
    for (const { region, boxes } of seamBands(this.shape, block)) {
      const band = new Uint32Array(regionSize(region));
      for (const strip of strips) copyRegion(strip.labels, strip.region, band, region);
      for (const box of boxes) addContours(band, region, box, table.rows);
    }
    return table;
  }
}

/**
 * A global node whose result is a {@link LabelTable} of counts. Where corners do not connect, labels of one tile that
 * touch there may turn out to be one object: those are counted in a pass of its own, when that is known.
 */
export const regionContoursNode = (labels: GraphNode): GraphNode =>
  regionNode(regionContours.name, labels, { renumbered: !connectsCorners(labels) });

function connectsCorners(labels: GraphNode): boolean {
  const known = blockLabelsOf(labels);
  const earlier = known?.local.params.earlier as Int32Array | undefined;
  const rank = labels.shape.length;
  return known?.traits.connected === true && earlier?.length === (rank * (3 ** rank - 1)) / 2;
}
