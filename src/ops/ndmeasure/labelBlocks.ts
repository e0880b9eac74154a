// Labels of blocks, each on its own: found by connectivity, or an application's renumbered.
import type { Params } from '../../core/graph';
import { type CpuContext, defineBlockOp, type GpuContext, type Operand, type Step } from '../../core/op';
import {
  chunkRegion,
  chunksIn,
  copyRegion,
  type Region,
  regionShape,
  regionSize,
  type Shape,
  sameRegion,
} from '../../core/region';
import { padTo4 } from '../../core/structure';
import { labelBlockGpu } from '../gpu/label';
import { renumberGpu } from '../gpu/renumber';
import { labelRunGpu, labelRunLength } from './labelGpuRuns';
import { labelRuns, outputRuns } from './labelRuns';
import type { Connectivity } from './labelStructure';

export type LabelParams = Params & Connectivity & { readonly block: Shape };

/** Why label operations of a node run on the CPU. */
export const refusesRank = (shape: Shape): string | undefined =>
  shape.length > 4 ? 'more than four axes' : undefined;

/** A block's last four axes: more have length 1 in blocks that are labelled. */
const shape4 = (region: Region): Int32Array => padTo4(regionShape(region).slice(-4), 1);

/**
 * Labels 1..n inside each block on its own, in raster order of first pixels. Inputs: which pixels are labelled; and, for
 * images whose equal values connect, the values (uint32, or 64-bit integers).
 */
export const labelBlocks = defineBlockOp<LabelParams>({
  name: 'labelBlocks',
  blockShape: (params) => params.block,
  demand: (region, _params, inputs) => inputs.map(() => region),
  gpuRefuses: (_params, _inputs, { shape }) => refusesRank(shape),
  cpu(context, { params, inputs: [mask, values], output }) {
    const blocks = [...blocksOf(output, params.block)].map((region) =>
      labelRuns(context, params, mask!, values, output, region),
    );
    outputRuns(context, output, blocks);
  },
  gpu(context, step) {
    const { params, output } = step;
    for (const region of blocksOf(output, params.block)) {
      const whole = sameRegion(region, output.region);
      const labels = whole ? context.output(output) : context.workspace(4 * regionSize(region));
      labelBlockGpu(context, { ...gpuBlock(context, step, region), labels });
      if (!whole) context.paste(labels, region, output);
    }
  },
  gpuRun: {
    length(steps, isPrivate) {
      const { output, params } = steps[0];
      const [first] = blocksOf(output, params.block as Shape);
      return sameRegion(first, output.region) ? labelRunLength(steps, isPrivate) : 1;
    },
    gpu: (context, steps) =>
      labelRunGpu(context, steps, gpuBlock(context, steps[0] as Step<LabelParams>, steps[0].output.region)),
  },
});

/** A block as the GPU labels it. */
const gpuBlock = (
  context: GpuContext,
  { params: { rows, rowConnected }, inputs: [mask, values] }: Step<LabelParams>,
  region: Region,
) => ({
  input: context.input(mask!, region),
  values: values ? context.input(values, region) : undefined,
  shape: shape4(region),
  rows,
  rowConnected,
});

type BlockParams = Params & { readonly block: Shape };

/** Gives the labels (uint32, in any numbering) of each block the numbers 1..n in raster order of first pixels. */
export const renumberBlocks = defineBlockOp<BlockParams>({
  name: 'renumberBlocks',
  blockShape: (params) => params.block,
  demand: (region) => [region],
  gpuRefuses: (_params, _inputs, { shape }) => refusesRank(shape),
  cpu(context, { params, inputs: [input], output }) {
    for (const { region, target, finish } of eachBlock(context, output, params.block)) {
      renumber(context, context.input(input!, region), target, regionSize(region));
      finish();
    }
  },
  gpu(context, { params, inputs: [input], output }) {
    for (const region of blocksOf(output, params.block)) {
      const whole = sameRegion(region, output.region);
      const labels = whole ? context.output(output) : context.scratch(4 * regionSize(region));
      renumberGpu(context, { input: context.input(input!, region), labels, pixels: regionSize(region) });
      if (!whole) context.paste(labels, region, output);
    }
  },
});

/** Above this the kernel's table by label would not fit a worker's heap. */
const LARGEST_TABLE = 1 << 24;

function renumber(context: CpuContext, source: number, target: number, count: number): void {
  const { kernels } = context;
  const highest = kernels.largestLabel(source, count) >>> 0;
  if (highest >= LARGEST_TABLE) {
    const labels = context.view('uint32', source, count) as Uint32Array;
    const out = context.view('uint32', target, count) as Uint32Array;
    const known = new Map([[0, 0]]);
    labels.forEach((label, i) => {
      if (!known.has(label)) known.set(label, known.size);
      out[i] = known.get(label)!;
    });
    return;
  }
  const table = context.scratch(4 * (highest + 1));
  (context.view('uint32', table, highest + 1) as Uint32Array).fill(0);
  kernels.compressLabels(source, target, count, table, context.scratch(4 * Math.min(count, highest)));
}

/** The blocks of the op's own grid inside an operand (its region is a union of them). */
export function* blocksOf(output: Operand, block: Shape): Generator<Region> {
  for (const index of chunksIn(output.region, block)) yield chunkRegion(index, output.shape, block);
}

/** Per block: where to write its u32 result; `finish` pastes it when the operand holds more than the block. */
export function* eachBlock(context: CpuContext, output: Operand, block: Shape) {
  const whole = context.output(output);
  for (const region of blocksOf(output, block)) {
    if (sameRegion(region, output.region)) {
      yield { region, target: whole, finish: () => {} };
      return;
    }
    const target = context.scratch(4 * regionSize(region));
    const finish = () =>
      copyRegion(
        context.view('uint32', target, regionSize(region)) as Uint32Array,
        region,
        context.view('uint32', whole, regionSize(output.region)) as Uint32Array,
        output.region,
      );
    yield { region, target, finish };
  }
}
