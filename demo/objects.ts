// The objects of a run, seen through the minimum size: what is counted, listed, coloured and exported.

import { zipSync } from 'fflate';
import { fromSource, type LazyArray, type RegionColumn, writeOmeZarr } from 'tilewise';
import type { Image } from './image';
import { type Measurement, rangeOf } from './measurements';
import { labelColor, rampColor } from './palette';
import { labelMetadata, type RunResult } from './pipeline';
import type { Units } from './units';

export class Objects {
  readonly #result: RunResult;
  readonly #rowOf: ReadonlyMap<number, number>;
  #minimumSize = 0;
  #rows: Uint32Array = new Uint32Array(0);
  /** What colours stand for, and the values at the ends of the ramp; undefined: which object it is. */
  #colored: { readonly by: Measurement; readonly low: number; readonly high: number } | undefined;
  readonly #pixelArea: number;

  constructor(result: RunResult, { x, y }: Units) {
    this.#result = result;
    this.#pixelArea = x * y;
    this.#rowOf = new Map(Array.from(result.table.column('label'), (label, row) => [label, row]));
    this.minimumSize = result.settings.minimumSize;
  }

  set minimumSize(size: number) {
    this.#minimumSize = size;
    const all = Uint32Array.from({ length: this.#result.table.length }, (_, row) => row);
    this.#rows = all.filter((row) => this.pixels(row) >= size);
  }

  set coloredBy(by: Measurement | undefined) {
    const [low, high] = by ? rangeOf(by, this.#rows) : [0, 1];
    this.#colored = by && { by, low, high };
  }

  /** An object's colour, packed. */
  colorOf(label: number): number {
    const row = this.#rowOf.get(label);
    if (!this.#colored || row === undefined) return labelColor(label);
    const { by, low, high } = this.#colored;
    return rampColor((by.value(row) - low) / (high - low));
  }

  /** Pixels of an object. */
  pixels(row: number): number {
    return Math.round(this.column('area')[row] / this.#pixelArea);
  }

  has(name: string): boolean {
    return this.#result.table.columnNames.includes(name);
  }

  /** Rows of the table on show, in label order. */
  get rows(): Uint32Array {
    return this.#rows;
  }

  get count(): number {
    return this.#rows.length;
  }

  column(name: string): RegionColumn {
    return this.#result.table.column(name);
  }

  rowOf(label: number): number | undefined {
    return this.#rowOf.get(label);
  }

  isShown(label: number): boolean {
    const row = this.#rowOf.get(label);
    return row !== undefined && this.pixels(row) >= this.#minimumSize;
  }

  toCSV(): string {
    return this.#result.table.take(this.#rows).toCSV();
  }

  /** The objects on show, and the units of their columns. */
  toJSON(): string {
    const table = this.#result.table.take(this.#rows);
    return JSON.stringify({ units: table.units, objects: table }, undefined, 1);
  }

  /** The label image without hidden objects, as a zipped OME-Zarr. */
  async toZip(image: Image, options: { signal?: AbortSignal } = {}): Promise<Uint8Array<ArrayBuffer>> {
    const store = new Map<string, Uint8Array>();
    await writeOmeZarr(this.#shownLabels(), store, { ...options, ...labelMetadata(image) });
    const files = Object.fromEntries([...store].map(([key, bytes]) => [key.slice(1), bytes]));
    // Chunks are compressed already.
    return zipSync(files, { level: 0 });
  }

  #shownLabels(): LazyArray {
    const [labels] = this.#result.labels;
    const { shape, dtype, chunks, dimensionNames } = labels;
    return fromSource({
      key: `objects-${crypto.randomUUID()}`,
      shape,
      dtype,
      chunks,
      dimensionNames,
      readChunk: async (index, options) => {
        const region = index.map(
          (i, axis) => [i * chunks[axis], Math.min(shape[axis], (i + 1) * chunks[axis])] as const,
        );
        const { data } = await labels.read(region, options);
        const values = data as Uint32Array;
        return values.map((value) => (value !== 0 && this.isShown(value) ? value : 0));
      },
    });
  }
}
