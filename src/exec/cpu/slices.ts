// Cuts the program of a tile into slices that stay in a core's cache, where that costs nothing: copying blocks to the
// heap and back, and one step after the other, then reach main memory once and not at every step.
import type { ArrayMeta } from '../../core/graph';
import { getOp, type Operand } from '../../core/op';
import type { ProgramStep, TileProgram } from '../../core/program';
import { boundingRegion, type Interval, type Region } from '../../core/region';
import { peakBytes } from '../../plan/plan';

/** About what the blocks of a slice take: half of a second-level cache. */
const SLICE_BYTES = 1 << 20;

/** Programs that compute parts of the tile, one after the other; the program itself where it cannot be cut. */
export function sliceProgram(program: TileProgram): readonly TileProgram[] {
  const { tile, outputs, steps } = program;
  // Along the first axis slices are contiguous.
  const axis = tile.findIndex(([start, stop]) => stop - start > 1);
  if (axis < 0 || outputs.length !== 1 || !steps.every((step) => isSliced(step, axis))) return [program];
  const [start, stop] = tile[axis];
  const count = Math.min(stop - start, Math.ceil(peakBytes(program) / SLICE_BYTES));
  if (count <= 1) return [program];
  const cut = (i: number) => start + Math.round(((stop - start) * i) / count);
  return Array.from({ length: count }, (_, i) => narrowed(program, axis, [cut(i), cut(i + 1)]));
}

function isSliced({ op: name, params, partial }: ProgramStep, axis: number): boolean {
  const op = getOp(name);
  return !partial && op.kind === 'block' && op.slices?.(params, axis) === true;
}

const withInterval = (region: Region, axis: number, interval: Interval): Region =>
  region.map((own, i) => (i === axis ? interval : own));

const metaOf = ({ shape, dtype }: Operand): ArrayMeta => ({
  ...{ shape, dtype, chunks: shape },
  dimensionNames: shape.map(() => null),
});

/** The program for a part of the tile along one axis: what each step needs is inferred as for the tile. */
function narrowed(program: TileProgram, axis: number, interval: Interval): TileProgram {
  const [output] = program.outputs;
  const regions = new Map([[output.slot, withInterval(output.region, axis, interval)]]);
  for (const { op, params, inputs, output } of [...program.steps].reverse()) {
    const region = regions.get(output.slot);
    if (!region) continue;
    const metas = inputs.map((input) => metaOf(input ?? output));
    const wanted = getOp(op).demand(region, params, metas, metaOf(output), 'cpu');
    inputs.forEach((input, i) => {
      const demand = wanted[i];
      if (!input || !demand) return;
      const before = regions.get(input.slot);
      regions.set(input.slot, before ? boundingRegion(before, demand) : demand);
    });
  }
  const narrow = <T extends Operand>(operand: T): T => ({ ...operand, region: regions.get(operand.slot)! });
  return {
    ...program,
    tile: withInterval(program.tile, axis, interval),
    reads: program.reads.map(narrow),
    steps: program.steps.map((step) => ({
      ...step,
      inputs: step.inputs.map((input) => input && narrow(input)),
      output: narrow(step.output),
    })),
    outputs: program.outputs.map(narrow),
  };
}
