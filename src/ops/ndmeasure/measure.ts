// Scalars and vectors made of the measured regions, one per index, as scipy.ndimage's measurements give them.
import { allocate, type DType, isComplex, type Scalar, type TypedArray } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params } from '../../core/graph';
import { elementCount, type Shape } from '../../core/region';
import { castNode, fullNode, pointwiseNode, whereNode } from '../elementwise';
import { computedOp } from '../views';
import type { LabelMerge } from './labelMerge';
import { checkLabelDType } from './labelValues';
import type { RegionRow, RegionRows } from './regionRows';
import { regionsNode } from './regions';

/** What is made of a row: one or several values per index. Labels that do not occur have `absent`. */
interface Measurement {
  readonly dtype: (image: DType) => DType;
  readonly value: (row: RegionRow, shape: Shape) => readonly Scalar[];
  readonly absent: number;
  /** The values are coordinates, one per axis. */
  readonly perAxis?: boolean;
  /** No values of the image are needed. */
  readonly ofLabels?: boolean;
}

const float64 = () => 'float64' as const;
const int64 = () => 'int64' as const;
const variance = (r: RegionRow): number => r.deviations / r.count;

const MEASUREMENTS = {
  area: { dtype: int64, value: (r) => [r.count], absent: 0, ofLabels: true },
  mean: { dtype: float64, value: (r) => [r.sum / r.count], absent: Number.NaN },
  sumLabels: { dtype: float64, value: (r) => [r.sum], absent: 0 },
  variance: { dtype: float64, value: (r) => [variance(r)], absent: Number.NaN },
  standardDeviation: { dtype: float64, value: (r) => [Math.sqrt(variance(r))], absent: Number.NaN },
  minimum: { dtype: (image) => image, value: (r) => [r.minimum], absent: 0 },
  maximum: { dtype: (image) => image, value: (r) => [r.maximum], absent: 0 },
  minimumPosition: {
    dtype: int64,
    value: (r, shape) => placeOf(r.minimumAt, shape),
    absent: 0,
    perAxis: true,
  },
  maximumPosition: {
    dtype: int64,
    value: (r, shape) => placeOf(r.maximumAt, shape),
    absent: 0,
    perAxis: true,
  },
  centerOfMass: {
    dtype: float64,
    value: (r) => r.weightedCoordinateSum.map((w) => w / r.sum),
    absent: Number.NaN,
    perAxis: true,
  },
} satisfies Record<string, Measurement>;

export type MeasurementName = keyof typeof MEASUREMENTS;

/** Coordinates of a flat index. */
function placeOf(flat: number, shape: Shape): number[] {
  const place = new Array<number>(shape.length);
  for (let rest = flat, axis = shape.length - 1; axis >= 0; axis--) {
    place[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

/** Which labels to measure: one, several of any shape, or undefined for all labels > 0 merged into one. */
export interface Index {
  readonly values: Float64Array;
  readonly shape: Shape;
}

type MeasureParams = Params & {
  readonly measurement: MeasurementName;
  readonly index: Float64Array | null;
  /** Each value is of one group of elements, not looked up in a list. */
  readonly single: boolean;
  readonly width: number;
};

export const measured = computedOp<MeasureParams>(
  'measured',
  ({ measurement, index, single, width }, [result], dtype): TypedArray => {
    const rows = result as RegionRows;
    const { value, absent }: Measurement = MEASUREMENTS[measurement];
    const list = index ?? [0];
    const out = allocate(dtype, list.length * width);
    const read = rows.reader();
    const rowOf = index ? (label: number) => (rows.has(label) ? read(label) : undefined) : () => rows.total();
    list.forEach((label, i) => {
      const row = rowOf(label);
      const values = row && value(single ? propagateNaN(row) : row, rows.shape);
      for (let k = 0; k < width; k++) setScalar(out, i * width + k, values?.[k] ?? absent);
    });
    return out;
  },
);

/** A minimum over one group of elements is NumPy's, which propagates NaN; that of a list is the least number. */
const propagateNaN = (row: RegionRow): RegionRow =>
  Number.isNaN(row.maximum) ? { ...row, minimum: row.maximum, minimumAt: row.maximumAt } : row;

function setScalar(data: TypedArray, at: number, value: Scalar): void {
  if (typeof data[at] === 'bigint') (data as BigInt64Array)[at] = BigInt(value);
  else (data as Float64Array)[at] = Number(value);
}

/**
 * A node of `measurement` per index entry; coordinates add an axis of the image's rank. Without labels the whole image
 * is one region.
 */
export function measureNode(
  measurement: MeasurementName,
  image: GraphNode,
  labels: GraphNode | undefined,
  index: Index | undefined,
): GraphNode {
  const { dtype, perAxis, ofLabels }: Measurement = MEASUREMENTS[measurement];
  if (isComplex(image.dtype)) throw new ArgumentError('image', image.dtype, 'an array of real numbers');
  const groups = groupsOf(image, labels, index);
  const rows = regionsNode(groups.labels, ofLabels ? undefined : image);
  const vector = perAxis ? [image.shape.length] : [];
  const shape = [...(index?.shape ?? []), ...vector];
  return createNode(
    measured.name,
    {
      shape,
      dtype: dtype(image.dtype),
      chunks: shape.map((n) => Math.max(1, n)),
      dimensionNames: shape.map(() => null),
    },
    {
      measurement,
      index: groups.index?.values ?? null,
      single: !index || index.shape.length === 0,
      width: elementCount(vector),
    },
    [],
    [rows],
  );
}

/** Labels above 0 to measure by: where there is no label image, the whole image is label 1. */
export function groupsOf(
  image: GraphNode,
  labels: GraphNode | undefined,
  index: Index | undefined,
): { labels: GraphNode; index: Index | undefined } {
  if (!labels) {
    if (index) throw new ArgumentError('index', index.values, 'no index when there is no labelImage');
    return { labels: fullNode(image, 1, 'uint32'), index };
  }
  checkLabelDType(labels.dtype, true);
  if (image.shape.join() !== labels.shape.join())
    throw new ArgumentError('labelImage', labels.shape, `an array of the image's shape [${image.shape}]`);
  if (!index?.values.includes(0)) return { labels, index };
  // Kernels skip label 0, the background: all labels go by one higher, except negative ones, which are refused.
  const wide = castNode(labels, 'int64');
  return {
    labels: castNode(
      whereNode(pointwiseNode('lt', [wide, 0]), wide, pointwiseNode('add', [wide, 1])),
      'int64',
    ),
    index: { ...index, values: index.values.map((value) => value + 1) },
  };
}

export const counted = computedOp<Params>('counted', (_params, [merge]) =>
  Uint32Array.of((merge as LabelMerge).count),
);

/** The number of objects a label scan found: a 0-d node. */
export const countNode = (scan: GraphNode): GraphNode =>
  createNode(counted.name, { shape: [], dtype: 'uint32', chunks: [], dimensionNames: [] }, {}, [], [scan]);
