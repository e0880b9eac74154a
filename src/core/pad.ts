// Blocks with margins: what lies beyond an array's edge is filled in by a boundary mode.
import { type BoundaryMode, indexTable, reach } from './boundary';
import { allocate, type DType, isBigInt, isComplex, type TypedArray } from './dtype';
import { type Region, regionShape, regionSize, stridesOf } from './region';

/** The part of an array that a region reaching beyond its edges is made of. */
export const padSource = (region: Region, shape: readonly number[], modes: readonly BoundaryMode[]): Region =>
  region.map((interval, axis) => reach(interval, 0, 0, shape[axis], modes[axis]));

/** The array that a block belongs to, and what lies beyond its edges. */
export interface Padding {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly modes: readonly BoundaryMode[];
  /** The constant of mode `constant`; a real number for complex types too. */
  readonly fill: number;
}

/**
 * The data of `region`, which may reach beyond the array's edges, from `data` covering `source` (which is
 * {@link padSource}'s). Returns `data` itself when the regions are the same.
 */
export function padBlock(
  data: TypedArray,
  source: Region,
  region: Region,
  { shape, dtype, modes, fill }: Padding,
): TypedArray {
  const tables = region.map((interval, axis) =>
    indexTable(interval, 0, 0, source[axis], shape[axis], modes[axis]),
  );
  const sourceShape = regionShape(source);
  const same = tables.every(
    (table, axis) => table.length === sourceShape[axis] && table.every((p, i) => p === i),
  );
  if (same) return data;
  const out = allocate(dtype, regionSize(region)) as Float64Array;
  const constant = isBigInt(dtype) ? (BigInt(Math.trunc(fill)) as unknown as number) : fill;
  const strides = stridesOf(sourceShape);
  const complex = isComplex(dtype);
  const put = (here: number) => {
    if (complex) {
      out[next++] = here < 0 ? constant : (data[2 * here] as number);
      out[next++] = here < 0 ? 0 : (data[2 * here + 1] as number);
    } else out[next++] = here < 0 ? constant : (data[here] as number);
  };
  const last = region.length - 1;
  let next = 0;
  const visit = (axis: number, at: number) => {
    const table = tables[axis];
    const stride = strides[axis];
    for (let k = 0; k < table.length; k++) {
      const here = at < 0 || table[k] < 0 ? -1 : at + table[k] * stride;
      if (axis < last) visit(axis + 1, here);
      else put(here);
    }
  };
  if (region.length > 0) visit(0, 0);
  else put(0);
  return out;
}
