// Connected components across blocks: label each block, merge over faces, renumber as SciPy would.
import { checkFourAxes } from '../../core/checks';
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params, pickMeta } from '../../core/graph';
import { type CpuContext, defineBlockOp, defineGlobalOp, type Operand } from '../../core/op';
import {
  alignToChunks,
  chunkRegion,
  chunksIn,
  copyRegion,
  type Region,
  regionShape,
  regionSize,
  type Shape,
  sameRegion,
} from '../../core/region';
import { padTo4, type StructureLike } from '../../core/structure';
import { growChunks } from '../../core/tiling';
import { booleanNode } from '../elementwise';
import { labelBlockGpu, labelFirstsGpu, relabelGpu } from '../gpu/label';
import { faceRegions, type LabelMerge, LabelMerger, type LabelPartial } from './labelMerge';
import { type Connectivity, parseConnectivity } from './labelStructure';

type LabelParams = Params & Connectivity & { readonly block: Shape };

/** Labels 1..n inside each block on its own, in raster order of first pixels. */
export const labelBlocks = defineBlockOp<LabelParams>({
  name: 'labelBlocks',
  blockShape: (params) => params.block,
  demand: (region) => [region],
  cpu(context, { params, inputs: [input], output }) {
    for (const { region, target, finish } of eachBlock(context, output, params.block)) {
      const pointer = context.input(input!, region);
      const elements = regionSize(region);
      const { kernels } = context;
      kernels.labelBlock(
        pointer,
        target,
        context.constant(padTo4(regionShape(region), 1)),
        context.constant(params.rows),
        params.rows.length / 4,
        params.rowConnected ? 1 : 0,
        context.scratch(4 * elements),
        context.scratch(kernels.labelBlockScratch(elements)),
      );
      finish();
    }
  },
  gpu(context, { params, inputs: [input], output }) {
    for (const region of blocksOf(output, params.block)) {
      const whole = sameRegion(region, output.region);
      const labels = whole ? context.output(output) : context.scratch(4 * regionSize(region));
      labelBlockGpu(context, {
        input: context.input(input!, region),
        labels,
        shape: padTo4(regionShape(region), 1),
        rows: params.rows,
        rowConnected: params.rowConnected,
      });
      if (!whole) context.paste(labels, region, output);
    }
  },
});

/** The blocks of the op's own grid inside an operand (its region is a union of them). */
function* blocksOf(output: Operand, block: Shape): Generator<Region> {
  for (const index of chunksIn(output.region, block)) yield chunkRegion(index, output.shape, block);
}

/** Per block: where to write its u32 result; `finish` pastes it when the operand holds more than the block. */
function* eachBlock(context: CpuContext, output: Operand, block: Shape) {
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

/** One pass over the blocks: counts, first pixels and faces in; which block labels are one object out. */
export const labelScan = defineGlobalOp<LabelParams, LabelPartial, LabelMerge>({
  name: 'labelScan',
  blockShape: (params) => params.block,
  domain: (_params, [input]) => input.shape,
  demand: (region) => [region],
  cpu(context, { inputs: [input], output }) {
    const region = output.region;
    const count = regionSize(region);
    const pointer = context.input(input!, region);
    const positions = context.scratch(4 * count);
    const n = context.kernels.firstPixels(pointer, count, positions);
    const first = (context.view('uint32', positions, n) as Uint32Array).slice();
    const labels = context.view('uint32', pointer, count) as Uint32Array;
    const faces = faceRegions(region).map((face) => {
      const plane = new Uint32Array(regionSize(face));
      copyRegion(labels, region, plane, face);
      return plane;
    });
    return { first, faces };
  },
  gpu(context, { inputs: [input], output }) {
    const labels = context.input(input!, output.region);
    const elements = regionSize(output.region);
    const faces = faceRegions(output.region);
    const source: Operand = { ...output, dtype: 'uint32' };
    return {
      buffers: [
        labelFirstsGpu(context, labels, elements),
        ...faces.map((face) => context.input(source, face, labels)),
      ],
      decode([bits, ...planes]) {
        return {
          first: bitPositions(new Uint32Array(bits), elements),
          faces: faces.map((face, i) => new Uint32Array(planes[i], 0, regionSize(face)).slice()),
        };
      },
    };
  },
  accumulate: (params, [input]) => new LabelMerger(input.shape, params.block, params.earlier),
});

function bitPositions(words: Uint32Array, elements: number): Uint32Array {
  const positions: number[] = [];
  const used = Math.ceil(elements / 32);
  for (let w = 0; w < used; w++)
    for (let bits = words[w]; bits !== 0; bits &= bits - 1)
      positions.push(32 * w + 31 - Math.clz32(bits & -bits));
  return Uint32Array.from(positions);
}

type RelabelParams = Params & { readonly block: Shape; readonly tables?: readonly Uint32Array[] };

/** Block labels to final labels. */
export const relabel = defineBlockOp<RelabelParams>({
  name: 'relabel',
  blockShape: (params) => params.block,
  demand: (region) => [region],
  bind: (params, [merge], region, _inputs, output) => ({
    tables: [...chunksIn(alignToChunks(region, output.shape, params.block), params.block)].map((index) =>
      merge ? (merge as LabelMerge).table(index) : new Uint32Array(1),
    ),
  }),
  cpu(context, { params, inputs: [input], output }) {
    let i = 0;
    for (const { region, target, finish } of eachBlock(context, output, params.block)) {
      const pointer = context.input(input!, region);
      const table = context.constant(params.tables![i++]);
      context.kernels.relabel(pointer, target, table, regionSize(region));
      finish();
    }
  },
  gpu(context, { params, inputs: [input], output }) {
    let i = 0;
    for (const region of blocksOf(output, params.block)) {
      const whole = sameRegion(region, output.region);
      const labels = whole ? context.output(output) : context.scratch(4 * regionSize(region));
      const table = context.constant(params.tables![i++]);
      relabelGpu(context, {
        source: context.input(input!, region),
        target: labels,
        table,
        count: regionSize(region),
      });
      if (!whole) context.paste(labels, region, output);
    }
  },
});

export interface LabelNodes {
  readonly labels: GraphNode;
  /** The number of objects, as a global node whose result is a {@link LabelMerge}. */
  readonly scan: GraphNode;
}

/** @see scipy.ndimage.label */
export function labelNodes(image: GraphNode, structure: StructureLike | undefined): LabelNodes {
  checkFourAxes('image', image.shape);
  if (image.shape.length === 0)
    throw new ArgumentError('image', image.shape, 'an array of at least one axis');
  const block = growChunks(image.chunks, image.shape);
  const params: LabelParams = { ...parseConnectivity(structure, image.shape.length), block };
  const mask = booleanNode(image);
  const meta = { ...pickMeta(image), dtype: 'uint32', chunks: block } as const;
  const local = createNode(labelBlocks.name, meta, params, [mask]);
  const scan = createNode(labelScan.name, SCALAR, params, [local]);
  return { labels: createNode(relabel.name, meta, { block }, [local], [scan]), scan };
}

const SCALAR = { shape: [], dtype: 'uint32', chunks: [], dimensionNames: [] } as const;

/** When `node` is a result of {@link labelNodes}: its block labels and their merge, which measure without renumbering. */
export function blockLabelsOf(
  node: GraphNode,
): { local: GraphNode; scan: GraphNode; block: Shape } | undefined {
  if (node.op !== relabel.name) return undefined;
  return { local: node.inputs[0], scan: node.globals[0], block: node.params.block as Shape };
}
