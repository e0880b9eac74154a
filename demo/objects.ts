// The objects of a run, seen through the minimum size: what is counted, listed, coloured and exported.

import { zipSync } from 'fflate';
import { fromSource, type LazyArray, type RegionColumn, writeOmeZarr } from 'tilewise';
import type { Image } from './image';
import { labelMetadata, type RunResult } from './pipeline';

export class Objects {
  readonly #result: RunResult;
  readonly #rowOf: ReadonlyMap<number, number>;
  #minimumSize = 0;
  #rows: Uint32Array = new Uint32Array(0);

  constructor(result: RunResult) {
    this.#result = result;
    this.#rowOf = new Map(Array.from(result.table.column('label'), (label, row) => [label, row]));
    this.minimumSize = result.settings.minimumSize;
  }

  set minimumSize(size: number) {
    this.#minimumSize = size;
    const area = this.column('area');
    this.#rows = Uint32Array.from(area.keys()).filter((row) => area[row] >= size);
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
    return row !== undefined && this.column('area')[row] >= this.#minimumSize;
  }

  toCSV(): string {
    return this.#result.table.take(this.#rows).toCSV();
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
