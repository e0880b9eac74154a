// The rows of objects in the tiles' own packed rows: only objects that are in several tiles have one of their own.
import { type LabelRows, LabelTable, type RowFormat } from './labelTable';
import type { PackedRows } from './packedRows';

/** In place of a row: the label has none. */
const NONE = 2 ** 32 - 1;

/** A row per label of 1..n, merged from the rows of tiles. */
export class MergedRows implements LabelRows {
  /** Where each label has its first row, counted through all parts. */
  readonly #places: Uint32Array;
  readonly #parts: PackedRows[] = [];
  /** The number of the first row of each part. */
  readonly #starts: number[] = [];
  readonly #several: LabelTable;
  readonly #row: Float64Array;
  #rows = 0;
  size = 0;

  constructor(
    readonly format: RowFormat,
    labels: number,
  ) {
    this.#places = new Uint32Array(labels).fill(NONE);
    this.#several = new LabelTable(format);
    this.#row = new Float64Array(format.width);
  }

  get labels(): Uint32Array {
    const found = new Uint32Array(this.size);
    let n = 0;
    this.#places.forEach((place, i) => {
      if (place !== NONE) found[n++] = i + 1;
    });
    return found;
  }

  has(label: number): boolean {
    return (this.#places[label - 1] ?? NONE) !== NONE;
  }

  read(label: number, into: Float64Array): boolean {
    if (this.#several.read(label, into)) return true;
    if (!this.has(label)) return false;
    this.#readFirst(label, into);
    return true;
  }

  /** Adds the rows of a tile, the k-th to that of the label `names[k]`. They are kept, not copied. */
  add(part: PackedRows, names: ArrayLike<number>): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#starts.push(this.#rows);
    for (let k = 0; k < part.length; k++) {
      const label = names[k];
      if (!this.has(label)) {
        this.#places[label - 1] = this.#rows + k;
        this.size++;
        continue;
      }
      if (!this.#several.has(label)) {
        this.#readFirst(label, this.#row);
        this.#several.merge(label, this.#row, 0);
      }
      part.read(k, this.#row);
      this.#several.merge(label, this.#row, 0);
    }
    this.#rows += part.length;
  }

  #readFirst(label: number, into: Float64Array): void {
    const place = this.#places[label - 1];
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= place) low = middle;
      else high = middle;
    }
    this.#parts[low].read(place - this.#starts[low], into);
  }
}
