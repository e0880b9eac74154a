// Rows of numbers by label, in typed arrays: a million objects are a few flat blocks of memory, not a million objects.

/** How a row of numbers is laid out and combined. */
export interface RowFormat {
  /** float64 values in a row. */
  readonly width: number;
  /** Adds the row at `from` of `rows` to the row at `to` of `table`: two parts of one object. */
  merge(table: Float64Array, to: number, rows: Float64Array, from: number): void;
}

/** A row per label, to be read. */
export interface LabelRows {
  readonly format: RowFormat;
  /** Labels that have a row. */
  readonly size: number;
  /** Labels present, ascending. */
  readonly labels: Uint32Array;
  has(label: number): boolean;
  /** Copies the label's row to the beginning of `into`; false where it has none. */
  read(label: number, into: Float64Array): boolean;
}

/** A float64 row per label. Labels are 1..n, known beforehand, or any, found as they come. */
export class LabelTable implements LabelRows {
  #index: LabelIndex;
  #rows: Float64Array;

  constructor(
    readonly format: RowFormat,
    /** The number of labels, when they are 1..n. */
    labels?: number,
  ) {
    this.#index = labels === undefined ? new HashedLabels() : new DenseLabels(labels);
    this.#rows = new Float64Array((labels ?? 64) * format.width);
  }

  get size(): number {
    return this.#index.size;
  }

  /** The values; rows begin at multiples of the format's width. */
  get rows(): Float64Array {
    return this.#rows;
  }

  /** Labels present, ascending. */
  get labels(): Uint32Array {
    return this.#index.labels();
  }

  has(label: number): boolean {
    return this.#index.find(label) >= 0;
  }

  read(label: number, into: Float64Array): boolean {
    const at = this.find(label);
    if (at < 0) return false;
    for (let i = 0; i < this.format.width; i++) into[i] = this.#rows[at + i];
    return true;
  }

  /** Where the label's row begins in `rows`; -1 when it has none. */
  find(label: number): number {
    const row = this.#index.find(label);
    return row < 0 ? -1 : row * this.format.width;
  }

  /** Adds a row to the label's. */
  merge(label: number, rows: Float64Array, from: number): void {
    const { width } = this.format;
    const known = this.#index.find(label);
    if (known >= 0) {
      this.format.merge(this.#rows, known * width, rows, from);
      return;
    }
    const to = this.#index.add(label) * width;
    if (to + width > this.#rows.length) {
      const grown = new Float64Array(2 * this.#rows.length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    for (let i = 0; i < width; i++) this.#rows[to + i] = rows[from + i];
  }
}

/** Which row a label has. */
interface LabelIndex {
  readonly size: number;
  labels(): Uint32Array;
  /** The label's row, or -1. */
  find(label: number): number;
  /** A new row for a label that has none. */
  add(label: number): number;
}

/** Row i is label i + 1. */
class DenseLabels implements LabelIndex {
  readonly #present: Uint8Array;
  size = 0;

  constructor(count: number) {
    this.#present = new Uint8Array(count);
  }

  labels(): Uint32Array {
    const found = new Uint32Array(this.size);
    let n = 0;
    this.#present.forEach((present, i) => {
      if (present) found[n++] = i + 1;
    });
    return found;
  }

  find(label: number): number {
    return this.#present[label - 1] ? label - 1 : -1;
  }

  add(label: number): number {
    this.#present[label - 1] = 1;
    this.size++;
    return label - 1;
  }
}

/** Open addressing; at most half of the slots are taken. Labels are above 0, and 0 marks a free slot. */
class HashedLabels implements LabelIndex {
  #keys = new Uint32Array(128);
  #values = new Uint32Array(128);
  size = 0;

  labels(): Uint32Array {
    return this.#keys.filter((key) => key !== 0).sort();
  }

  find(label: number): number {
    if (!(label > 0) || label > 0xffffffff) return -1;
    const slot = this.#slot(label);
    return this.#keys[slot] === label ? this.#values[slot] : -1;
  }

  add(label: number): number {
    if (2 * (this.size + 1) > this.#keys.length) this.#grow();
    const slot = this.#slot(label);
    this.#keys[slot] = label;
    this.#values[slot] = this.size;
    return this.size++;
  }

  /** The label's slot, or the free one where it would be. */
  #slot(label: number): number {
    const mask = this.#keys.length - 1;
    // Knuth's multiplicative hash: consecutive labels spread out.
    let slot = (Math.imul(label, 0x9e3779b1) >>> 7) & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== label) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Uint32Array(2 * keys.length);
    this.#values = new Uint32Array(2 * keys.length);
    keys.forEach((key, i) => {
      if (key === 0) return;
      const slot = this.#slot(key);
      this.#keys[slot] = key;
      this.#values[slot] = values[i];
    });
  }
}
