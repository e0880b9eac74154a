// The elements of each label of a tile, next to each other on a worker's heap.
import type { CpuContext, Operand } from '../../core/op';
import { type Region, regionSize } from '../../core/region';
import { rankIn } from './labelForest';
import { type RegionParams, tileLabels } from './regionLabels';

/** Groups of a tile, in the order of `labels`. */
export interface TileGroups {
  readonly labels: Uint32Array;
  /** Group k is elements offsets[k] to offsets[k + 1]. */
  readonly offsets: Uint32Array;
  /** Copies what belongs to the groups, of a dense block of elements of `bytes` (0: flat indices, u32), to the heap. */
  gather(source: number, bytes: number): number;
}

/** Groups of the tile's labels that are `wanted` (ascending); those for which `isLast` holds come after the others. */
export function groupLabels(
  context: CpuContext,
  labels: Operand,
  region: Region,
  params: RegionParams,
  wanted: Uint32Array,
  isLast: (label: number) => boolean = () => false,
): TileGroups {
  const { kernels } = context;
  const count = regionSize(region);
  const { pointer, n, ids } = tileLabels(context, labels, region, params);
  const sizesAt = context.scratch(4 * (n + 1));
  (context.view('uint32', sizesAt, n + 1) as Uint32Array).fill(0);
  kernels.labelSizes(pointer, count, sizesAt);
  const sizes = (context.view('uint32', sizesAt, n + 1) as Uint32Array).slice();
  const found: number[] = [];
  const last: number[] = [];
  for (let k = 0; k < n; k++) {
    const label = ids![k];
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
    labels: Uint32Array.from(found, (k) => ids![k]),
    offsets,
    gather(source, bytes) {
      const target = context.scratch((bytes || 4) * offsets[found.length]);
      kernels.groupByLabel(pointer, source, bytes || 4, count, context.constant(cursors), target);
      return target;
    },
  };
}
