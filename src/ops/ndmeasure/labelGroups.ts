// The elements of each label of a tile, next to each other on a worker's heap.
import type { CpuContext, Operand } from '../../core/op';
import { type Region, regionSize } from '../../core/region';
import { rankIn } from './labelForest';
import { boundedLabels, zeroTable } from './regionLabels';

/** Groups of a tile, in the order of `labels`. */
export interface TileGroups {
  readonly labels: Uint32Array;
  /** Group k is elements offsets[k] to offsets[k + 1]. */
  readonly offsets: Uint32Array;
  /** Copies what belongs to the groups, of a dense block of elements of `bytes` (0: flat indices, u32), to the heap. */
  gather(source: number, bytes: number): number;
}

/** Bytes of a span of CpuKernels.labelSpans. */
const SPAN = 12;

/** Groups of the tile's labels that are `wanted` (ascending); those for which `isLast` holds come after the others. */
export function groupLabels(
  context: CpuContext,
  labels: Operand,
  region: Region,
  wanted: Uint32Array,
  isLast: (label: number) => boolean = () => false,
): TileGroups {
  const { kernels } = context;
  const count = regionSize(region);
  const { pointer, n: largest, ids: known } = boundedLabels(context, labels, region);
  const most = Math.min(count, largest);
  const remap = zeroTable(context, largest);
  const sizesAt = zeroTable(context, most);
  const idsAt = context.scratch(4 * most);
  const spans = context.scratch(SPAN * count);
  const spanCount = kernels.labelSpans(pointer, count, remap, idsAt, sizesAt, spans);
  const n = (context.view('uint32', sizesAt, 1) as Uint32Array)[0];
  const sizes = (context.view('uint32', sizesAt, n + 1) as Uint32Array).slice();
  const numbered = (context.view('uint32', idsAt, n) as Uint32Array).slice();
  const ids = known ? numbered.map((id) => known[id - 1]) : numbered;
  const found: number[] = [];
  const last: number[] = [];
  for (let k = 0; k < n; k++) {
    const label = ids[k];
    if (wanted[rankIn(wanted, label)] !== label) continue;
    (isLast(label) ? last : found).push(k);
  }
  found.push(...last);
  const cursors = new Int32Array(n + 1).fill(-1);
  const offsets = new Uint32Array(found.length + 1);
  found.forEach((k, i) => {
    cursors[k + 1] = offsets[i];
    offsets[i + 1] = offsets[i] + sizes[k + 1];
  });
  return {
    labels: Uint32Array.from(found, (k) => ids[k]),
    offsets,
    gather(source, bytes) {
      const target = context.scratch((bytes || 4) * offsets[found.length]);
      kernels.groupSpans(spans, spanCount, source, bytes || 4, context.constant(cursors), target);
      return target;
    },
  };
}
