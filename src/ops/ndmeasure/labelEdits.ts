// Label images made of label images: labels renumbered, chosen, merged over blocks, grown. Pixels are renamed when they
// are read; what becomes of a label is found in one pass over block labels.
import { itemSize } from '../../core/dtype';
import { createNode, type GraphNode } from '../../core/graph';
import { generateBinaryStructure, type StructureLike } from '../../core/structure';
import { booleanNode, castNode, whereNode } from '../elementwise';
import { expandNode } from './expandLabels';
import {
  equalRegionNodes,
  type LabelNodes,
  labelBlockShape,
  labelMeta,
  labelNodes,
  mergedNodes,
  type RelabelledNode,
  relabelledOf,
  relabelNode,
} from './label';
import { renumberBlocks } from './labelBlocks';
import {
  innerLabelsNode,
  labelIdsNode,
  largeLabelsNode,
  type Renaming,
  renamedLabelsNode,
} from './labelChoices';
import { parseConnectivity } from './labelStructure';
import { asUint32, checkLabelImage, INVALID } from './labelValues';

/** Labels as labels of blocks, each block's numbered 1..n by first pixel, and what they are in the image. */
function asBlockLabels(labels: GraphNode): RelabelledNode {
  const known = relabelledOf(labels);
  if (known) return known;
  const { original, largest } = asUint32(labels);
  const block = labelBlockShape(labels);
  const local = renumberedBlocks(original, block);
  const traits = { dense: false, connected: false };
  return { local, scan: labelIdsNode(local, original, largest), block, traits };
}

const renumberedBlocks = (labels: GraphNode, block: readonly number[]): GraphNode =>
  createNode(renumberBlocks.name, labelMeta(labels, block), { block }, [labels]);

/** The labels chosen by `choose`, a global node made of block labels and their merge. */
function chosenNode(
  { local, scan, traits }: RelabelledNode,
  choose: (local: GraphNode, merge: GraphNode) => GraphNode,
): GraphNode {
  return relabelNode(local, choose(local, scan), { ...traits, dense: false });
}

/** Labels, or the objects of a mask, of at least `minSize` elements. @see skimage.morphology.remove_small_objects */
export function largeObjectsNode(image: GraphNode, minSize: number, connectivity: number): GraphNode {
  checkLabelImage(image, true);
  const isMask = image.dtype === 'bool';
  const structure = generateBinaryStructure(image.shape.length, connectivity);
  const objects = asBlockLabels(isMask ? labelNodes(image, { structure }).labels : image);
  const large = chosenNode(objects, (local, merge) => largeLabelsNode(local, merge, minSize));
  return isMask ? booleanNode(large) : castNode(large, image.dtype);
}

/**
 * Without the connected regions of equal values that come within `width` elements of the border.
 * @see skimage.segmentation.clear_border
 */
export function clearBorderNode(image: GraphNode, width: number): GraphNode {
  checkLabelImage(image, true);
  const inner = (objects: RelabelledNode) =>
    chosenNode(objects, (local, merge) => innerLabelsNode(local, merge, width));
  const known = relabelledOf(image);
  if (known?.traits.connected) return inner(known);
  const rank = image.shape.length;
  const { labels } = equalRegionNodes(image, generateBinaryStructure(rank, rank), 0);
  const kept = booleanNode(inner(asBlockLabels(labels)));
  return image.dtype === 'bool' ? kept : castNode(whereNode(kept, image, 0), image.dtype);
}

/** Labels under other names. */
export function renamedNode(labels: GraphNode, renaming: Renaming): LabelNodes {
  checkLabelImage(labels);
  const objects = asBlockLabels(labels);
  const scan = renamedLabelsNode(objects.scan, renaming);
  const merges = !('offset' in renaming) && renaming.others === 'keep';
  const traits = { dense: false, connected: objects.traits.connected && !merges };
  return { labels: relabelNode(objects.local, scan, traits), scan };
}

/** The global node that knows which labels occur. */
export function occurringNode(labels: GraphNode): GraphNode {
  checkLabelImage(labels);
  return asBlockLabels(labels).scan;
}

/** Labels of chunks, each numbered on its own, as labels of the image: those that touch across chunks become one. */
export function mergedChunksNodes(
  labels: GraphNode,
  structure: StructureLike | undefined,
  wrapAxes: readonly number[],
): LabelNodes {
  checkLabelImage(labels);
  const connectivity = parseConnectivity(structure, labels.shape.length);
  const { original, largest } = asUint32(labels);
  const local = renumberedBlocks(original, labels.chunks);
  // Only to refuse negative labels, in the same pass.
  const checks = largest < INVALID ? [labelIdsNode(local, original, largest)] : [];
  return mergedNodes(local, [], connectivity, wrapAxes, checks);
}

/** Labels grown by up to `distance` into the background. @see skimage.segmentation.expand_labels */
export function expandLabelsNode(labels: GraphNode, distance: number): GraphNode {
  checkLabelImage(labels);
  const known = itemSize(labels.dtype) < 8 ? castNode(labels, 'uint32') : undefined;
  const objects = known ? undefined : asBlockLabels(labels);
  const input = known ?? relabelNode(objects!.local, objects!.scan, objects!.traits);
  return castNode(expandNode(input, largestSquare(distance)), labels.dtype);
}

/** The largest integer whose root is at most `distance`. */
function largestSquare(distance: number): number {
  const square = Math.floor(distance * distance);
  if (Math.sqrt(square) > distance) return square - 1;
  return Math.sqrt(square + 1) <= distance ? square + 1 : square;
}
