// Which labels a measurement is of.
import { checkInteger } from './core/checks';
import { ArgumentError } from './core/errors';
import { elementCount } from './core/region';
import type { LazyArray } from './lazyArray';
import type { Index } from './ops/ndmeasure/measure';

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
