// Scalars and vectors made of the measured regions, one per index, as scipy.ndimage's measurements give them.
import { castArray, type DType, type TypedArray } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params } from '../../core/graph';
import { elementCount, type Shape } from '../../core/region';
import { castNode, fullNode, pointwiseNode } from '../elementwise';
import { computedOp } from '../views';
import type { LabelMerge } from './labelMerge';
import type { RegionRow, RegionRows } from './regionRows';
import { regionsNode } from './regions';

/** Numbers per index: `absent` stands where the label does not occur. */
interface Measurement {
  readonly dtype: (image: DType) => DType;
  readonly value: (row: RegionRow) => readonly number[];
  readonly absent: number;
}

const MEASUREMENTS = {
  area: { dtype: () => 'int64', value: (r) => [r.count], absent: 0 },
  mean: { dtype: () => 'float64', value: (r) => [r.sum / r.count], absent: Number.NaN },
  sumLabels: { dtype: () => 'float64', value: (r) => [r.sum], absent: 0 },
  minimum: { dtype: (image) => image, value: (r) => [r.minimum], absent: 0 },
  maximum: { dtype: (image) => image, value: (r) => [r.maximum], absent: 0 },
  centerOfMass: {
    dtype: () => 'float64',
    value: (r) => r.weightedCoordinateSum.map((w) => w / r.sum),
    absent: Number.NaN,
  },
} satisfies Record<string, Measurement>;

export type MeasurementName = keyof typeof MEASUREMENTS;

/** Which labels to measure: one, several of any shape, or undefined for all labels > 0 merged into one. */
export interface Index {
  readonly values: Float64Array;
  readonly shape: Shape;
}

type MeasureParams = Params & {
  readonly measurement: MeasurementName;
  readonly index: Float64Array | null;
  readonly width: number;
};

export const measured = computedOp<MeasureParams>(
  'measured',
  ({ measurement, index, width }, [rows], dtype): TypedArray => {
    const { value, absent }: Measurement = MEASUREMENTS[measurement];
    const list = index ?? [0];
    const out = new Float64Array(list.length * width);
    list.forEach((label, i) => {
      const row = index ? (rows as RegionRows).get(label) : propagateNaN((rows as RegionRows).total());
      out.set(row ? value(row) : new Array<number>(width).fill(absent), i * width);
    });
    return castArray(out, 'float64', dtype);
  },
);

/** A minimum over one merged region is NumPy's, which propagates NaN. */
const propagateNaN = (row: RegionRow | undefined): RegionRow | undefined =>
  row && Number.isNaN(row.maximum) ? { ...row, minimum: row.maximum } : row;

/**
 * A node of `measurement` per index entry; centres of mass add an axis of the image's rank. Without labels the whole
 * image is one region.
 */
export function measureNode(
  measurement: MeasurementName,
  image: GraphNode,
  labels: GraphNode | undefined,
  index: Index | undefined,
): GraphNode {
  if (index && !labels)
    throw new ArgumentError('index', index.values, 'no index when there is no labelImage');
  if (image.dtype === 'int64' || image.dtype === 'uint64') image = castNode(image, 'float64');
  if (labels && index?.values.includes(0)) {
    // Kernels skip label 0, the background: measure all labels one higher.
    labels = pointwiseNode('add', [castNode(labels, 'uint32'), 1]);
    index = { ...index, values: index.values.map((value) => value + 1) };
  }
  const rows = regionsNode(
    labels ?? fullNode(image, 1, 'uint32'),
    measurement === 'area' ? undefined : image,
  );
  const vector = measurement === 'centerOfMass' ? [image.shape.length] : [];
  const shape = [...(index?.shape ?? []), ...vector];
  return createNode(
    measured.name,
    {
      shape,
      dtype: MEASUREMENTS[measurement].dtype(image.dtype),
      chunks: shape.map((n) => Math.max(1, n)),
      dimensionNames: shape.map(() => null),
    },
    { measurement, index: index ? index.values : null, width: elementCount(vector) },
    [],
    [rows],
  );
}

export const counted = computedOp<Params>('counted', (_params, [merge]) =>
  Uint32Array.of((merge as LabelMerge).count),
);

/** The number of objects a label scan found: a 0-d node. */
export const countNode = (scan: GraphNode): GraphNode =>
  createNode(counted.name, { shape: [], dtype: 'uint32', chunks: [], dimensionNames: [] }, {}, [], [scan]);
