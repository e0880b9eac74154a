// The host's side of lib/regionTable.wgsl: accumulators to rows of core/regionRow.ts.
import { type DType, isFloat } from '../../core/dtype';
import { REGION, REGION_ROW } from '../../core/regionRow';
import { toLimbs } from '../../core/wideInteger';
import { fromKey } from './orderedKey';
import { signed64, unsigned96 } from './wide';

export const HEADER_WORDS = 4;
export const ROW_WORDS = 36;

const [COUNT, SUM, SQUARES, MINIMUM, MAXIMUM, LOWEST, HIGHEST, COORDINATES, WEIGHTED] = [
  0, 1, 3, 6, 7, 8, 12, 16, 24,
];
const [MINIMUM_AT, MAXIMUM_AT, FLAGS, NAN_AT] = [32, 33, 34, 35];
const [NAN, PLUS_INFINITY, MINUS_INFINITY] = [1, 2, 4];

export interface RegionTableFormat {
  readonly dtype: DType;
  /** Bits of a fixed-point float. */
  readonly bits: number;
  /** What was subtracted from integer values. */
  readonly bias: number;
  readonly hasValues: boolean;
}

/** Rows of labels 1..n; a label without pixels has count 0 and is otherwise meaningless. */
export function decodeRegionTable(words: Uint32Array, format: RegionTableFormat): Float64Array {
  const n = words[1];
  const rows = new Float64Array(n * REGION_ROW);
  const scale = isFloat(format.dtype) ? floatScale(words[0], format.bits) : 1;
  for (let k = 0; k < n; k++) {
    const at = HEADER_WORDS + k * ROW_WORDS;
    const row = rows.subarray(k * REGION_ROW, (k + 1) * REGION_ROW);
    row[REGION.count] = words[at + COUNT];
    for (let axis = 0; axis < 4; axis++) {
      row[REGION.lowest + axis] = ~words[at + LOWEST + axis] >>> 0;
      row[REGION.highest + axis] = words[at + HIGHEST + axis];
      row[REGION.coordinateSum + axis] = Number(signed64(words, at + COORDINATES + 2 * axis));
    }
    if (format.hasValues) decodeValues(words, at, row, format, scale);
  }
  return rows;
}

/** What one unit of the fixed-point values is worth; see lib/fixedValue.wgsl. */
const floatScale = (largest: number, bits: number): number =>
  2 ** (Math.max(largest >>> 23, 1) - 127 - 23 - (bits - 24));

function decodeValues(
  words: Uint32Array,
  at: number,
  row: Float64Array,
  { dtype, bias }: RegionTableFormat,
  scale: number,
): void {
  const sum = signed64(words, at + SUM);
  const squares = unsigned96(words, at + SQUARES);
  const [n, b] = [BigInt(words[at + COUNT]), BigInt(bias)];
  if (isFloat(dtype)) {
    row[REGION.sum] = Number(sum) * scale;
    row[REGION.squares] = (Number(n * squares - sum * sum) / words[at + COUNT]) * scale * scale;
  } else {
    row.set(toLimbs(sum + n * b), REGION.sum);
    row.set(toLimbs(squares + 2n * b * sum + n * b * b), REGION.squares);
  }
  row[REGION.minimum] = fromKey(dtype, ~words[at + MINIMUM] >>> 0);
  row[REGION.maximum] = fromKey(dtype, words[at + MAXIMUM]);
  row[REGION.minimumAt] = ~words[at + MINIMUM_AT] >>> 0;
  row[REGION.maximumAt] = ~words[at + MAXIMUM_AT] >>> 0;
  for (let axis = 0; axis < 4; axis++) {
    const coordinates = signed64(words, at + COORDINATES + 2 * axis);
    const weighted = signed64(words, at + WEIGHTED + 2 * axis) + b * coordinates;
    row[REGION.weightedCoordinateSum + axis] = Number(weighted) * scale;
  }
  if (words[at + FLAGS] !== 0) markNonFinite(words, at, row);
}

function markNonFinite(words: Uint32Array, at: number, row: Float64Array): void {
  const flags = words[at + FLAGS];
  const both = PLUS_INFINITY | MINUS_INFINITY;
  const nan = (flags & NAN) !== 0;
  const infinity = (flags & PLUS_INFINITY) !== 0 ? Infinity : -Infinity;
  row[REGION.sum] = nan || (flags & both) === both ? NaN : infinity;
  row[REGION.squares] = NaN;
  // Zero times infinity may be among the terms.
  row.fill(NaN, REGION.weightedCoordinateSum, REGION.weightedCoordinateSum + 4);
  if (!nan) return;
  // NaN sorts last: it is always the maximum, and the minimum only when alone.
  row[REGION.maximum] = NaN;
  row[REGION.maximumAt] = ~words[at + NAN_AT] >>> 0;
  if (words[at + MINIMUM] !== 0) return;
  row[REGION.minimum] = NaN;
  row[REGION.minimumAt] = row[REGION.maximumAt];
}
