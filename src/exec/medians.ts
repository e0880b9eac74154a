// Medians by label in passes over the tiles: the first finds where labels are, the second finishes those that lie in one
// tile. Of others it gathers the values where there are few, or counts leading digits of all, so that fewer are left:
// memory is bounded whatever the sizes of objects are.
import { type DType, itemSize, type TypedArray } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import { elementCount, type Shape, wholeRegion } from '../core/region';
import { tilesOf } from '../core/tiling';
import { imageSelectionNode } from '../ops/ndmeasure/imageSelection';
import { rankIn } from '../ops/ndmeasure/labelForest';
import {
  labelSelectionNode,
  NO_KEY,
  type OpenPart,
  type SelectionPartial,
  valueOfKey,
} from '../ops/ndmeasure/labelSelection';
import { LabelTable } from '../ops/ndmeasure/labelTable';
import { LabelTiles } from '../ops/ndmeasure/labelTiles';
import type { RegionParams } from '../ops/ndmeasure/regionLabels';
import { MEDIAN } from '../ops/ndmeasure/regionObject';
import type { RegionRows } from '../ops/ndmeasure/regionRows';
import { regionsNode } from '../ops/ndmeasure/regions';
import { computeGlobal } from './compute';
import { passOverLabels } from './labelPass';
import type { ComputeOptions } from './options';
import { memoryBudget } from './settings';

/** The medians of `labels` (default: all that occur; ascending) of an image, as a {@link LabelTable}. */
export async function findMedians(
  labelImage: GraphNode,
  image: GraphNode,
  options: ComputeOptions,
  wanted?: Uint32Array,
): Promise<LabelTable> {
  const rows = await computeGlobal<RegionRows>(regionsNode(labelImage), options);
  const node = labelSelectionNode(labelImage, image);
  const { block } = node.params as RegionParams;
  const tiles = new LabelTiles(rows, block, wanted);
  const medians = new LabelTable({ width: MEDIAN.width, merge: () => {} });
  const row = new Float64Array(MEDIAN.width);
  const finish: Finish = (label, lower, upper, largest) => {
    row[MEDIAN.median] = (lower + upper) / 2;
    row[MEDIAN.hasNaN] = Number.isNaN(largest) ? 1 : 0;
    medians.merge(label, row, 0);
  };
  const search = new OpenSearch(image.dtype, tiles.open, tiles.openCounts);
  for (let first = true; first || search.unfinished; first = false) {
    search.begin();
    await passOverLabels<SelectionPartial>(
      {
        node,
        stage: 'medians',
        tiles: tiles.tiles(!first),
        query(tile) {
          const labels = tiles.labelsIn(tile);
          const open = labels.filter((label) => tiles.isOpen(label));
          return { labels: first ? labels : open, open, ...search.query(open) };
        },
        take({ complete: { labels, values }, open }) {
          labels.forEach((label, k) => {
            finish(label, Number(values[3 * k]), Number(values[3 * k + 1]), Number(values[3 * k + 2]));
          });
          search.take(open);
        },
      },
      options,
    );
    search.end(finish);
  }
  return medians;
}

/** The median of a whole image; NaN where an element is NaN. */
export async function findMedian(image: GraphNode, options: ComputeOptions): Promise<number> {
  const node = imageSelectionNode(image);
  const { block } = node.params as { block: Shape };
  const tiles = [...tilesOf(wholeRegion(image.shape), image.shape, block)];
  const label = Uint32Array.of(1);
  const count = elementCount(image.shape);
  if (count === 0) return Number.NaN;
  const search = new OpenSearch(image.dtype, label, Float64Array.of(count));
  let median = Number.NaN;
  while (search.unfinished) {
    search.begin();
    const { prefixes, shift, bits } = search.query(label);
    await passOverLabels<OpenPart>(
      {
        node,
        stage: 'median',
        tiles,
        query: () => ({ query: { prefix: prefixes[0], shift, bits } }),
        take: (part) => search.take(part),
      },
      options,
    );
    search.end((_label, lower, upper, largest) => {
      median = Number.isNaN(largest) ? largest : (lower + upper) / 2;
    });
  }
  return median;
}

/** Receives a label's lower and upper median, and its largest value: NaN where there is one. */
type Finish = (label: number, lower: number, upper: number, largest: number) => void;

/** Of all keys and counts kept between tiles, so many bytes at most (but for labels that are more than this). */
const kept = (): number => memoryBudget() / 16;

/** Finds two neighbouring ranks of the keys of each label, the highest bits first, all labels at once. */
class OpenSearch {
  unfinished: boolean;
  /** Bits that are not known yet. */
  #left: number;
  /** Of these, so many are counted in this pass; 0: the keys that are left are gathered. */
  #bits = 0;
  readonly #prefixes: BigUint64Array;
  /** Ranks of both middle keys among those with the prefix, and how many of these there are. */
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  readonly #remaining: Float64Array;
  readonly #above: BigUint64Array;
  readonly #largest: BigUint64Array;
  #counts = new Float64Array(0);
  #gathered: TypedArray[][] = [];

  constructor(
    readonly dtype: DType,
    readonly labels: Uint32Array,
    counts: Float64Array,
  ) {
    this.unfinished = labels.length > 0;
    this.#left = 8 * itemSize(dtype);
    this.#prefixes = new BigUint64Array(labels.length);
    this.#lower = counts.map((n) => Math.floor((n - 1) / 2));
    this.#upper = counts.map((n) => Math.floor(n / 2));
    this.#remaining = counts.slice();
    this.#above = new BigUint64Array(labels.length);
    this.#largest = new BigUint64Array(labels.length);
  }

  begin(): void {
    const n = this.labels.length;
    const keys = this.#remaining.reduce((a, b) => a + b, 0);
    const room = Math.floor(Math.log2(kept() / (8 * Math.max(1, n))));
    const bits = Math.min(this.#left, 16, Math.max(4, room));
    // Counting many keys is quicker than sorting them.
    const few = keys * itemSize(this.dtype) <= kept() && keys <= Math.max(4096, n * 2 ** bits);
    this.#bits = few ? 0 : bits;
    this.#counts = new Float64Array(n * 2 ** this.#bits);
    this.#gathered = this.#bits === 0 ? Array.from({ length: n }, () => []) : [];
    this.#above.fill(NO_KEY);
    this.#largest.fill(0n);
  }

  query(open: Uint32Array) {
    const prefixes = BigUint64Array.from(open, (label) => this.#prefixes[rankIn(this.labels, label)]);
    return { prefixes, shift: this.#left - this.#bits, bits: this.#bits };
  }

  take({ labels, ends, counts, keys, offsets }: OpenPart): void {
    const width = 2 ** this.#bits;
    labels.forEach((label, k) => {
      const i = rankIn(this.labels, label);
      if (ends[2 * k] < this.#above[i]) this.#above[i] = ends[2 * k];
      if (ends[2 * k + 1] > this.#largest[i]) this.#largest[i] = ends[2 * k + 1];
      if (keys) this.#gathered[i].push(keys.subarray(offsets[k], offsets[k + 1]));
      else {
        const counted = counts!.subarray(k * width, (k + 1) * width);
        addTo(this.#counts.subarray(i * width, (i + 1) * width), counted);
      }
    });
  }

  /** After the pass: next digits, or the ends of searches. */
  end(finish: Finish): void {
    this.#left -= this.#bits;
    const gathered = this.#bits === 0;
    this.unfinished = !gathered && this.#left > 0;
    this.labels.forEach((label, i) => {
      if (!gathered) this.#nextDigit(i);
      if (this.unfinished) return;
      const keys = gathered ? joined(this.#gathered[i]).sort() : undefined;
      const keyOf = (rank: number): bigint => {
        if (rank >= this.#remaining[i]) return this.#above[i];
        return keys ? BigInt(keys[rank]) : this.#prefixes[i];
      };
      const value = (key: bigint) => valueOfKey(this.dtype, key);
      finish(label, value(keyOf(this.#lower[i])), value(keyOf(this.#upper[i])), value(this.#largest[i]));
    });
  }

  /** Moves to the keys that share the lower median's next digit. */
  #nextDigit(i: number): void {
    const width = 2 ** this.#bits;
    const counts = this.#counts.subarray(i * width, (i + 1) * width);
    let digit = 0;
    let before = 0;
    while (before + counts[digit] <= this.#lower[i]) before += counts[digit++];
    const next = counts.findIndex((count, d) => d > digit && count > 0);
    const prefix = this.#prefixes[i] * BigInt(width);
    // Only after the last digit is this a key; before, the next pass finds it anew.
    if (next >= 0) this.#above[i] = prefix + BigInt(next);
    this.#prefixes[i] = prefix + BigInt(digit);
    this.#lower[i] -= before;
    this.#upper[i] -= before;
    this.#remaining[i] = counts[digit];
  }
}

function addTo(sums: Float64Array, counts: Uint32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] += counts[i];
}

function joined(parts: readonly TypedArray[]): TypedArray {
  const [first] = parts;
  const all = new (first.constructor as new (length: number) => TypedArray)(
    parts.reduce((n, { length }) => n + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part as never, at);
    at += part.length;
  }
  return all;
}
