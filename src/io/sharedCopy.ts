// An array's copy in shared memory, made as it is read: workers then read all of it in place.
import { type DType, type TypedArray, view } from '../core/dtype';
import { type PlacedArray, type Region, type Shape, wholeRegion } from '../core/region';
import { toTruthValues } from './truthValues';

/** Bytes copied at once, about: few enough not to hold up the page. */
const BAND_BYTES = 1 << 20;

export class SharedCopy {
  readonly #source: TypedArray;
  readonly #placed: PlacedArray;
  /** Rows of the first axis in a band. */
  readonly #rows: number;
  /** Whether a band has been copied. */
  readonly #done: Uint8Array;

  constructor(
    source: TypedArray,
    readonly shape: Shape,
    readonly dtype: DType,
  ) {
    this.#source = source;
    const data = view(dtype, new SharedArrayBuffer(source.byteLength));
    this.#placed = { data, region: wholeRegion(shape) };
    const height = shape[0] ?? 1;
    this.#rows = Math.max(1, Math.floor((BAND_BYTES * height) / Math.max(1, source.byteLength)));
    this.#done = new Uint8Array(Math.ceil(height / this.#rows));
  }

  /** The copy, complete where `region` lies. */
  holding(region: Region): PlacedArray {
    const [start, stop] = region[0] ?? [0, 1];
    const { data } = this.#placed;
    const row = data.length / (this.shape[0] ?? 1);
    for (let band = Math.floor(start / this.#rows); band * this.#rows < stop; band++) {
      if (this.#done[band]) continue;
      const from = band * this.#rows * row;
      const part = this.#source.subarray(from, from + this.#rows * row);
      (data as Uint8Array).set(part as Uint8Array, from);
      if (this.dtype === 'bool') toTruthValues(data.subarray(from, from + part.length) as Uint8Array);
      this.#done[band] = 1;
    }
    return this.#placed;
  }
}
