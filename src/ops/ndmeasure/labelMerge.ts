// What is known of the labels of each block, all blocks in one typed array.
import { chunksIn, gridShape, type Region, type Shape, wholeRegion } from '../../core/region';

/** Final labels by block: what makes labels that are unique in a block those of the whole image. */
export class LabelMerge {
  #count: number | undefined;

  constructor(
    readonly grid: Shape,
    /** Where each block's labels begin and end in `finals`. */
    private readonly offsets: Float64Array,
    /** The final label of every block label; 0 where it is none. */
    private readonly finals: Uint32Array,
    count?: number,
  ) {
    this.#count = count;
  }

  /** The number of objects. */
  get count(): number {
    this.#count ??= this.labels().length;
    return this.#count;
  }

  /** Final label of the block's label i + 1. */
  table(index: readonly number[]): Uint32Array {
    const block = flatIndex(index, this.grid);
    return this.finals.slice(this.offsets[2 * block], this.offsets[2 * block + 1]);
  }

  /** Visits the grid positions of all blocks. */
  forEachBlock(visit: (index: readonly number[]) => void): void {
    const single = this.grid.map(() => 1);
    for (const index of chunksIn(wholeRegion(this.grid), single)) visit(index);
  }

  /** The labels that occur, ascending. */
  labels(): Uint32Array {
    const sorted = this.finals.slice().sort();
    let count = 0;
    for (let i = 0; i < sorted.length; i++)
      if (sorted[i] !== 0 && (i === 0 || sorted[i] !== sorted[i - 1])) sorted[count++] = sorted[i];
    return sorted.slice(0, count);
  }

  /** The same blocks with other final labels. */
  map(finalOf: (label: number) => number): LabelMerge {
    return new LabelMerge(this.grid, this.offsets, this.finals.map(finalOf));
  }
}

/** Where the labels of each block begin and end in arrays that hold those of all blocks. */
export class BlockOffsets {
  readonly grid: Shape;
  readonly offsets: Float64Array;

  constructor(
    shape: Shape,
    readonly block: Shape,
  ) {
    this.grid = gridShape(shape, block);
    this.offsets = new Float64Array(2 * this.grid.reduce((a, b) => a * b, 1));
  }

  /** Grid position of the block that covers `region`. */
  indexOf(region: Region): number[] {
    return region.map(([start], axis) => Math.floor(start / this.block[axis]));
  }

  set(region: Region, start: number, stop: number): void {
    this.offsets.set([start, stop], 2 * flatIndex(this.indexOf(region), this.grid));
  }
}

/** Place of a block in the grid, C order. */
export const flatIndex = (index: readonly number[], grid: Shape): number =>
  index.reduce((flat, i, axis) => flat * grid[axis] + i, 0);
