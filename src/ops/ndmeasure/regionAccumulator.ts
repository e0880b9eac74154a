// Folds the rows of tiles into one row per label, for every measurement that adds up.
import type { Accumulator } from '../../core/op';
import type { Region } from '../../core/region';
import type { LabelMerge } from './labelMerge';
import { type LabelRows, LabelTable, type RowFormat } from './labelTable';
import { checkLabels } from './labelValues';
import { MergedRows } from './mergedRows';
import { PackedRows } from './packedRows';
import type { RegionParams } from './regionLabels';

/** Rows of one tile: the k-th is that of label `ids[k]`, or of the tile's own label k + 1. */
export interface RegionPartial {
  readonly rows: Float64Array;
  readonly ids: Uint32Array | null;
}

/** Tiles in the order of an image's elements, whatever the order in which they came. */
export class TileQueue<T> {
  readonly #tiles: { readonly index: readonly number[]; readonly part: T }[] = [];

  constructor(readonly block: readonly number[]) {}

  push(part: T, region: Region): void {
    this.#tiles.push({ index: region.map(([start], axis) => Math.floor(start / this.block[axis])), part });
  }

  /** Empties the queue: tiles are given up as they are taken. */
  *drain(): Generator<{ readonly index: readonly number[]; readonly part: T }> {
    // Last first, since arrays give up their last element cheaply.
    this.#tiles.sort((a, b) => compareIndices(b.index, a.index));
    for (let tile = this.#tiles.pop(); tile; tile = this.#tiles.pop()) yield tile;
  }
}

function compareIndices(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((i, k) => i !== b[k]);
  return axis < 0 ? 0 : a[axis] - b[axis];
}

export class RegionAccumulator<Result> implements Accumulator<RegionPartial, Result> {
  readonly #queue: TileQueue<PackedRows>;
  readonly #found: LabelTable;

  constructor(
    readonly params: RegionParams,
    readonly format: RowFormat,
    readonly result: (table: LabelRows) => Result,
  ) {
    this.#queue = new TileQueue(params.block);
    this.#found = new LabelTable(format);
  }

  add({ rows, ids }: RegionPartial, region: Region): void {
    // A tile's own labels have their names in the end only.
    if (ids) {
      checkLabels(ids, this.params.largest);
      const { width } = this.format;
      for (let k = 0; k * width < rows.length; k++) this.#found.merge(ids[k], rows, k * width);
    } else this.#queue.push(new PackedRows(rows, this.format.width), region);
  }

  finish([merge]: readonly unknown[]): Result {
    if (!this.params.local) return this.result(this.#found);
    const table = new MergedRows(this.format, (merge as LabelMerge).count);
    // In raster order: sums of floats then have the same last bits in every run.
    for (const { index, part } of this.#queue.drain()) table.add(part, (merge as LabelMerge).table(index));
    return this.result(table);
  }
}
