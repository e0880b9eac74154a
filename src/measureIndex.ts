// Which labels a measurement is of.
import { checkInteger } from './core/checks';
import { isComplex } from './core/dtype';
import { ArgumentError } from './core/errors';
import { elementCount } from './core/region';
import { arrayNode, type LazyArray } from './lazyArray';
import { castNode, pointwiseNode } from './ops/elementwise';
import { groupsOf, type Index } from './ops/ndmeasure/measure';

/** A list of labels of any shape: nested lists, a typed array, or flat data with a shape. */
export type LabelList =
  | ArrayLike<number | bigint>
  | readonly LabelList[]
  | { readonly data: ArrayLike<number | bigint>; readonly shape: readonly number[] };

/** Labels and indices of a measurement. */
export interface MeasureOptions {
  /** Array of an integer dtype or bool, of the image's shape; without it the whole image is one region. */
  readonly labelImage?: LazyArray;
  /**
   * Labels to measure: one, or a list of any shape, which the result then has. Without it all labels above 0 are one
   * region.
   */
  readonly index?: number | bigint | LabelList;
}

/** The labels of an index, flat, and its shape. */
export function parseIndex(index: MeasureOptions['index']): Index | undefined {
  if (index === undefined) return undefined;
  const values: number[] = [];
  const add = (value: unknown, name: string) =>
    values.push(checkInteger(name, typeof value === 'bigint' ? Number(value) : value));
  if (typeof index === 'object' && index !== null && 'data' in index && 'shape' in index) {
    for (let i = 0; i < index.data.length; i++) add(index.data[i], `index.data[${i}]`);
    if (elementCount(index.shape) !== values.length)
      throw new ArgumentError('index.shape', index.shape, `a shape of ${values.length} elements`);
    return { values: Float64Array.from(values), shape: [...index.shape] };
  }
  const shape: number[] = [];
  // Lists are as deep as the first number says.
  let rank: number | undefined;
  const visit = (item: unknown, name: string, depth: number) => {
    if (!isList(item)) {
      rank ??= depth;
      if (depth < rank) throw new ArgumentError(name, item, 'a list, as the others are');
      add(item, name);
      return;
    }
    if (depth === rank) throw new ArgumentError(name, item, 'an integer');
    shape[depth] ??= item.length;
    if (shape[depth] !== item.length)
      throw new ArgumentError(name, item, `a list of ${shape[depth]}, as the others are`);
    for (let i = 0; i < item.length; i++) visit(item[i], `${name}[${i}]`, depth + 1);
  };
  visit(index, 'index', 0);
  return { values: Float64Array.from(values), shape };
}

const isList = (item: unknown): item is ArrayLike<unknown> =>
  typeof item === 'object' && typeof (item as ArrayLike<unknown> | null)?.length === 'number';

/** What is measured: regions as labels above 0, and which of them. */
export function regionsOf(
  image: LazyArray,
  labelImage: LazyArray | undefined,
  given: MeasureOptions['index'],
) {
  const node = arrayNode(image, 'image');
  if (isComplex(node.dtype)) throw new ArgumentError('image', node.dtype, 'an array of real numbers');
  const parsed = parseIndex(given);
  const groups = groupsOf(node, labelImage && arrayNode(labelImage, 'labelImage'), parsed);
  const single = !parsed || parsed.shape.length === 0;
  if (parsed) return { labels: groups.labels, node, index: groups.index!, single };
  // All labels above 0 are one region.
  const labels = labelImage ? castNode(pointwiseNode('gt', [groups.labels, 0]), 'uint32') : groups.labels;
  return { labels, node, index: { values: Float64Array.of(1), shape: [] }, single };
}

/** The labels of an index that there may be, ascending. */
export const distinct = ({ values }: Index): Uint32Array =>
  Uint32Array.from(new Set(values.filter((label) => label > 0 && label < 2 ** 32))).sort();
