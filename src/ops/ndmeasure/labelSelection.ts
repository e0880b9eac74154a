// Medians by label. Objects that lie in one tile are finished there; of the others tiles count leading digits of keys, or
// hand over the keys that are left.
import { DTYPES, type DType, isFloat, isSigned, itemSize, type TypedArray } from '../../core/dtype';
import type { GraphNode } from '../../core/graph';
import { type CpuContext, defineGlobalOp } from '../../core/op';
import { rankIn } from './labelForest';
import { groupLabels } from './labelGroups';
import { type RegionParams, regionNode } from './regionLabels';

/** What a tile is asked for. Keys are unsigned integers that order as the values do. */
export type TileQuery = {
  /** Labels wanted that may be in the tile, ascending. */
  readonly labels: Uint32Array;
  /** Those of them that may be in several tiles. */
  readonly open: Uint32Array;
  /** Of each open label, the leading bits of its lower median: all but `shift + bits`. */
  readonly prefixes: BigUint64Array;
  readonly shift: number;
  /** How many bits are counted next; 0: the keys themselves are wanted. */
  readonly bits: number;
};

/** Lower median, upper median and largest value (NaN where there is one) of each label that is in one tile. */
export interface CompletePart {
  readonly labels: Uint32Array;
  readonly values: TypedArray;
}

/** What a tile has of labels that may be in several. */
export interface OpenPart {
  readonly labels: Uint32Array;
  /** Of each, the smallest key with a larger prefix (2^64 - 1: none), and the largest key. */
  readonly ends: BigUint64Array;
  /** 2^bits counts of each, or null. */
  readonly counts: Uint32Array | null;
  /** Keys with the prefix, or none; those of label k are keys offsets[k] to offsets[k + 1]. */
  readonly keys: TypedArray | null;
  readonly offsets: Uint32Array;
}

export interface SelectionPartial {
  readonly complete: CompletePart;
  readonly open: OpenPart;
}

type SelectionParams = RegionParams & Partial<TileQuery>;

/** Inputs: labels (uint32) and the image. exec/medians.ts gives tiles their queries, and takes what they return. */
export const labelSelection = defineGlobalOp<SelectionParams, SelectionPartial, null>({
  name: 'labelSelection',
  blockShape: (params) => params.block,
  domain: (_params, [labels]) => labels.shape,
  demand: (region) => [region, region],
  gpuRefuses: () => 'medians by label are selected on the CPU',
  cpu(context, { params, inputs: [labels, image], output: { region } }) {
    const { labels: wanted, open, prefixes, shift, bits } = params as RegionParams & TileQuery;
    const { dtype } = image!;
    const bytes = itemSize(dtype);
    const isOpen = (label: number) => open[rankIn(open, label)] === label;
    const groups = groupLabels(context, labels!, region, wanted, isOpen);
    const total = groups.offsets[groups.labels.length];
    const keys = groups.gather(context.input(image!, region), bytes);
    context.kernels.orderKeys(keys, DTYPES.indexOf(dtype), total, 0);
    const complete = groups.labels.findIndex(isOpen);
    const n = complete < 0 ? groups.labels.length : complete;
    return {
      complete: {
        labels: groups.labels.slice(0, n),
        values: completeValues(context, keys, groups.offsets.slice(0, n + 1), dtype),
      },
      open: openPart(context, keys, groups.labels.slice(n), groups.offsets.slice(n), dtype, (label) => ({
        prefix: prefixes[rankIn(open, label)],
        shift,
        bits,
      })),
    };
  },
  gpu() {
    throw new Error('refused');
  },
  accumulate: () => ({ add() {}, finish: () => null }),
});

function completeValues(context: CpuContext, keys: number, offsets: Uint32Array, dtype: DType): TypedArray {
  const n = offsets.length - 1;
  const bytes = itemSize(dtype);
  const out = context.scratch(3 * bytes * n);
  context.kernels.groupMedians(keys, bytes, context.constant(offsets), n, out);
  context.kernels.orderKeys(out, DTYPES.indexOf(dtype), 3 * n, 1);
  return context.view(dtype, out, 3 * n).slice() as TypedArray;
}

/** What the keys of `labels`, which lie next to each other, have of what is asked. */
export function openPart(
  context: CpuContext,
  keys: number,
  labels: Uint32Array,
  offsets: Uint32Array,
  dtype: DType,
  queryOf: (label: number) => { prefix: bigint; shift: number; bits: number },
): OpenPart {
  const { kernels } = context;
  const bytes = itemSize(dtype);
  const n = labels.length;
  const { bits } = n > 0 ? queryOf(labels[0]) : { bits: 0 };
  const total = offsets[n] - offsets[0];
  const prefix = context.scratch(8);
  const endsAt = context.scratch(16 * n);
  const ends = context.view('uint64', endsAt, 2 * n) as BigUint64Array;
  labels.forEach((_, k) => {
    ends[2 * k] = NO_KEY;
    ends[2 * k + 1] = 0n;
  });
  const counting = bits > 0;
  const target = counting ? context.scratch(4 * n * 2 ** bits) : context.scratch(bytes * total);
  if (counting) (context.view('uint32', target, n * 2 ** bits) as Uint32Array).fill(0);
  const kept = new Uint32Array(n + 1);
  labels.forEach((label, k) => {
    const query = queryOf(label);
    (context.view('uint64', prefix, 1) as BigUint64Array)[0] = query.prefix;
    const from = keys + bytes * offsets[k];
    const count = offsets[k + 1] - offsets[k];
    const end = endsAt + 16 * k;
    if (counting) {
      const counts = target + 4 * k * 2 ** bits;
      kernels.countDigits(from, bytes, count, prefix, query.shift, bits, counts, end);
    } else {
      const to = target + bytes * kept[k];
      kept[k + 1] = kept[k] + kernels.keysWithPrefix(from, bytes, count, prefix, query.shift, to, end);
    }
  });
  return {
    labels,
    ends: (context.view('uint64', endsAt, 2 * n) as BigUint64Array).slice(),
    counts: counting ? (context.view('uint32', target, n * 2 ** bits) as Uint32Array).slice() : null,
    keys: counting ? null : (context.view(keyDType(dtype), target, kept[n]).slice() as TypedArray),
    offsets: kept,
  };
}

export const NO_KEY = 2n ** 64n - 1n;

/** The unsigned type that holds keys of a type. */
const keyDType = (dtype: DType): DType =>
  (({ 1: 'uint8', 2: 'uint16', 4: 'uint32', 8: 'uint64' }) as const)[itemSize(dtype) as 1 | 2 | 4 | 8];

const words = new DataView(new ArrayBuffer(8));

/** The value that a key stands for, as float64. */
export function valueOfKey(dtype: DType, key: bigint): number {
  const bits = 8 * itemSize(dtype);
  const top = 1n << BigInt(bits - 1);
  if (!isFloat(dtype)) return Number(isSigned(dtype) ? BigInt.asIntN(bits, key ^ top) : key);
  words.setBigUint64(0, key & top ? key ^ top : BigInt.asUintN(bits, ~key));
  return bits === 64 ? words.getFloat64(0) : words.getFloat32(4);
}

/** The node of a pass over `labels` and `image`, whose tiles are given queries. */
export const labelSelectionNode = (labels: GraphNode, image: GraphNode): GraphNode =>
  regionNode(labelSelection.name, labels, { image, renumbered: true, anyRank: true });
