// Rows of numbers in as few bytes as hold them exactly: most measurements of a tile are integers near each other.

/** How a column is kept: one number for all rows, an integer above the least one, or as it is. */
const CONSTANT = 0;
const [BYTE, SHORT, WORD, FLOAT32, FLOAT64] = [1, 2, 3, 4, 5];
const BYTES = [0, 1, 2, 4, 4, 8];

/** Rows of `width` float64 values each, to be read again one at a time, bit for bit. */
export class PackedRows {
  readonly length: number;
  readonly #kinds: Uint8Array;
  /** What is added to the integers of a column, or the number that all of its rows have. */
  readonly #bases: Float64Array;
  readonly #stride: number;
  readonly #view: DataView;

  constructor(
    rows: Float64Array,
    readonly width: number,
  ) {
    this.length = rows.length / width;
    this.#kinds = new Uint8Array(width);
    this.#bases = new Float64Array(width);
    this.#stride = 0;
    for (let column = 0; column < width; column++) {
      const { kind, base } = choose(rows, column, width);
      this.#kinds[column] = kind;
      this.#bases[column] = base;
      this.#stride += BYTES[kind];
    }
    this.#view = new DataView(new ArrayBuffer(this.length * this.#stride));
    for (let row = 0, at = 0; row < this.length; row++)
      for (let column = 0; column < width; column++) at = this.#put(at, column, rows[row * width + column]);
  }

  /** Bytes of all rows. */
  get byteLength(): number {
    return this.#view.byteLength;
  }

  /** Reads a row to the beginning of `into`. */
  read(row: number, into: Float64Array): void {
    const view = this.#view;
    let at = row * this.#stride;
    for (let column = 0; column < this.width; column++) {
      const kind = this.#kinds[column];
      const base = this.#bases[column];
      if (kind === CONSTANT) into[column] = base;
      else if (kind === BYTE) into[column] = base + view.getUint8(at);
      else if (kind === SHORT) into[column] = base + view.getUint16(at);
      else if (kind === WORD) into[column] = base + view.getUint32(at);
      else into[column] = kind === FLOAT32 ? view.getFloat32(at) : view.getFloat64(at);
      at += BYTES[kind];
    }
  }

  /** Returns where the next one goes. */
  #put(at: number, column: number, value: number): number {
    const view = this.#view;
    const kind = this.#kinds[column];
    const above = value - this.#bases[column];
    if (kind === BYTE) view.setUint8(at, above);
    else if (kind === SHORT) view.setUint16(at, above);
    else if (kind === WORD) view.setUint32(at, above);
    else if (kind === FLOAT32) view.setFloat32(at, value);
    else if (kind === FLOAT64) view.setFloat64(at, value);
    return at + BYTES[kind];
  }
}

function choose(rows: Float64Array, column: number, width: number): { kind: number; base: number } {
  const first = rows[column];
  let [least, most] = [first, first];
  let [constant, integers, singles] = [true, true, true];
  for (let i = column; i < rows.length; i += width) {
    const value = rows[i];
    constant &&= Object.is(value, first);
    // Sums with a base have no negative zero.
    integers &&= Number.isSafeInteger(value) && !Object.is(value, -0);
    singles &&= Object.is(Math.fround(value), value);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (constant) return { kind: CONSTANT, base: first };
  const range = most - least;
  if (integers && range < 2 ** 32)
    return { kind: range < 2 ** 8 ? BYTE : range < 2 ** 16 ? SHORT : WORD, base: least };
  return { kind: singles ? FLOAT32 : FLOAT64, base: 0 };
}
