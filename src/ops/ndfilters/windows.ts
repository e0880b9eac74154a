// What n-D filters over windows share: their region, and the block seen as at most four axes with index tables.
import { type BoundaryMode, indexTable, reach } from '../../core/boundary';
import type { Params } from '../../core/graph';
import type { Operand } from '../../core/op';
import type { Region, Shape } from '../../core/region';
import { padTo4 } from '../../core/structure';

/** A box around each output element: it begins `before` elements before it and has `size` elements, per axis. */
export type WindowParams = Params & {
  readonly size: readonly number[];
  readonly before: readonly number[];
  readonly mode: BoundaryMode;
  readonly cval: number;
};

/** The input region under an output region. */
export function windowDemand(region: Region, { size, before, mode }: WindowParams, shape: Shape): Region {
  return region.map((interval, axis) =>
    reach(interval, before[axis], size[axis] - 1 - before[axis], shape[axis], mode),
  );
}

export interface WindowGeometry {
  /** The region of the input that the block covers. */
  readonly region: Region;
  /** Four axes each, leading ones. */
  readonly inputShape: Int32Array;
  readonly outputShape: Int32Array;
  readonly size: Int32Array;
  /** outputShape + size - 1. */
  readonly extent: Int32Array;
  /** Elements at each position. */
  readonly inner: number;
  /** For each axis in turn `extent` positions along the input axis; -1 for the constant. */
  readonly tables: Int32Array;
}

/** Axes that a kernel tells apart: those the window spans, and runs of others between them. */
export function windowAxes(size: readonly number[]): number {
  const spanned = size.slice(0, size.findLastIndex((n) => n > 1) + 1);
  return spanned.filter((n, axis) => n > 1 || axis === 0 || spanned[axis - 1] > 1).length;
}

/** Axes that the window does not span are joined: trailing ones into `inner`, others with their neighbours. */
export function windowGeometry(params: WindowParams, output: Operand): WindowGeometry {
  const { size, before, mode } = params;
  const region = windowDemand(output.region, params, output.shape);
  const axes: { input: number; output: number; size: number; table: Int32Array | undefined }[] = [];
  output.region.forEach(([start, stop], axis) => {
    const last = axes[axes.length - 1];
    const length = stop - start;
    if (size[axis] > 1) {
      const after = size[axis] - 1 - before[axis];
      const [low, high] = region[axis];
      const table = indexTable([start, stop], before[axis], after, [low, high], output.shape[axis], mode);
      axes.push({ input: high - low, output: length, size: size[axis], table });
    } else if (last && !last.table) {
      last.input *= length;
      last.output *= length;
    } else {
      axes.push({ input: length, output: length, size: 1, table: undefined });
    }
  });
  const last = axes[axes.length - 1];
  const inner = last && !last.table ? last.output : 1;
  if (last && !last.table) axes.pop();
  const outputShape = padTo4(
    axes.map((axis) => axis.output),
    1,
  );
  const sizes = padTo4(
    axes.map((axis) => axis.size),
    1,
  );
  return {
    region,
    inputShape: padTo4(
      axes.map((axis) => axis.input),
      1,
    ),
    outputShape,
    size: sizes,
    extent: outputShape.map((n, axis) => n + sizes[axis] - 1),
    inner,
    tables: joined(axes),
  };
}

/** Tables of all axes one after the other; those added in front, and those without a window, have none of their own. */
function joined(
  axes: readonly { readonly output: number; readonly table: Int32Array | undefined }[],
): Int32Array {
  const added = Math.max(0, 4 - axes.length);
  const lengths = axes.map(({ table, output }) => table?.length ?? output);
  const tables = new Int32Array(lengths.reduce((sum, n) => sum + n, added));
  let at = added;
  axes.forEach(({ table, output }, axis) => {
    if (table) tables.set(table, at);
    else for (let i = 0; i < output; i++) tables[at + i] = i;
    at += lengths[axis];
  });
  return tables;
}
