// How the blocks that a function returns relate to the blocks of the arrays it is given.
import { checkAxis, checkInteger, perAxis } from './checks';
import { ArgumentError } from './errors';
import type { ArrayMeta } from './graph';
import type { Shape } from './region';

export interface LayoutOptions {
  readonly dropAxis?: number | readonly number[];
  readonly newAxis?: number | readonly number[];
  readonly chunks?: number | readonly number[];
  readonly shape?: readonly number[];
}

/** The arrays broadcast together, and what a function makes of a block of that. */
export interface BlockLayout {
  /** Shape and chunk grid of the arrays broadcast together; dropped axes are whole. */
  readonly frame: { readonly shape: Shape; readonly chunks: Shape };
  /** The frame's axis of each output axis; -1 where the function makes a new one. */
  readonly axes: readonly number[];
  readonly output: Omit<ArrayMeta, 'dtype'>;
}

/** @throws ArgumentError for shapes that do not broadcast, axes out of range, and output shapes that cannot be */
export function blockLayout(arrays: readonly ArrayMeta[], options: LayoutOptions): BlockLayout {
  const shape = broadcastShapes(arrays);
  const rank = shape.length;
  const dropped = axisList('dropAxis', options.dropAxis, rank);
  const kept = shape.flatMap((_, axis) => (dropped.includes(axis) ? [] : [axis]));
  const added = list(options.newAxis).length;
  const made = axisList('newAxis', options.newAxis, kept.length + added);
  let next = 0;
  const axes = Array.from({ length: kept.length + added }, (_, k) => (made.includes(k) ? -1 : kept[next++]));
  const whole = shape.map((length, axis) => chunkAlong(arrays, rank, axis, length));
  const chunks = whole.map((size, axis) => (dropped.includes(axis) ? shape[axis] : size));
  return { frame: { shape, chunks }, axes, output: outputMeta({ shape, chunks }, axes, arrays, options) };
}

function outputMeta(
  frame: BlockLayout['frame'],
  axes: readonly number[],
  arrays: readonly ArrayMeta[],
  options: LayoutOptions,
): BlockLayout['output'] {
  const like = arrays.find((array) => array.shape.length === frame.shape.length)!;
  const own = axes.map((axis) => (axis < 0 ? 1 : frame.chunks[axis]));
  const chunks =
    options.chunks === undefined
      ? own
      : perAxis('chunks', options.chunks, axes.length, (name, v) => checkInteger(name, v, 1));
  const blocks = axes.map((axis) => (axis < 0 ? 1 : Math.ceil(frame.shape[axis] / frame.chunks[axis])));
  const shape = axes.map((axis, k) => {
    if (axis < 0) return chunks[k];
    // The last block is cut in proportion.
    const cut = frame.shape[axis] - (blocks[k] - 1) * frame.chunks[axis];
    return (blocks[k] - 1) * chunks[k] + Math.ceil((cut * chunks[k]) / frame.chunks[axis]);
  });
  const wanted = options.shape ?? shape;
  const fits = (n: unknown, k: number) =>
    Number.isInteger(n) && Math.ceil(Number(n) / chunks[k]) === blocks[k];
  if (!Array.isArray(wanted) || wanted.length !== axes.length || !wanted.every(fits))
    throw new ArgumentError('shape', wanted, `a shape of [${blocks}] chunks of [${chunks}]`);
  return {
    shape: wanted,
    chunks: chunks.map((size, k) => Math.min(size, wanted[k])),
    dimensionNames: axes.map((axis) => (axis < 0 ? null : like.dimensionNames[axis])),
  };
}

/** NumPy's rules. */
function broadcastShapes(arrays: readonly ArrayMeta[]): number[] {
  const rank = Math.max(...arrays.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = new Set(arrays.map((array) => lengthAlong(array, rank, axis)).filter((n) => n !== 1));
    if (lengths.size > 1)
      throw new ArgumentError(
        'arrays',
        arrays.map(({ shape }) => shape),
        'arrays whose shapes broadcast together',
      );
    return [...lengths][0] ?? 1;
  });
}

const lengthAlong = ({ shape }: ArrayMeta, rank: number, axis: number): number =>
  shape[axis - rank + shape.length] ?? 1;

/** The chunk size of the first array that has the axis at full length. */
function chunkAlong(arrays: readonly ArrayMeta[], rank: number, axis: number, length: number): number {
  const owner = arrays.find(
    (array) => array.shape.length >= rank - axis && lengthAlong(array, rank, axis) === length,
  )!;
  return Math.min(length, owner.chunks[axis - rank + owner.shape.length]);
}

const list = (axes: number | readonly number[] | undefined): readonly number[] =>
  axes === undefined ? [] : typeof axes === 'number' ? [axes] : axes;

function axisList(argument: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  const found = list(axes).map((axis) => checkAxis(argument, axis, rank));
  if (new Set(found).size < found.length) throw new ArgumentError(argument, axes, 'different axes');
  return found;
}
