// Which labels are in which tile, from their bounding boxes: most objects lie in one tile and are finished there.
import { gridShape, type Region, type Shape, stridesOf, wholeRegion } from '../../core/region';
import { tilesOf } from '../../core/tiling';
import { rankIn } from './labelForest';
import type { RegionRow, RegionRows } from './regionRows';

export class LabelTiles {
  /** Labels that may be in several tiles, ascending, and the number of elements of each. */
  readonly open: Uint32Array;
  readonly openCounts: Float64Array;
  /** Where the labels of each tile begin in `labels`. */
  readonly #starts: Float64Array;
  readonly #labels: Uint32Array;
  readonly #shape: Shape;
  readonly #strides: readonly number[];

  /** `wanted`: the labels that count, ascending; default all. */
  constructor(
    rows: RegionRows,
    readonly block: Shape,
    wanted: Uint32Array = rows.labels,
  ) {
    this.#shape = rows.shape;
    const grid = gridShape(rows.shape, block);
    this.#strides = stridesOf(grid);
    const labels = wanted.filter((label) => rows.table.has(label));
    const read = rows.reader();
    const open: number[] = [];
    const openCounts: number[] = [];
    const starts = new Float64Array(grid.reduce((a, b) => a * b, 1) + 1);
    for (const label of labels) {
      const row = read(label);
      let tiles = 0;
      this.#visit(row, (tile) => {
        starts[tile + 1]++;
        tiles++;
      });
      if (tiles === 1) continue;
      open.push(label);
      openCounts.push(row.count);
    }
    for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
    this.#starts = starts;
    this.#labels = new Uint32Array(starts[starts.length - 1]);
    const next = starts.slice();
    for (const label of labels)
      this.#visit(read(label), (tile) => {
        this.#labels[next[tile]++] = label;
      });
    this.open = Uint32Array.from(open);
    this.openCounts = Float64Array.from(openCounts);
  }

  /** Whether the label may be in several tiles. */
  isOpen(label: number): boolean {
    return this.open[rankIn(this.open, label)] === label;
  }

  /** Labels whose box meets the tile, ascending. */
  labelsIn(tile: Region): Uint32Array {
    const at = tile.reduce(
      (flat, [start], axis) => flat + Math.floor(start / this.block[axis]) * this.#strides[axis],
      0,
    );
    return this.#labels.subarray(this.#starts[at], this.#starts[at + 1]);
  }

  /** The tiles in which there may be labels; `onlyOpen`: labels that may be in several. */
  tiles(onlyOpen: boolean): Region[] {
    const chosen = onlyOpen ? new Set(this.open) : undefined;
    return [...tilesOf(wholeRegion(this.#shape), this.#shape, this.block)].filter((tile) => {
      const here = this.labelsIn(tile);
      return chosen ? here.some((label) => chosen.has(label)) : here.length > 0;
    });
  }

  /** The tiles that the box of a label meets. */
  #visit({ start, stop }: RegionRow, visit: (tile: number) => void): void {
    const along = (axis: number, flat: number): void => {
      if (axis === start.length) {
        visit(flat);
        return;
      }
      const last = Math.floor((stop[axis] - 1) / this.block[axis]);
      for (let i = Math.floor(start[axis] / this.block[axis]); i <= last; i++)
        along(axis + 1, flat + i * this.#strides[axis]);
    };
    along(0, 0);
  }
}
