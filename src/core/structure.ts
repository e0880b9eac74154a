// Structuring elements: small boolean n-D arrays.
import { checkInteger, perAxis } from './checks';
import { ArgumentError } from './errors';
import { elementCount, type Shape, stridesOf } from './region';

/** Nested arrays of 0/1 or booleans, e.g. `[[0, 1, 0], [1, 1, 1], [0, 1, 0]]`. */
export type NestedArray = readonly (number | boolean | NestedArray)[];

/** A structuring element: nested arrays, or flat data with a shape. */
export type StructureLike = NestedArray | Structure;

export interface Structure {
  readonly shape: Shape;
  /** 0 or 1, C order. */
  readonly data: ArrayLike<number | boolean>;
}

/**
 * A structure of `rank` axes of length 3: elements at a city-block distance of at most `connectivity` from the centre.
 * @see scipy.ndimage.generate_binary_structure
 */
export function generateBinaryStructure(rank: number, connectivity: number): Structure {
  checkInteger('rank', rank, 0, 32);
  const reach = Math.max(1, checkInteger('connectivity', connectivity));
  const data = new Uint8Array(3 ** rank);
  for (let i = 0; i < data.length; i++) {
    let distance = 0;
    for (let rest = i, axis = 0; axis < rank; axis++, rest = Math.floor(rest / 3))
      distance += Math.abs((rest % 3) - 1);
    data[i] = distance <= reach ? 1 : 0;
  }
  return { shape: new Array<number>(rank).fill(3), data };
}

/**
 * A structure dilated with itself `iterations - 1` times; as it is for fewer than two iterations.
 * @throws ArgumentError for iterations that are no integer, or a structure without elements
 * @see scipy.ndimage.iterate_structure
 */
export function iterateStructure(structure: StructureLike, iterations: number): Structure;
/** As above; also iterates the origin: returns the structure and one origin per axis. */
export function iterateStructure(
  structure: StructureLike,
  iterations: number,
  options: { readonly origin: number | readonly number[] },
): readonly [structure: Structure, origin: readonly number[]];
export function iterateStructure(
  structure: StructureLike,
  iterations: number,
  options: { readonly origin?: number | readonly number[] } = {},
): Structure | readonly [structure: Structure, origin: readonly number[]] {
  const times = Math.max(1, checkInteger('iterations', iterations));
  const flat = isFlat(structure) ? structure : flattenNested(structure as NestedArray, 'structure');
  const rank = flat.shape.length;
  const parsed = parseStructure(flat, rank);
  const result = selfDilated(parsed, times);
  if (options.origin === undefined) return result;
  const origin = perAxis('origin', options.origin, rank, (name, v) => checkInteger(name, v));
  return [result, origin.map((o) => o * times)];
}

/** Where the sums of `times` positions of set elements are. */
function selfDilated(structure: Structure, times: number): Structure {
  const shape = structure.shape.map((n) => times * (n - 1) + 1);
  const strides = stridesOf(shape);
  const own = stridesOf(structure.shape);
  const place = (i: number) =>
    structure.shape.reduce((at, n, axis) => at + (Math.floor(i / own[axis]) % n) * strides[axis], 0);
  const steps = Array.from(structure.data).flatMap((set, i) => (set ? [place(i)] : []));
  let reached = new Set([0]);
  for (let i = 0; i < times; i++) reached = new Set([...reached].flatMap((at) => steps.map((s) => at + s)));
  const data = new Uint8Array(elementCount(shape));
  for (const at of reached) data[at] = 1;
  return { shape, data };
}

/** Reads a structure given by a user; throws unless it has `rank` axes and some element set. */
export function parseStructure(
  value: StructureLike | undefined,
  rank: number,
  argument = 'structure',
): Structure {
  if (value === undefined) return generateBinaryStructure(rank, 1);
  const structure = isFlat(value) ? value : flattenNested(value as NestedArray, argument);
  if (structure.data.length !== elementCount(structure.shape))
    throw new ArgumentError(
      argument,
      value,
      `${elementCount(structure.shape)} elements for shape [${structure.shape}]`,
    );
  if (structure.shape.length !== rank)
    throw new ArgumentError(argument, value, `an array of ${rank} axes, as the image has`);
  if (!Array.from(structure.data).some(Boolean))
    throw new ArgumentError(argument, value, 'an array with at least one element set');
  return { shape: structure.shape, data: Uint8Array.from(structure.data, (v) => (v ? 1 : 0)) };
}

const isFlat = (value: StructureLike): value is Structure => !Array.isArray(value) && 'shape' in value;

/** Flat data and shape of nested arrays; throws unless they are rectangular. */
export function flattenNested(value: NestedArray, argument: string): Structure {
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const data: (number | boolean)[] = [];
  const visit = (level: NestedArray | number | boolean, axis: number) => {
    if (!Array.isArray(level)) {
      if (axis !== shape.length) throw new ArgumentError(argument, value, 'a rectangular nested array');
      data.push(level as number | boolean);
      return;
    }
    if (level.length !== shape[axis]) throw new ArgumentError(argument, value, 'a rectangular nested array');
    for (const item of level) visit(item, axis + 1);
  };
  visit(value, 0);
  return { shape, data: data as (number | boolean)[] };
}

/** Offsets of the set elements from the element at size // 2 + origin: `rank` integers each, C order. */
export function structureOffsets(structure: Structure, origin: readonly number[]): Int32Array {
  const rank = structure.shape.length;
  const offsets: number[] = [];
  for (let i = 0; i < structure.data.length; i++) {
    if (!structure.data[i]) continue;
    const at = new Array<number>(rank);
    for (let rest = i, axis = rank - 1; axis >= 0; axis--) {
      at[axis] = (rest % structure.shape[axis]) - (structure.shape[axis] >> 1) - origin[axis];
      rest = Math.floor(rest / structure.shape[axis]);
    }
    offsets.push(...at);
  }
  return Int32Array.from(offsets);
}

/** `values` with leading ones (or zeros) up to four axes, as the kernels take shapes and offsets. */
export function padTo4(values: ArrayLike<number>, fill: number): Int32Array {
  const padded = new Int32Array(4).fill(fill);
  padded.set(Array.from(values), 4 - values.length);
  return padded;
}
