// Union-find over the labels of all blocks, and their final numbers.
import { ArgumentError } from '../../core/errors';
import { type Region, regionShape, type Shape, stridesOf } from '../../core/region';

/** Labels are at most this many: 0 is the background and uint32 the label dtype. */
const MOST_LABELS = 2 ** 32 - 2;

/** In place of a first pixel: the label has none in the image, and objects made of such labels get no number. */
export const NOWHERE = 2 ** 32 - 1;

/** Keeps 12 bytes a label: its parent, and the position of its first pixel in the whole image (exact to 2^53). */
export class LabelForest {
  #parents = new Uint32Array(1024);
  #keys = new Float64Array(1024);
  #length = 0;

  constructor(readonly shape: Shape) {}

  /** Adds labels by the flat position of each one's first pixel inside `region`; returns how many were there before. */
  append(first: Uint32Array, region: Region): number {
    const offset = this.#length;
    const length = offset + first.length;
    if (length > MOST_LABELS)
      throw new ArgumentError(
        'image',
        length,
        `an image of at most ${MOST_LABELS} objects, which uint32 holds`,
      );
    if (length > this.#parents.length) {
      const capacity = Math.max(length, 2 * this.#parents.length);
      this.#parents = grow(this.#parents, new Uint32Array(capacity));
      this.#keys = grow(this.#keys, new Float64Array(capacity));
    }
    const own = stridesOf(regionShape(region));
    const whole = stridesOf(this.shape);
    for (let i = 0; i < first.length; i++) {
      let key = 0;
      for (let rest = first[i], axis = 0; axis < own.length; axis++) {
        const at = Math.floor(rest / own[axis]);
        rest -= at * own[axis];
        key += (region[axis][0] + at) * whole[axis];
      }
      this.#parents[offset + i] = offset + i;
      this.#keys[offset + i] = first[i] === NOWHERE ? Infinity : key;
    }
    this.#length = length;
    return offset;
  }

  /** The root is the label whose first pixel comes first, so a root's key is its object's. */
  union(a: number, b: number): void {
    const x = this.#find(a);
    const y = this.#find(b);
    if (x === y) return;
    if (this.#keys[x] < this.#keys[y]) this.#parents[y] = x;
    else this.#parents[x] = y;
  }

  /** The object of every label, 1 to `count` by first pixel as SciPy numbers them. */
  number(): { readonly finals: Uint32Array; readonly count: number } {
    const length = this.#length;
    const keys = this.#keys;
    const finals = new Uint32Array(length);
    const roots = new Uint32Array(length);
    let count = 0;
    for (let i = 0; i < length; i++) if (this.#parents[i] === i && keys[i] < Infinity) roots[count++] = i;
    const sorted = new Float64Array(count);
    for (let k = 0; k < count; k++) sorted[k] = keys[roots[k]];
    sorted.sort();
    // Labels of a block follow each other, and often no other block's come between.
    for (let k = 0, rank = 0; k < count; k++, rank++) {
      const key = keys[roots[k]];
      if (sorted[rank] !== key) rank = rankIn(sorted, key);
      finals[roots[k]] = rank + 1;
    }
    for (let i = 0; i < length; i++) finals[i] = finals[this.#find(i)];
    return { finals, count };
  }

  #find(i: number): number {
    const parents = this.#parents;
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]];
      i = parents[i];
    }
    return i;
  }
}

function grow<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** How many of the ascending numbers are smaller. */
export function rankIn(sorted: Float64Array | Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
