// What a GPU makes of the labels of a block without writing them: what they have to say to other blocks, or final labels.
import type { GpuContext, GpuPartial, Operand, Step } from '../../core/op';
import { type Region, regionShape, regionSize, sameRegion } from '../../core/region';
import { type LabelBlock, labelBlockGpu, labelEndsGpu } from '../gpu/label';
import { faceRegions, type LabelPartial } from './labelMerger';

/** Two steps where the second, a labelScan or a relabel, alone reads the labels of the one block that the first makes. */
export function labelRunLength(
  [step, next]: readonly Step[],
  isPrivate: (output: Operand, length: number) => boolean,
): number {
  const { output } = step;
  if (next?.inputs[0]?.slot !== output.slot || !isPrivate(output, 2)) return 1;
  const renames = next.op === 'relabel' && (next.params.tables as Uint32Array[] | undefined)?.length === 1;
  if (next.op !== 'labelScan' && !renames) return 1;
  return sameRegion(next.output.region, output.region) ? 2 : 1;
}

/** Records the kernels of such steps; `block` is what the first one labels. */
export function labelRunGpu(
  context: GpuContext,
  [step, next]: readonly Step[],
  block: Omit<LabelBlock, 'labels'>,
): GpuPartial<LabelPartial> | undefined {
  if (next.op === 'labelScan') return endsOf(context, step.output.region, next.inputs[1], block);
  const [table] = next.params.tables as readonly Uint32Array[];
  labelBlockGpu(context, { ...block, labels: context.output(next.output), names: context.constant(table) });
  return undefined;
}

function endsOf(
  context: GpuContext,
  region: Region,
  values: Operand | null | undefined,
  block: Omit<LabelBlock, 'labels'>,
): GpuPartial<LabelPartial> {
  const { roots, faces } = labelEndsGpu(context, block, region.length);
  const planes = faceRegions(region);
  const [width] = regionShape(region).slice(-1);
  return {
    buffers: [roots, faces, ...(values ? planes.map((plane) => context.input(values, plane)) : [])],
    decode([rootBits, firsts, ...valuePlanes]) {
      const first = rootPositions(new Uint32Array(rootBits), width);
      const labels = labelsOf(new Uint32Array(firsts), first);
      let end = 0;
      return {
        first,
        faces: planes.map((plane) => {
          end += regionSize(plane);
          return labels.slice(end - regionSize(plane), end);
        }),
        values: values
          ? valuePlanes.map((data, i) => new Uint32Array(data, 0, regionSize(planes[i])).slice())
          : undefined,
      };
    },
  };
}

/** Positions of set bits in rows of `width` elements, which are whole words. */
function rootPositions(words: Uint32Array, width: number): Uint32Array {
  const rowWords = Math.ceil(width / 32);
  let count = 0;
  for (const word of words) for (let bits = word; bits !== 0; bits &= bits - 1) count++;
  const positions = new Uint32Array(count);
  let at = 0;
  words.forEach((word, w) => {
    const origin = Math.floor(w / rowWords) * width + (w % rowWords) * 32;
    for (let bits = word; bits !== 0; bits &= bits - 1)
      positions[at++] = origin + 31 - Math.clz32(bits & -bits);
  });
  return positions;
}

/** Labels of elements from 1 + the first element of their object: its rank among `first`, which ascends. */
function labelsOf(elements: Uint32Array, first: Uint32Array): Uint32Array {
  let [known, label] = [0, 0];
  return elements.map((element) => {
    if (element === known) return label;
    known = element;
    label = element === 0 ? 0 : 1 + rankOf(first, element - 1);
    return label;
  });
}

function rankOf(ascending: Uint32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
