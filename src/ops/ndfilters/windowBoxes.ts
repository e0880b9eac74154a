// The CPU's walk over a windowed filter's output: boxes whose padded blocks stay in a cache.
import { castArray, isFloat, itemSize } from '../../core/dtype';
import type { CpuContext, Step } from '../../core/op';
import { elementCount } from '../../core/region';
import { tilesOf } from '../../core/tiling';
import { paddedShape, type WindowGeometry, type WindowParams, windowGeometry } from './window';

/** Vector kernels may read, never use, this much beyond a padded block. */
const SLACK = 64;

export interface BoxWalk {
  readonly geometry: WindowGeometry;
  /** Elements of the largest padded block. */
  readonly elements: number;
  /** Its rows' length, the most there is. */
  readonly columns: number;
  /** Gathers each padded block and visits it; `box` points to its record, as gatherBox takes it. */
  visit(run: (padded: number, box: number, elements: number) => void): void;
}

/** Cuts a step's output into boxes whose padded blocks have about `budget` elements. */
export function walkBoxes(
  context: CpuContext,
  { params, inputs: [input], output }: Step<WindowParams>,
  budget: number,
): BoxWalk {
  const geometry = windowGeometry(params, output);
  const { sizes, inputShape, outputShape, tables } = geometry;
  const pointers = tables.map((table) => context.constant(table));
  const boxes = [
    ...tilesOf(
      outputShape.map((n) => [0, n] as const),
      outputShape,
      boxShape(geometry, budget),
    ),
  ];
  const records = boxes.map((box) => {
    const padded = paddedShape(
      box.map(([start, stop]) => stop - start),
      sizes,
    );
    return [
      ...padded,
      ...box.map(([start, stop]) => stop - start),
      ...outputShape,
      ...box.map(([start]) => start),
      ...pointers.map((pointer, axis) => pointer + 4 * box[axis][0]),
    ];
  });
  const counts = records.map((record) => elementCount(record.slice(0, 4)));
  const elements = Math.max(...counts);
  const columns = Math.max(...records.map((r) => r[3]));
  return {
    geometry,
    elements,
    columns,
    visit(run) {
      const source = context.input(input!, geometry.region);
      const bytes = itemSize(output.dtype);
      const constant = isFloat(output.dtype) ? params.cval : Math.trunc(params.cval);
      const value = context.constant(castArray(Float64Array.of(constant), 'float64', output.dtype));
      const shape = context.constant(Int32Array.from(inputShape));
      const record = context.constant(Int32Array.from(records.flat()));
      const runs = context.scratch(4 * columns);
      const padded = context.scratch(elements * bytes + SLACK);
      counts.forEach((count, i) => {
        const box = record + 4 * 20 * i;
        context.kernels.gatherBox(source, shape, box, value, bytes, padded, runs);
        run(padded, box, count);
      });
    },
  };
}

/** Halves the longest side (the last one counts a quarter, since rows are to be long) while the block is too large. */
function boxShape({ outputShape, sizes }: WindowGeometry, budget: number): number[] {
  const box = [...outputShape];
  while (elementCount(Array.from(paddedShape(box, sizes))) > budget) {
    let longest = -1;
    box.forEach((n, axis) => {
      // Boxes narrower than their window would gather more than they compute.
      if (n < 2 * Math.max(8, sizes[axis])) return;
      const weight = (k: number) => box[k] / (k === 3 ? 4 : 1);
      if (longest < 0 || weight(axis) > weight(longest)) longest = axis;
    });
    if (longest < 0) return box;
    box[longest] = Math.ceil(box[longest] / 2);
  }
  return box;
}
