// Block labels as runs on a worker's heap. Steps that know them need no label image, which is made for others only.
import type { CpuContext, Operand } from '../../core/op';
import {
  chunkRegion,
  chunksIn,
  copyRegion,
  elementCount,
  type Region,
  regionShape,
  regionSize,
  type Shape,
  sameRegion,
  shiftRegion,
  wholeRegion,
} from '../../core/region';
import { padTo4 } from '../../core/structure';
import type { LabelParams } from './labelBlocks';
import { faceRegions } from './labelMerger';

/** The labels of one block. */
export interface BlockRuns {
  readonly region: Region;
  /** Where the runs are, as kernels/labelRuns.ts lays them out. */
  readonly pointer: number;
  /** Labels are 1 to this number. */
  readonly count: number;
}

/** Elements of a label image made at once: few enough to be in a core's cache until they are copied. */
const STRIP_ELEMENTS = 1 << 16;

/** Labels a block of `mask` by itself; runs live as long as `output`. `values`: only equal ones connect. */
export function labelRuns(
  context: CpuContext,
  { rows, rowConnected }: LabelParams,
  mask: Operand,
  values: Operand | null | undefined,
  output: Operand,
  region: Region,
): BlockRuns {
  const { kernels } = context;
  const width = rowLength(region);
  const apart = rowConnected && !values ? 1 : 0;
  const pointer = context.keep(output, kernels.labelRunsBytes(regionSize(region) / width, width, apart));
  const count = kernels.labelBlock(
    context.input(mask, region),
    values ? context.input(values, region) : 0,
    values?.dtype === 'uint32' ? 4 : 8,
    // Kernels take four axes: more have length 1 in blocks that are labelled.
    context.constant(padTo4(regionShape(region).slice(-4), 1)),
    context.constant(rows),
    rows.length / 4,
    rowConnected ? 1 : 0,
    pointer,
  );
  return { region, pointer, count };
}

/** Elements of a row of the last axis. */
export const rowLength = (region: Region): number => regionShape(region).at(-1) ?? 1;

/** Makes the blocks the output: as they are where a step knows runs, as an image where it does not. */
export function outputRuns(context: CpuContext, output: Operand, blocks: readonly BlockRuns[]): void {
  context.defer(output, blocks, (target) => {
    const pixels = regionSize(output.region);
    for (const block of blocks)
      fillStrips(context, block, 0, (part, pointer) =>
        copyRegion(
          context.view('uint32', pointer, regionSize(part)),
          part,
          context.view('uint32', target, pixels),
          output.region,
        ),
      );
  });
}

/** The runs of a block of `labels`, where that is how they are held. */
export function runsOf(context: CpuContext, labels: Operand, region: Region): BlockRuns | undefined {
  const blocks = context.form(labels) as readonly BlockRuns[] | undefined;
  return blocks?.find((block) => sameRegion(block.region, region));
}

/** Makes the block's label image strip by strip, with labels 1, 2, … as `table` (a pointer, or 0) names them. */
export function fillStrips(
  context: CpuContext,
  { region, pointer }: BlockRuns,
  table: number,
  take: (part: Region, labels: number) => void,
): void {
  const lengths = regionShape(region);
  const strip = stripShape(lengths);
  const target = context.scratch(4 * elementCount(strip));
  const start = region.map(([first]) => first);
  let row = 0;
  for (const index of chunksIn(wholeRegion(lengths), strip)) {
    const part = shiftRegion(chunkRegion(index, lengths, strip), start);
    const rows = regionSize(part) / rowLength(region);
    context.kernels.fillRuns(pointer, row, rows, table, target);
    take(part, target);
    row += rows;
  }
}

/** Whole rows next to each other. */
function stripShape(shape: Shape): number[] {
  const strip = [...shape];
  for (let axis = 0; axis < shape.length - 1; axis++) {
    const inner = elementCount(shape.slice(axis + 1));
    strip[axis] = Math.max(1, Math.min(shape[axis], Math.floor(STRIP_ELEMENTS / inner)));
    if (strip[axis] > 1) break;
  }
  return strip;
}

/** Flat index in the block of each label's first pixel. */
export function firstPixels(context: CpuContext, labels: Operand, region: Region): Uint32Array {
  const { kernels } = context;
  const runs = runsOf(context, labels, region);
  const pixels = regionSize(region);
  const positions = context.scratch(4 * (runs?.count ?? pixels));
  if (runs) kernels.firstOfRuns(runs.pointer, positions);
  const n = runs?.count ?? kernels.firstPixels(context.input(labels, region), pixels, positions);
  return (context.view('uint32', positions, n) as Uint32Array).slice();
}

/** Number of elements of each label of a block. */
export function labelSizes(context: CpuContext, labels: Operand, region: Region): Uint32Array {
  const { kernels } = context;
  const runs = runsOf(context, labels, region);
  const pixels = regionSize(region);
  const entries = 1 + (runs?.count ?? pixels);
  const sizes = context.scratch(4 * entries);
  (context.view('uint32', sizes, entries) as Uint32Array).fill(0);
  if (runs) kernels.sizesOfRuns(runs.pointer, sizes);
  const n = runs?.count ?? kernels.labelSizes(context.input(labels, region), pixels, sizes);
  return (context.view('uint32', sizes + 4, n) as Uint32Array).slice();
}

/** The labels of the block's outermost planes. */
export function labelFaces(context: CpuContext, labels: Operand, region: Region): Uint32Array[] {
  const runs = runsOf(context, labels, region);
  return faceRegions(region).map((face, i) =>
    runs
      ? planeOfRuns(context, runs, i >> 1, i & 1)
      : (context
          .view(
            'uint32',
            context.input({ ...labels, region }, face, context.input(labels, region)),
            regionSize(face),
          )
          .slice() as Uint32Array),
  );
}

/** The first plane along an axis, or (`last` = 1) the last one. */
function planeOfRuns(
  context: CpuContext,
  { region, pointer }: BlockRuns,
  axis: number,
  last: number,
): Uint32Array {
  const { kernels } = context;
  const shape = regionShape(region);
  const pixels = elementCount(shape) / shape[axis];
  const target = context.scratch(4 * pixels);
  if (axis === shape.length - 1) kernels.rowEnds(pointer, last, target);
  else {
    // Of each plane along the axes before, some rows that follow each other.
    const planes = elementCount(shape.slice(0, axis));
    const rows = elementCount(shape.slice(axis + 1, -1));
    const first = last ? shape[axis] - 1 : 0;
    for (let i = 0; i < planes; i++)
      kernels.fillRuns(
        pointer,
        (i * shape[axis] + first) * rows,
        rows,
        0,
        target + (4 * i * pixels) / planes,
      );
  }
  return context.view('uint32', target, pixels).slice() as Uint32Array;
}
