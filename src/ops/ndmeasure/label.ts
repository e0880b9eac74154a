// Connected components across blocks: label each block, merge over faces, renumber as SciPy would.
import { ArgumentError } from '../../core/errors';
import { createNode, type GraphNode, type Params, pickMeta } from '../../core/graph';
import { defineBlockOp, defineGlobalOp } from '../../core/op';
import { alignToChunks, chunksIn, cropBlock, regionSize, type Shape, sameRegion } from '../../core/region';
import type { StructureLike } from '../../core/structure';
import { growChunks } from '../../core/tiling';
import { booleanNode, castNode, fullNode, pointwiseNode } from '../elementwise';
import { labelFirstsGpu, relabelGpu } from '../gpu/label';
import { blocksOf, type LabelParams, labelBlocks, refusesRank } from './labelBlocks';
import type { LabelMerge } from './labelMerge';
import { faceRegions, LabelMerger, type LabelPartial } from './labelMerger';
import { fillStrips, firstPixels, labelFaces, runsOf } from './labelRuns';
import { type Connectivity, parseConnectivity } from './labelStructure';

type ScanParams = Params & {
  readonly block: Shape;
  readonly earlier: Int32Array;
  readonly wrapAxes: readonly number[];
};

/**
 * One pass over the blocks: counts, first pixels and faces in; which block labels are one object out. Inputs: block
 * labels; and, where only equal values connect, the values.
 */
export const labelScan = defineGlobalOp<ScanParams, LabelPartial, LabelMerge>({
  name: 'labelScan',
  blockShape: (params) => params.block,
  domain: (_params, [input]) => input.shape,
  demand: (region, _params, inputs) => inputs.map(() => region),
  gpuRefuses: (_params, [{ shape }]) => refusesRank(shape),
  cpu(context, { inputs: [input, values], output }) {
    const { region } = output;
    const valueFaces = () => {
      const pointer = context.input(values!, region);
      const data = context.view(values!.dtype, pointer, regionSize(region));
      return faceRegions(region).map((face) => cropBlock(data, region, face).slice());
    };
    return {
      first: firstPixels(context, input!, region),
      faces: labelFaces(context, input!, region),
      values: values ? valueFaces() : undefined,
    };
  },
  gpu(context, { inputs: [input, values], output }) {
    const { region } = output;
    const labels = context.input(input!, region);
    const elements = regionSize(region);
    const faces = faceRegions(region);
    const read = (data: ArrayBuffer, i: number) => new Uint32Array(data, 0, regionSize(faces[i])).slice();
    return {
      buffers: [
        labelFirstsGpu(context, labels, elements),
        ...faces.map((face) => context.input({ ...input!, region }, face, labels)),
        ...(values ? faces.map((face) => context.input(values, face)) : []),
      ],
      decode([bits, ...planes]) {
        return {
          first: bitPositions(new Uint32Array(bits), elements),
          faces: planes.slice(0, faces.length).map(read),
          values: values ? planes.slice(faces.length).map(read) : undefined,
        };
      },
    };
  },
  accumulate: (params, [input]) => new LabelMerger(input.shape, params.block, params),
});

function bitPositions(words: Uint32Array, elements: number): Uint32Array {
  const used = words.subarray(0, Math.ceil(elements / 32));
  let count = 0;
  for (const word of used) for (let bits = word; bits !== 0; bits &= bits - 1) count++;
  const positions = new Uint32Array(count);
  let at = 0;
  used.forEach((word, w) => {
    for (let bits = word; bits !== 0; bits &= bits - 1)
      positions[at++] = 32 * w + 31 - Math.clz32(bits & -bits);
  });
  return positions;
}

/** What is known of labels. */
type LabelTraits = {
  /** They are 1 to the number of objects. */
  readonly dense: boolean;
  /** The elements of each are connected, by any neighbours. */
  readonly connected: boolean;
};

type RelabelParams = Params & {
  readonly block: Shape;
  readonly traits: LabelTraits;
  readonly tables?: readonly Uint32Array[];
};

/** Block labels to final labels. */
export const relabel = defineBlockOp<RelabelParams>({
  name: 'relabel',
  blockShape: (params) => params.block,
  demand: (region) => [region],
  gpuRefuses: (_params, _inputs, { shape }) => refusesRank(shape),
  bind: (params, [merge], region, _inputs, output) => ({
    tables: [...chunksIn(alignToChunks(region, output.shape, params.block), params.block)].map((index) =>
      merge ? (merge as LabelMerge).table(index) : new Uint32Array(1),
    ),
  }),
  cpu(context, { params, inputs: [input], output }) {
    const [only, ...more] = blocksOf(output, params.block);
    const inPlace = more.length === 0 && sameRegion(input!.region, only) && context.isLastUse(input!);
    [only, ...more].forEach((region, i) => {
      const table = context.constant(params.tables![i]);
      const runs = runsOf(context, input!, region);
      if (runs) {
        fillStrips(context, runs, table, (part, labels) => context.paste(labels, part, output));
        return;
      }
      const count = regionSize(region);
      const labels = context.input(input!, region);
      const target = inPlace ? labels : context.scratch(4 * count);
      context.kernels.relabel(labels, target, table, count);
      if (inPlace) context.alias(output, labels);
      else context.paste(target, region, output);
    });
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

export interface ConnectOptions {
  readonly structure?: StructureLike;
  readonly wrapAxes?: readonly number[];
}

/** @see scipy.ndimage.label */
export function labelNodes(image: GraphNode, { structure, wrapAxes = [] }: ConnectOptions): LabelNodes {
  const connectivity = parseConnectivity(structure, checkRank(image));
  return connect([booleanNode(image)], connectivity, wrapAxes);
}

/** Regions of equal values; `background` is a value that is none, or null. @see skimage.measure.label */
export function equalRegionNodes(
  image: GraphNode,
  structure: StructureLike,
  background: number | null,
): LabelNodes {
  const connectivity = parseConnectivity(structure, checkRank(image));
  const mask = background === null ? fullNode(image, 1, 'bool') : pointwiseNode('ne', [image, background]);
  // Types of up to 32 bits differ where they do as uint32.
  const wide = image.dtype === 'int64' || image.dtype === 'uint64';
  return connect([mask, wide ? image : castNode(image, 'uint32')], connectivity, []);
}

function checkRank(image: GraphNode): number {
  if (image.shape.length > 0) return image.shape.length;
  throw new ArgumentError('image', image.shape, 'an array of at least one axis');
}

/** `inputs`: a mask, and the values where only equal ones connect. */
function connect(
  inputs: readonly GraphNode[],
  connectivity: Connectivity,
  wrapAxes: readonly number[],
): LabelNodes {
  const block = labelBlockShape(inputs[0]);
  const params: LabelParams = { ...connectivity, block };
  const local = createNode(labelBlocks.name, labelMeta(inputs[0], block), params, inputs);
  return mergedNodes(local, inputs.slice(1), connectivity, wrapAxes);
}

/** Labels of blocks, numbered 1..n by first pixel, made labels of the image: what touches across blocks is one object. */
export function mergedNodes(
  local: GraphNode,
  values: readonly GraphNode[],
  { earlier }: Connectivity,
  wrapAxes: readonly number[],
  checks: readonly GraphNode[] = [],
): LabelNodes {
  const block = local.chunks;
  const params: ScanParams = { block, earlier, wrapAxes };
  const scan = createNode(labelScan.name, SCALAR, params, [local, ...values], checks);
  const connected = local.op === labelBlocks.name && wrapAxes.length === 0;
  return { labels: relabelNode(local, scan, { dense: true, connected }), scan };
}

/** Block labels under the names that `merge`, a global node whose result is a {@link LabelMerge}, gives them. */
export const relabelNode = (local: GraphNode, merge: GraphNode, traits: LabelTraits): GraphNode =>
  createNode(relabel.name, pickMeta(local), { block: local.chunks, traits }, [local], [merge]);

/** Blocks to label: chunks, grown; kernels take four axes, so further ones are merged from blocks of length 1. */
export function labelBlockShape({ chunks, shape }: GraphNode): number[] {
  const lead = Math.max(0, shape.length - 4);
  return [...new Array<number>(lead).fill(1), ...growChunks(chunks.slice(lead), shape.slice(lead))];
}

export const labelMeta = (image: GraphNode, block: Shape) =>
  ({ ...pickMeta(image), dtype: 'uint32', chunks: block }) as const;

export const SCALAR = { shape: [], dtype: 'uint32', chunks: [], dimensionNames: [] } as const;

/** A node whose labels are block labels renamed by a {@link LabelMerge}. */
export interface RelabelledNode {
  readonly local: GraphNode;
  /** The global node that finds the merge. */
  readonly scan: GraphNode;
  readonly block: Shape;
  readonly traits: LabelTraits;
}

/** What `node` was made of by {@link relabelNode}, if it was. */
export function relabelledOf(node: GraphNode): RelabelledNode | undefined {
  if (node.op !== relabel.name) return undefined;
  const { block, traits } = node.params as RelabelParams;
  return { local: node.inputs[0], scan: node.globals[0], block, traits };
}

/** The same where labels are 1 to the number of objects: block labels then measure without renumbering. */
export function blockLabelsOf(node: GraphNode): RelabelledNode | undefined {
  const known = relabelledOf(node);
  return known?.traits.dense ? known : undefined;
}
